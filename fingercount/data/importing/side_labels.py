"""Labels in the names of sides, as train_val_fist beside test_fist; and sides with other names."""

from collections import defaultdict
from collections.abc import Callable, Mapping

from fingercount.data.importing.folder_names import is_occasion
from fingercount.data.side_names import hinted_side, side_of, without_side_words
from fingercount.labels import canonical

Parts = tuple[str, ...]


def labels_of_sides(
    below: Mapping[Parts, set[str]], is_no_label: Callable[[str], bool]
) -> dict[Parts, str]:
    """Return {folder: label} where there are several siblings of one side, with other names.

    Args:
        below: {folder: names of all folders in it}; where one of those may be a label, it is.
        is_no_label: whether a name can be none.
    """
    groups: dict[tuple[Parts, str], dict[Parts, str]] = defaultdict(dict)
    for at, inside in below.items():
        side = hinted_side(at[-1])
        if side and not side_of(at[-1]) and all(map(is_no_label, inside)):
            groups[at[:-1], side][at] = without_side_words(at[-1])
    several = {parent for (parent, _), group in groups.items() if len(set(group.values())) > 1}
    return {
        at: label
        for (parent, _), group in groups.items()
        for at, label in group.items()
        if parent in several and label != at[-1]
    }


def note_of(found: Mapping[Parts, str]) -> str:
    """Return what to tell of them."""
    at = min(found)
    return (
        f"Names such as {at[-1]} were read as the label {found[at]} of the {hinted_side(at[-1])} "
        "side; a table of names and labels says otherwise."
    )


def look_like_sides(labels: Mapping[Parts, str], wrapper: int) -> list[str]:
    """Say which folders hold the same labels and may be sides of a split with other names.

    Args:
        labels: {folder: the folder in its path that is its label}.
        wrapper: how many folders at the top are around everything.
    """
    held: dict[Parts, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for folder, label in labels.items():
        at = folder.index(label)
        if at and at - 1 >= wrapper:
            held[folder[: at - 1]][folder[at - 1]].add(canonical(label))
    notes = []
    for siblings in held.values():
        alike = [name for name in siblings if not is_occasion(name)]
        if (
            2 <= len(siblings) <= 3
            and len(alike) > 1
            and len(set.intersection(*siblings.values())) > 1
        ):
            notes.append(
                f"The folders {' and '.join(sorted(siblings))} hold the same labels; each was "
                "taken as a session. If one of them is for the test, name it test and import "
                "again."
            )
    return notes
