"""What an uploaded zip leaves open: where its labels stand, and what its names mean."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import streamlit as st
from components.shared.plain import plain

from fingercount.data.importing.importer import look_into
from fingercount.data.importing.layout import Reading
from fingercount.errors import FingercountError
from fingercount.text import plural

_ARCHIVES = (".zip", ".tm")
WHOSE = {  # what photos may be of: whether that is one session
    "one person in one sitting": True,
    "several people or days": False,
    "I do not know": False,
}


@dataclass(frozen=True)
class Answer:
    """How a zip is to be read. labels_from: a reading's key. label_map: {its name: label}."""

    labels_from: str | None = None
    label_map: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Look:
    """What a zip holds, before anything of it comes in.

    names: {name in it: label it would get}. guessed: whether one of them is read as another word.
    problem: why nothing can be said.
    """

    n: int = 0
    readings: tuple[Reading, ...] = ()
    names: dict[str, str] = field(default_factory=dict)
    guessed: bool = False
    flat: bool = False
    problem: str = ""


def is_archive(name: str) -> bool:
    """Return whether an upload is one that holds photos."""
    return name.lower().endswith(_ARCHIVES)


def look_at(content: bytes, labels_from: str | None = None) -> Look:
    """Return what an uploaded zip holds, as it would be read."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "upload.zip"
        file.write_bytes(content)
        try:
            layout = look_into(file, labels_from=labels_from)
        except FingercountError as error:
            return Look(problem=str(error).replace(str(file), "The zip"))
    return Look(
        len(layout.photos),
        tuple(layout.readings),
        dict(layout.names),
        bool(layout.guessed),
        layout.flat,
    )


def label_map_of(before: dict[str, str], after: Sequence[dict]) -> dict[str, str]:
    """Return {name: label} of the rows that a person changed; an emptied one stays out."""
    given = {row["name"]: (row["label"] or "").strip() for row in after}
    return {name: label for name, label in given.items() if label != before.get(name)}


def ask(key: str, files: Sequence, label: str | None) -> dict[str, Answer]:
    """Show what zips leave open; return {name of the zip: what was answered}.

    Args:
        key: the page's prefix.
        files: the uploads that are zips.
        label: what was chosen on the page, for a zip without labels.
    """
    answers = {}
    for file in files:
        at = f"{key}_zip_{file.file_id}"
        look = _remembered(at, file, None)
        if look.flat:
            st.caption(
                f"{plain(file.name)} has no folder per label: its photos will be {plain(label)}."
                if label
                else f"{plain(file.name)} has no folder per label: pick one above."
            )
        if look.problem or look.flat or not look.readings:
            continue
        way = look.readings[0].key
        if len(look.readings) > 1:
            texts = {reading.key: plain(reading.text) for reading in look.readings}
            way = st.radio(
                f"Where do the labels of {plain(file.name)} stand?",
                list(texts),
                format_func=texts.get,
                key=f"{at}_way",
            )
            look = _remembered(at, file, way)
        with st.expander(
            f"{plain(file.name)}: {plural(look.n, 'photo')} of {plural(len(look.names), 'label')}",
            expanded=look.guessed,
        ):
            st.caption("Which label each name stands for. Change it here; empty leaves it out.")
            rows = st.data_editor(
                [{"name": name, "label": to} for name, to in look.names.items()],
                disabled=["name"],
                hide_index=True,
                key=f"{at}_names_{way}",
            )
        chosen = way if len(look.readings) > 1 else None
        answers[file.name] = Answer(chosen, label_map_of(look.names, rows))
    return answers


def ask_whose(key: str) -> bool:
    """Ask what the photos have in common; return whether they are of one sitting of one person.

    Args:
        key: the page's prefix.
    """
    chosen = st.radio(
        "These photos are of",
        list(WHOSE),
        index=len(WHOSE) - 1,
        key=f"{key}_whose",
        horizontal=True,
        help="Photos of one sitting are one session. Of others, near-copies stay together when "
        "some are held out for the test, and figures say that the sessions are unknown. Names such "
        "as ann-0001.jpg, and a table in a zip, are believed before this.",
    )
    return WHOSE[chosen]


def _remembered(at: str, file, way: str | None) -> Look:
    """Return the look at a zip, taken once for each way to read it."""
    known = st.session_state.setdefault(f"{at}_look", {})
    if way not in known:
        with st.spinner(f"Looking into {plain(file.name)} \u2026"):
            known[way] = look_at(file.getvalue(), way)
    return known[way]
