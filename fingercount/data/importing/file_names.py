"""Labels in the names of files: "0a1b_3L.png" is a left hand with three, "one_12.jpg" is one."""

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from fingercount.labels import NONE, WORDS

_MOST = 0.9  # of the files must say what they show; fewer is chance
_WORD = "|".join(WORDS)
_PATTERNS = (
    re.compile(r".*[_-](?P<label>\d{1,2})[LR]", re.IGNORECASE),  # Kaggle's "Fingers"
    re.compile(rf"(?P<label>{_WORD}|{NONE})(?![a-z]).*", re.IGNORECASE),
    re.compile(rf".*[_ -](?P<label>{_WORD}|{NONE})([_ -]*\(?\d*\)?)", re.IGNORECASE),
)
_ONLY_IF_ASKED = (
    re.compile(r"(?P<label>\d{1,2})[_ -].*"),
    re.compile(r"(?P<label>[^\W\d_]+)([\W\d_].*)?"),
)


def labels_in_names(paths: Iterable[str], asked: bool = False) -> dict[str, str]:
    """Return {path: label} where nearly all names hold one in the same way, else nothing.

    Args:
        paths: posix.
        asked: whether a person said that the names hold labels; then less clear ones count, too.
    """
    stems = {path: PurePosixPath(path).stem for path in paths}
    for pattern in _PATTERNS + (_ONLY_IF_ASKED if asked else ()):
        found = {}
        for path, stem in stems.items():
            match = pattern.fullmatch(stem)
            if match and not (match["label"].isdigit() and int(match["label"]) >= len(WORDS)):
                found[path] = match["label"]
        several = len(set(map(str.lower, found.values()))) > 1
        if found and several and len(found) >= _MOST * len(stems):
            return found
    return {}
