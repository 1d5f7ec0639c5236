"""card.json: what a model's card has to be, so that nothing that reads it meets a surprise."""

from pathlib import Path
from typing import Any, TypeAlias

from fingercount.errors import FingercountError
from fingercount.files import read_settled
from fingercount.json_files import COUNT, NUMBER, POSITIVE, SHARE, AnyOf, fault, read_json

Card: TypeAlias = dict[str, Any]  # card.json: `read_card` checks what is read; the rest is notes

FORMAT = 1
CARD = "card.json"
_FIGURES = {
    "accuracy!": AnyOf(SHARE, None),
    "interval!": AnyOf((SHARE, SHARE), None),
    "n!": COUNT,
    "sessions!": COUNT,
    "sessions_known": COUNT,
    "sessions_unknown": COUNT,
    "backbone_seen": AnyOf(COUNT, None),
    "fingerprint": AnyOf(str, None),
    "contents": AnyOf(str, None),
}
SHAPE = {
    "name": str,
    "created": str,
    "threshold": SHARE,
    "temperature": POSITIVE,
    "hand_check": AnyOf(bool, None),
    "fast": AnyOf(str, None),
    "second_hand": AnyOf(str, None),
    "preprocess!": {
        "size": COUNT,
        "mean": (NUMBER, NUMBER, NUMBER),
        "std": (POSITIVE, POSITIVE, POSITIVE),
        "interpolation": str,
        "fit": str,
        "views": [str],
    },
    "backbone": AnyOf({"name": str, "hash": str, "form": str}, None),
    "settings": AnyOf(
        {
            "mode": str,
            "lr": NUMBER,
            "epochs": COUNT,
            "batch_size": COUNT,
            "weight_decay": NUMBER,
            "copies": COUNT,
            "seed": COUNT,
            "augment": AnyOf({str: AnyOf(NUMBER, bool)}, None),
        },
        None,
    ),
    "data": AnyOf(
        {
            "name": str,
            "split": AnyOf(str, None),
            "fingerprint": AnyOf(str, None),
            "sentence": AnyOf(str, None),
            "photos": AnyOf({str: COUNT}, None),
            "left_out": AnyOf([str], None),
        },
        None,
    ),
    "metrics": AnyOf({"test": _FIGURES, "val": _FIGURES, "train": _FIGURES}, None),
    "versions": AnyOf({str: str}, None),
    "files": AnyOf({str: str}, None),
}


def read_card(folder: Path) -> Card:
    """Return a model's card, checked.

    Raises:
        FingercountError: if it is damaged or from another version.
    """
    # Where it is being replaced, the new one is there in a moment.
    return read_settled(Path(folder), lambda: _read(Path(folder) / CARD))


def _read(path: Path) -> Card:
    try:
        card = read_json(path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise FingercountError(f"{path} cannot be read ({reason}); retrain the model.") from error
    if not isinstance(card, dict) or card.get("format") != FORMAT:
        found = str(card.get("format") if isinstance(card, dict) else None)[:40]
        raise FingercountError(
            f"{path} has format {found}, this version reads {FORMAT}; "
            "update fingercount or retrain the model."
        )
    if not _has_classes(card):
        raise FingercountError(f"{path} has no list of distinct class names; retrain the model.")
    if card.get("kind") not in ("head", "full"):
        raise FingercountError(
            f"{path} lacks its kind or its preprocessing; update fingercount or retrain the model."
        )
    wrong = fault(card, SHAPE)
    if wrong is not None:
        raise FingercountError(
            f"{path} is damaged: its {wrong} is missing or is not what it should be; restore the "
            "file or retrain the model."
        )
    return card


def _has_classes(card: Card) -> bool:
    classes = card.get("classes")
    if not isinstance(classes, list) or not all(isinstance(c, str) and c for c in classes):
        return False
    return 0 < len(classes) == len(set(classes))
