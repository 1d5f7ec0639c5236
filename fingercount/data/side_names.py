"""What a folder's name says of the side of the split: training_set, seg_test, dev, 1_train ..."""

import re
from functools import lru_cache

from fingercount.labels import SIDE_FOLDERS

_WORDS = SIDE_FOLDERS | {
    "trn": "train",
    "trainval": "train",
    "learn": "train",
    "validate": "val",
    "validating": "val",
    "dev": "val",
    "devel": "val",
    "eval": "val",
    "evaluation": "val",
    "tests": "test",
    "tst": "test",
    "holdout": "test",
    "heldout": "test",
    "unseen": "test",
}
# What stands beside such a word and changes nothing: "training_set", "train_images", "X_train".
_BESIDE = frozenset(
    [
        "set",
        "sets",
        "seg",
        "image",
        "images",
        "img",
        "imgs",
        "data",
        "dataset",
        "datasets",
        "photo",
        "photos",
        "pic",
        "pics",
        "picture",
        "pictures",
        "split",
        "splits",
        "folder",
        "folders",
        "dir",
        "file",
        "files",
        "sample",
        "samples",
        "subset",
        "part",
        "fold",
        "frame",
        "frames",
        "crop",
        "crops",
        "cropped",
        "new",
        "final",
        "raw",
        "my",
        "the",
        "x",
        "side",
        "only",
        "labeled",
        "labelled",
    ]
)
_GLUED = re.compile(r"(?:data|images?|imgs?|photos?|pics|samples?|set|split|folder)$")
_STRICTEST = ("test", "val", "train")


def words(name: str) -> list[str]:
    """Return a name's words in small letters: "TrainSet-02" is train and set."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    apart = re.sub(r"(?i)\b(hold|held)[ _-]?out", "holdout", apart)
    return [word.lower() for word in re.findall(r"[^\W\d_]+", apart)]


@lru_cache(maxsize=4096)
def side_of(name: str) -> str | None:
    """Return the side that a folder's whole name stands for, or None where it says more or less."""
    named = words(name)
    sides = [side for word in named if (side := _side_word(word))]
    rest = [word for word in named if not _side_word(word)]
    return _strictest(sides) if sides and _BESIDE.issuperset(rest) else None


@lru_cache(maxsize=4096)
def hinted_side(name: str) -> str | None:
    """Return the side that some word of a name stands for: "asl_alphabet_test" is a test."""
    sides = [side for word in words(name) if (side := _side_word(word))]
    return _strictest(sides) if sides else None


def without_side(name: str) -> list[str]:
    """Return the words of a name that say nothing of a side."""
    return [word for word in words(name) if not _side_word(word)]


def without_side_words(name: str) -> str:
    """Return a name without its words for sides, which stand apart: "train_val_fist2" is fist2."""
    parts = [part for part in re.split(r"[\s_.-]+", name) if part]
    rest = [part for part in parts if not _side_word(part.lower())]
    return "_".join(rest) if rest and len(rest) < len(parts) else name


def _side_word(word: str) -> str | None:
    return _WORDS.get(word) or _WORDS.get(_GLUED.sub("", word))


def _strictest(sides: list[str]) -> str:
    """Return the side held out most: what may be a test photo is never learned from."""
    if sorted(set(sides)) == ["train", "val"]:
        return "train"  # "train_val": what is left where the test side was taken out
    return next(side for side in _STRICTEST if side in sides)
