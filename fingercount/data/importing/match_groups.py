"""Which photos of a source the rows of a groups file mean, wherever their paths begin."""

import re
from collections.abc import Iterable


def by_tail(paths: Iterable[str]) -> dict[str, str | None]:
    """Return {path without leading folders: path}, None if that is ambiguous."""
    tails: dict[str, str | None] = {}
    whole = list(paths)
    for path in whole:
        parts = path.split("/")
        for n in range(1, len(parts)):
            tail = "/".join(parts[n:])
            tails[tail] = None if tail in tails else path
    return tails | {path: path for path in whole}


def match_groups(
    rows: Iterable[tuple[str, str]], paths: Iterable[str]
) -> tuple[dict[str, str], list[str]]:
    """Return {path: group} for the photos that rows of (path, group) name, and the rows left over.

    Leading folders that only the CSV or only the source has do not matter.
    """
    tails = by_tail(paths)
    matched: dict[str, str] = {}
    missing: list[str] = []
    for named, group in rows:
        parts = re.sub(r"^(\./|/)+", "", named.replace("\\", "/")).split("/")
        # Label and name must stay: a row for three/7.jpg does not mean two/7.jpg.
        hits = (tails.get("/".join(parts[n:])) for n in range(max(1, len(parts) - 1)))
        path = next((hit for hit in hits if hit), None)
        if path is None:
            missing.append(named)
        elif group:
            matched[path] = group
    return matched, missing
