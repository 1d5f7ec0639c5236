"""Photos from files: images and clips under one label, or a zip with labels of its own."""

import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import streamlit as st
from components.collect.upload_questions import Answer, ask, ask_whose, is_archive
from components.shared.plain import plain
from components.shared.state import sticky_button

from fingercount.data.importing.importer import import_photos
from fingercount.data.importing.result import ImportResult, NoLabelError
from fingercount.data.importing.zip_source import MAX_ENTRY_BYTES
from fingercount.errors import FingercountError
from fingercount.imaging.file_types import KNOWN_SUFFIXES, kind_of_name
from fingercount.text import plural

LONGEST = 200  # bytes of a file's name without its suffix; most systems allow 255 with it


def take_in(
    files: list[tuple[str, bytes]],
    label: str,
    root: Path,
    answers: Mapping[str, Answer] | None = None,
    one_session: bool = False,
) -> list[ImportResult | str]:
    """Add uploaded files to a data set.

    Args:
        files: (name, content) of each; a zip brings its own labels, if it has any.
        label: what the other ones show.
        root: the data set's folder.
        answers: {name of a zip: how its labels are to be read}.
        one_session: whether photos that do not say otherwise are of one person in one sitting.

    Returns:
        The result for all images together and for each zip: an import, or why nothing was added.
    """
    outcomes: list[ImportResult | str] = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "photos" / label
        folder.mkdir(parents=True)
        sources = []
        for name, content in files:
            name = file_name(name)
            if is_archive(name):
                archive = Path(temporary) / f"{len(sources)}.zip"
                archive.write_bytes(content)
                sources.append((name, archive))
            elif len(content) > MAX_ENTRY_BYTES and kind_of_name(name) != "video":
                outcomes.append(f"{name}: larger than 50 MB. Save it smaller and try again.")
            else:
                _free(folder / name).write_bytes(content)
        if any(folder.iterdir()):
            sources.insert(0, ("", folder.parent))
        for name, source in sources:
            answer = (answers or {}).get(name, Answer())
            try:
                outcomes.append(
                    _import(source, root, label, answer, one_session, by_label=not name)
                )
            except FingercountError as error:
                outcomes.append(_about(name, source, error))
    return outcomes


def _import(
    source: Path, root: Path, label: str, answer: Answer, one_session: bool, by_label: bool
) -> ImportResult:
    """Import a source; a flat one, and single photos, show what was chosen."""
    take = partial(import_photos, source, root, one_session=one_session)
    if by_label:
        return take(label=label, labels_from="label")
    try:
        return take(labels_from=answer.labels_from, label_map=answer.label_map)
    except NoLabelError:
        if not label:
            raise
        return take(label=label, labels_from="label")


def _about(name: str, source: Path, error: FingercountError) -> str:
    """Return what went wrong with an upload by the name that its sender knows."""
    text = str(error).replace(str(source), name or "the upload")
    return text if not name or name in text else f"{name}: {text}"


def file_name(sent: str) -> str:
    """Return the name of an upload as a file can be called: no folder, no NUL, not too long."""
    name = "".join(sign for sign in sent.replace("\\", "/") if sign.isprintable())
    stem, dot, suffix = name.rpartition("/")[2].rpartition(".")
    stem = (stem or "upload") if dot else (suffix or "upload")
    short = stem.encode(errors="replace")[:LONGEST].decode(errors="ignore")
    return f"{short}{dot}{suffix[:16]}" if dot else short


def _free(path: Path) -> Path:
    """Return the path, or one beside it where two uploads have the same name."""
    n = 2
    while path.exists():
        path = path.with_name(f"{path.stem} ({n}){path.suffix}")
        n += 1
    return path


def summary(result: ImportResult) -> str:
    """Return in one line what an import added."""
    if not result.added:
        return "Nothing new was added."
    per_label = ", ".join(f"{label} {n:,}" for label, n in result.by_label.items())
    text = f"Added {plural(result.added, 'photo')}, {result.session_count.words}: {per_label}."
    if result.duplicates:
        text += f" {result.duplicates:,} were already there."
    return text


def uploads(key: str, label: str | None, root: Path) -> None:
    """Show the upload of photos and zips, and the result of the last one."""
    files = st.file_uploader(
        f"Images or videos of {plain(label or 'the label above')}, or a zip with a folder per "
        "label",
        type=[suffix.lstrip(".") for suffix in sorted(KNOWN_SUFFIXES)],
        accept_multiple_files=True,
        key=f"{key}_files_{st.session_state.get(f'{key}_files_round', 0)}",
    )
    zipped = all(is_archive(file.name) for file in files or [])
    answers = ask(key, [file for file in files or [] if is_archive(file.name)], label)
    one_session = ask_whose(key) if files else False
    if sticky_button(
        f"Add {plural(len(files), 'file')}" if files else "Add",
        key=f"{key}_add_files",
        icon=":material/upload:",
        disabled=not files or not (label or zipped),
    ) and (files and (label or zipped)):
        with st.spinner("Checking and adding …"):
            st.session_state[f"{key}_files_outcome"] = take_in(
                [(file.name, file.getvalue()) for file in files],
                label or "",
                root,
                answers,
                one_session,
            )
        # A new key empties the uploader, so that the same files are not added twice.
        st.session_state[f"{key}_files_round"] = st.session_state.get(f"{key}_files_round", 0) + 1
        st.rerun()
    for outcome in st.session_state.get(f"{key}_files_outcome", []):
        if isinstance(outcome, str):
            st.error(plain(outcome))
            continue
        st.success(plain(summary(outcome)), icon=":material/check:")
        for warning in outcome.warnings:
            st.warning(plain(warning))
        if outcome.skipped:
            st.caption(f"Left out {len(outcome.skipped):,}:")
            st.dataframe(
                [{"file": path, "why": reason} for path, reason in outcome.skipped],
                hide_index=True,
            )
