"""What the names of photos say of when they were taken, and of which photo they are a copy.

A time in a name is no session: photos taken one after the other are one, until there is a gap.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from itertools import pairwise

GAP_SECONDS = 15 * 60  # a longer pause, and the light, the place or the person may be others

_TIME = re.compile(
    r"(?<!\d)(?P<y>(?:19|20)\d\d)[-_. ]?(?P<mo>\d\d)[-_. ]?(?P<d>\d\d)"
    r"(?:[-_.,Tt ]+(?:at|um|kl)?[ ]*|(?<=\d))(?P<h>\d\d)[-_.:hH]?(?P<mi>\d\d)[-_.:mM]?(?P<s>\d\d)"
    r"(?:[.,_-]?(?P<part>\d{6}|\d{3}))?(?!\d)(?:Z|\+\d\d[-_:]?\d\d$|-\d\d:\d\d$)?"
)
_DAY = re.compile(r"(?<!\d)(?:19|20)\d\d[-_. ]\d\d[-_. ]\d\d(?!\d)")
_OWN = re.compile(  # as Collect names photos: a time and a number
    r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|1\d|2[0-8])-(?:[01]\d|2[0-3])[0-5]\d[0-5]\d-\d{4,5}"
)
_EPOCH = re.compile(r"(?<!\d)(1[0-9]{9})(?:[.-]?(\d{3}|\d{6,7}))?(?!\d)")  # seconds since 1970
_ROBOFLOW = re.compile(r"(?P<base>.+)\.rf\.[0-9a-zA-Z]{16,}")
_KERAS = re.compile(r"(?P<base>.+_\d{1,6})_\d{1,8}")


@lru_cache(maxsize=65_536)
def time_of(stem: str) -> float | None:
    """Return when a photo was taken, in seconds, by its name alone; None where it does not say."""
    found = _found(stem)
    return found[0] if found else None


def ends_in_time(stem: str) -> bool:
    """Return whether the last number of a name is part of a time or a date, and counts nothing."""
    if _OWN.fullmatch(stem):  # at once: most of 100,000 names are such
        return False
    found = _found(stem)
    if found and found[1] == len(stem):
        return True
    day = _DAY.search(stem)
    return day is not None and day.end() == len(stem)


@lru_cache(maxsize=65_536)
def _found(stem: str) -> tuple[float, int] | None:
    """Return (seconds, where it ends) of the time in a name."""
    for match in _TIME.finditer(stem):
        try:
            year, month, day = int(match["y"]), int(match["mo"]), int(match["d"])
            when = datetime(year, month, day, int(match["h"]), int(match["mi"]), int(match["s"]))
        except ValueError:
            continue
        fraction = float(f"0.{match['part']}") if match["part"] else 0.0
        seconds = (when - datetime(1970, 1, 1)).total_seconds() + fraction
        return seconds, match.end()
    epoch = _EPOCH.search(stem)
    if epoch:
        return float(f"{epoch[1]}.{epoch[2] or 0}"), epoch.end()
    return None


def original_of(stem: str) -> str | None:
    """Return the name of the photo that Roboflow made a copy of: NAME.rf.HASH."""
    match = _ROBOFLOW.fullmatch(stem)
    return match["base"] if match else None


def augmented(stems: Iterable[str]) -> dict[str, str]:
    """Return {stem: NAME_index} of the copies that Keras writes as NAME_index_random.

    Only where several share their beginning: alone, such a name may mean anything.
    """
    bases: dict[str, list[str]] = {}
    for stem in stems:
        match = _KERAS.fullmatch(stem)
        if match and time_of(stem) is None:
            bases.setdefault(match["base"], []).append(stem)
    return {stem: base for base, same in bases.items() if len(same) > 1 for stem in same}


def runs(times: Mapping[str, float], gap: float = GAP_SECONDS) -> dict[str, int]:
    """Return {name: number of its run}: photos with no gap between them are one run.

    Args:
        times: {name: seconds}.
        gap: the shortest pause that begins another run, in seconds.
    """
    ordered = sorted(times, key=lambda name: (times[name], name))
    numbers = dict.fromkeys(ordered[:1], 0)
    for before, name in pairwise(ordered):
        numbers[name] = numbers[before] + (times[name] - times[before] > gap)
    return numbers


def run_name(seconds: float) -> str:
    """Return the name of a run by when it began, such as 20240517-100359."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y%m%d-%H%M%S")
