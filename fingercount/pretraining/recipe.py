"""The numbers of the recipe, each with its reason."""

from dataclasses import asdict, dataclass

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


@dataclass(frozen=True)
class Recipe:
    """Settings of one pretraining run; stored with every checkpoint and in the model's card."""

    size: int = 128  # most sources have 100 to 240 pixels; 224 costs three times as much
    first_size: int = 96  # the first part of the run sees smaller pictures: half the work for each
    first_share: float = 0.6  # how long that part is
    epochs: int = 40
    draws: int = 6400  # pictures per epoch; balanced draws, so an epoch is no pass over the files
    batch_size: int = 64  # global, over all processes
    lr: float = 2.5e-3  # peak of the one-cycle schedule
    weight_decay: float = 0.05
    warmup: float = 0.15  # share of the run in which the learning rate rises
    label_smoothing: float = 0.05  # a few labels are borderline
    average: float = 0.998  # weights averaged over about the last 500 steps
    landmark_weight: float = 2.0  # weight of the second task: where the 21 landmarks are
    finger_weight: float = 0.5  # weight of the third: which of the five fingers are up
    teacher_share: float = 0.7  # with a teacher: the share of its answers in what is learned
    teacher_doubt: float = 0.34  # it counts for less where it gives the label less than this
    imitation_weight: float = 1.0  # with a teacher: weight of the fourth task, its features
    none_share: float = 0.16  # a little more than one class in seven: no-hand frames vary most
    any_angle: float = 0.3  # a count does not depend on which way is up
    least_scale: float = 0.3  # pictures without landmarks are drawn down to this size of theirs
    least_extent: float = 0.18  # a hand's joints span this share of the picture or more: it is far
    most_extent: float = 1.1  # up to this: it fills the picture, the heel of the hand cut off
    stretch: float = 0.13  # spread of a stretch: a hand tilted away by 40 degrees is 0.77 as long
    cutout: float = 0.4  # of the hands that could be cut out, this share moves to another place
    clutter: float = 0.4  # of the places without a hand, this share gets more things into it
    amplitude: float = 0.25  # this share takes on another place's contrast and texture
    dark: float = 0.08  # this share gets a half to a tenth of the light: rooms at dusk
    renders: int = 2500  # rendered hands of each label: the variants that photos hardly show
    bent: int = 1  # photos of each lower count made of an open hand: with fingers bent away
    render_seed: int = 0  # of those; runs that share it and --out's file need not render again
    seed: int = 0

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
        for name in SHARES:
            advice = f"{name.replace('_', '-')} must be between 0 and 1"
            checks[advice] = 0 <= getattr(self, name) <= 1
        for advice, sound in checks.items():
            if not sound:
                raise FingercountError(f"This training cannot start: {advice}.")

    def size_of(self, epoch: int) -> int:
        """Return the side of the pictures that an epoch (from 0) draws."""
        first = min(self.first_size, self.size)
        return first if epoch < self.first_share * self.epochs else self.size

    def to_json(self) -> dict:
        return asdict(self)
