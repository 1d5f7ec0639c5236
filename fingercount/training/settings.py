"""What a person can set about a training, declared once for sliders, command line and cards."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, TypedDict

from fingercount.errors import FingercountError
from fingercount.imaging.augment import Augment

MODES = ("head", "finetune")


class Defaults(TypedDict):
    """The settings that depend on the mode."""

    lr: float
    epochs: int
    batch_size: int


# For each mode; a last layer can take a far higher rate than a network that must not forget.
DEFAULTS: dict[str, Defaults] = {
    "head": {"lr": 3e-3, "epochs": 60, "batch_size": 64},
    "finetune": {"lr": 2e-4, "epochs": 8, "batch_size": 32},
}


@dataclass(frozen=True)
class Settings:
    """Settings of one training; stored in the model's card.

    Attributes:
        backbone: "hands", "imagenet", or the name of a whole model in models/.
        mode: "head" trains the last layer only, "finetune" the whole network.
        lr: peak learning rate of AdamW.
        epochs: passes over the photos.
        batch_size: photos per step.
        weight_decay: pull of the weights towards where they started.
        copies: with a frozen network, augmented copies of each photo; 0 trains on photos alone.
        seed: for everything random.
        augment: the transforms.
    """

    backbone: str = "hands"
    mode: str = "head"
    lr: float = DEFAULTS["head"]["lr"]
    epochs: int = DEFAULTS["head"]["epochs"]
    batch_size: int = DEFAULTS["head"]["batch_size"]
    weight_decay: float = 0.05
    copies: int = 1
    seed: int = 0
    augment: Augment = field(default_factory=Augment)

    def __post_init__(self) -> None:
        checks = {
            f"mode must be one of {', '.join(MODES)}": self.mode in MODES,
            "lr must be above 0 and at most 1": 0 < self.lr <= 1,
            "epochs must be between 1 and 1000": 1 <= self.epochs <= 1000,
            "batch-size must be between 1 and 4096": 1 <= self.batch_size <= 4096,
            "weight-decay must be between 0 and 10": 0 <= self.weight_decay <= 10,
            "copies must be between 0 and 20": 0 <= self.copies <= 20,
            "seed must be 0 or more, and below 2 to the 63rd": 0 <= self.seed < 2**63,
        }
        for slider in fields(Augment):
            most = slider.metadata["most"]
            checks[f"{slider.name} must be between 0 and {most:g}"] = (
                0 <= getattr(self.augment, slider.name) <= most
            )
        for advice, sound in checks.items():
            if not sound:
                raise FingercountError(f"This training cannot start: {advice}.")

    @classmethod
    def make(cls, backbone: str = "hands", mode: str = "head", **chosen: Any) -> "Settings":
        """Return the settings that suit a mode, with what was chosen; None means not chosen.

        Args:
            chosen: fields of Settings and of Augment by name.
        """
        chosen = {key: value for key, value in chosen.items() if value is not None}
        sliders = {f.name: chosen.pop(f.name) for f in fields(Augment) if f.name in chosen}
        return cls(
            backbone=backbone,
            mode=mode,
            augment=replace(Augment(), **sliders),
            **{**DEFAULTS.get(mode, {}), **chosen},
        )

    def to_json(self) -> dict[str, Any]:
        """Return the settings as a model's card stores them."""
        return asdict(self)

    @classmethod
    def from_json(cls, settings: Mapping[str, Any]) -> "Settings":
        """Return the settings of a card, leaving out what this version does not know."""
        known = {f.name for f in fields(cls)}
        values = {key: value for key, value in settings.items() if key in known}
        sliders = {f.name for f in fields(Augment)}
        kept = {k: v for k, v in (settings.get("augment") or {}).items() if k in sliders}
        try:
            return cls(**{**values, "augment": Augment(**kept)})
        except TypeError as error:
            raise FingercountError(
                "The settings in this model's card cannot be used any more; train with new ones."
            ) from error
