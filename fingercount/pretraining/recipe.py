"""The numbers of the recipe, each with its reason."""

from dataclasses import asdict, dataclass, field

from fingercount.errors import FingercountError

SHARES = (
    "first_share",
    "label_smoothing",
    "none_share",
    "any_angle",
    "cutout",
    "clutter",
    "amplitude",
    "dark",
    "teacher_share",
)


def _number(default, why: str):
    """Declare one number with its reason, which the command line's help shows."""
    return field(default=default, metadata={"help": why})


@dataclass(frozen=True)
class Recipe:
    """Settings of one pretraining run; stored with every checkpoint and in the model's card."""

    size: int = _number(
        128, "side of the pictures; most sources have 100 to 240, and 224 cost three times as much"
    )
    first_size: int = _number(96, "side in the first part of the run; these take half the work")
    first_share: float = _number(0.6, "the first part's share of the run")
    epochs: int = _number(40, "passes, each of `draws` pictures")
    draws: int = _number(6400, "pictures per epoch; balanced, so not a pass over the files")
    frozen: int = _number(
        0, "stages from the input on that keep their weights, 0 to 4: less work for each picture"
    )
    batch_size: int = _number(64, "pictures per step, over all processes")
    lr: float = _number(2.5e-3, "peak of the one-cycle schedule")
    weight_decay: float = _number(0.05, "of AdamW")
    warmup: float = _number(0.15, "share of the run in which the learning rate rises")
    label_smoothing: float = _number(0.05, "because a few labels are borderline cases")
    average: float = _number(0.998, "of the weights, over about the last 500 steps")
    landmark_weight: float = _number(2.0, "weight of the second task: where the 21 landmarks are")
    finger_weight: float = _number(
        0.5, "weight of the third task: which of the five fingers are up"
    )
    teacher_share: float = _number(0.7, "with a teacher: the share of its answers in the targets")
    teacher_doubt: float = _number(
        0.34, "a teacher that gives the label less than this counts for less"
    )
    imitation_weight: float = _number(
        1.0, "with a teacher: weight of the fourth task, to match its features"
    )
    none_share: float = _number(0.16, "share without a hand; over one in seven, as these vary most")
    boost: str = _number(
        "", "SET=TIMES,...: sets drawn so many times as often, as those of many people"
    )
    any_angle: float = _number(0.3, "share turned by any angle, as the count does not depend on it")
    least_scale: float = _number(0.3, "smallest scale for pictures without landmarks")
    least_extent: float = _number(
        0.18, "least share of the picture that a hand's joints span: a hand far away"
    )
    most_extent: float = _number(
        1.1, "largest such share: a hand that fills the picture, its heel cut off"
    )
    stretch: float = _number(
        0.13, "spread of the stretching: a hand tilted by 40 degrees is 0.77 as long"
    )
    cutout: float = _number(
        0.4, "share of the cut-out hands that are put in front of another background"
    )
    clutter: float = _number(0.4, "share of the backgrounds without a hand that get more things")
    amplitude: float = _number(
        0.25, "share that takes on another background's contrast and texture"
    )
    dark: float = _number(0.08, "share with a half to a tenth of the light, as in dim rooms")
    renders: int = _number(
        2500, "rendered hands of each label, for variants that photos hardly show"
    )
    bent: int = _number(1, "photos of each lower count made from an open hand by bending fingers")
    render_seed: int = _number(
        0, "of `renders`; runs that share it and the file reuse the rendered hands"
    )
    seed: int = _number(0, "of everything else")

    def __post_init__(self):
        checks = {
            "size must be between 32 and 1024": 32 <= self.size <= 1024,
            "first-size must be between 32 and 1024": 32 <= self.first_size <= 1024,
            "epochs must be 1 or more": self.epochs >= 1,
            "batch-size must be between 2 and draws": 2 <= self.batch_size <= self.draws,
            "lr must be above 0 and at most 1": 0 < self.lr <= 1,
            "weight-decay must be 0 or more": self.weight_decay >= 0,
            "the weights of tasks must be 0 or more": (
                min(self.landmark_weight, self.finger_weight, self.imitation_weight) >= 0
            ),
            "teacher-doubt must be above 0 and at most 1": 0 < self.teacher_doubt <= 1,
            "warmup must be above 0 and below 1": 0 < self.warmup < 1,
            "average must be at least 0 and below 1": 0 <= self.average < 1,
            "frozen must be between 0 and 4": 0 <= self.frozen <= 4,
            "least-scale must be above 0 and at most 1": 0 < self.least_scale <= 1,
            "least-extent must be above 0": self.least_extent > 0,
            "most-extent must be between least-extent and 2": (
                self.least_extent <= self.most_extent <= 2
            ),
            "stretch must be between 0 and 0.5": 0 <= self.stretch <= 0.5,
            "renders must be 0 or more": self.renders >= 0,
            "bent must be 0 or more": self.bent >= 0,
            "seed and render-seed must be 0 or more, and below 2 to the 31st": (
                0 <= min(self.seed, self.render_seed) <= max(self.seed, self.render_seed) < 2**31
            ),
        }
        self.boosts()
        for name in SHARES:
            advice = f"{name.replace('_', '-')} must be between 0 and 1"
            checks[advice] = 0 <= getattr(self, name) <= 1
        for advice, sound in checks.items():
            if not sound:
                raise FingercountError(f"This training cannot start: {advice}.")

    def boosts(self) -> dict[str, float]:
        """Return {set: how many times as often as its size says it is drawn}."""
        try:
            pairs = [part.rsplit("=", 1) for part in self.boost.split(",") if part.strip()]
            found = {name.strip(): float(times) for name, times in pairs}
        except ValueError as error:
            raise FingercountError(
                f"boost is SET=TIMES,..., such as selfies=3, not {self.boost!r}."
            ) from error
        if not all(0 < times <= 100 for times in found.values()):
            raise FingercountError("This training cannot start: a boost is above 0, at most 100.")
        return found

    def size_of(self, epoch: int) -> int:
        """Return the side of the pictures that an epoch (from 0) draws."""
        first = min(self.first_size, self.size)
        return first if epoch < self.first_share * self.epochs else self.size

    def to_json(self) -> dict:
        return asdict(self)
