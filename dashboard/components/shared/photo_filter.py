"""Some of a data set's photos: those of a session, of a person, of a side of the split."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import streamlit as st
from components.shared.plain import plain
from components.shared.widget_values import set_by_page, set_widget

from fingercount.data.snapshot import Photo

PARTS = {"session": "Session", "person": "Person", "split": "Used for"}
SIDES = {"train": "training", "val": "validation", "test": "the test"}
FEW = 8  # choices that are all in sight; more are in a list


def pick_photos(photos: Sequence[Photo], key: str) -> list[Photo]:
    """Show the filter behind a button; return the photos that it lets through.

    What cannot tell photos apart is not offered: where all are of one session, or nobody was named.

    Args:
        photos: those that there are.
        key: prefix of the widgets' keys.
    """
    offered = {part: choices(photos, part) for part in PARTS}
    offered = {part: found for part, found in offered.items() if len(found) > 1}
    if not offered:
        return list(photos)
    chosen = {part: _remembered(f"{key}_filter_{part}", offered[part]) for part in offered}
    n = sum(value is not None for value in chosen.values())
    with st.popover(f"Filter · {n}" if n else "Filter", icon=":material/filter_list:"):
        for part, found in offered.items():
            chosen[part] = _pick(part, found, f"{key}_filter_{part}")
    return matching(photos, chosen)


def choices(photos: Sequence[Photo], part: str) -> dict[str, int]:
    """Return {value: photos with it}: newest sessions first, sides in order, people by name.

    What is not known has the value "".
    """
    counted = Counter(value_of(photo, part) for photo in photos)
    if part == "split":
        return {side: counted[side] for side in (*SIDES, "") if counted[side]}
    named = sorted((name for name in counted if name), reverse=part == "session")
    return {name: counted[name] for name in (*named, "") if counted[name]}


def value_of(photo: Photo, part: str) -> str:
    """Return a photo's session, person or side; "" where that is not known, or only guessed."""
    if part == "session" and photo.session_guessed:
        return ""
    return getattr(photo, part) or ""


def matching(photos: Sequence[Photo], chosen: dict[str, str | None]) -> list[Photo]:
    """Return the photos with all that was chosen; None lets every photo through."""
    return [
        photo
        for photo in photos
        if all(value is None or value_of(photo, part) == value for part, value in chosen.items())
    ]


def about_photo(photo: Photo) -> str:
    """Return what is known of a photo beyond its label, on one line."""
    said = [f"session {words_of('session', value_of(photo, 'session'))}"]
    if photo.person:
        said.append(photo.person)
    if photo.split:
        said.append(f"for {SIDES[photo.split]}")
    return " · ".join(said)


def words_of(part: str, value: str) -> str:
    """Return how a choice is called: a session by its day and time, where its name is one."""
    if part == "split":
        return SIDES.get(value, "not decided yet")
    if not value:
        return "unknown"
    try:
        return f"{datetime.strptime(value[:15], '%Y%m%d-%H%M%S'):%d %b %Y, %H:%M}{value[15:]}"
    except ValueError:
        return value


def _remembered(key: str, found: dict[str, int]) -> str | None:
    """Return what is chosen; what is no longer there is forgotten."""
    if st.session_state.get(key) not in found:
        set_widget(key, None)
    return st.session_state[key]


def _pick(part: str, found: dict[str, int], key: str) -> str | None:
    options = list(found)

    def words(value: str) -> str:
        return f"{plain(words_of(part, value))} · {found[value]:,}"

    if len(options) <= FEW:
        return st.pills(
            PARTS[part],
            options,
            format_func=words,
            key=set_by_page(key),
            persist_state="session",
        )
    return st.selectbox(
        PARTS[part],
        options,
        index=None,
        placeholder="All of them",
        format_func=words,
        key=set_by_page(key),
        persist_state="session",
    )
