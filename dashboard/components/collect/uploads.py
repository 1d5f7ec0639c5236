"""Photos from files: images under one label, or a zip with a folder per label."""

import tempfile
from pathlib import Path

import streamlit as st
from components.shared.state import sticky_button

from fingercount.data.importing.importer import ImportResult, import_photos
from fingercount.data.importing.sources import MAX_ENTRY_BYTES
from fingercount.errors import FingercountError
from fingercount.imaging.file_types import IMAGE_SUFFIXES
from fingercount.text import plural


def take_in(files: list[tuple[str, bytes]], label: str, root: Path) -> list[ImportResult | str]:
    """Add uploaded files to a data set.

    Args:
        files: (name, content) of each; a zip brings its own labels.
        label: what the other ones show.
        root: the data set's folder.

    Returns:
        What came of the images together and of each zip: a result, or why nothing came in.
    """
    outcomes: list[ImportResult | str] = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "photos" / label
        folder.mkdir(parents=True)
        sources = []
        for name, content in files:
            name = Path(name.replace("\\", "/")).name
            if name.lower().endswith(".zip"):
                archive = Path(temporary) / f"{len(sources)}.zip"
                archive.write_bytes(content)
                sources.append((name, archive))
            elif len(content) > MAX_ENTRY_BYTES:
                outcomes.append(f"{name}: larger than 50 MB; save it smaller and try again.")
            else:
                _free(folder / name).write_bytes(content)
        if any(folder.iterdir()):
            sources.insert(0, ("", folder.parent))
        for name, source in sources:
            try:
                outcomes.append(import_photos(source, root))
            except FingercountError as error:
                outcomes.append(_about(name, source, error))
    return outcomes


def _about(name: str, source: Path, error: FingercountError) -> str:
    """Return what went wrong with an upload by the name that its sender knows."""
    text = str(error).replace(str(source), name or "the upload")
    return text if not name or name in text else f"{name}: {text}"


def _free(path: Path) -> Path:
    """Return the path, or one beside it where two uploads have the same name."""
    n = 2
    while path.exists():
        path = path.with_name(f"{path.stem} ({n}){path.suffix}")
        n += 1
    return path


def summary(result: ImportResult) -> str:
    """Return in one line what an import brought."""
    if not result.added:
        return "Nothing new came in."
    per_label = ", ".join(f"{label} {n:,}" for label, n in result.by_label.items())
    text = f"Added {plural(result.added, 'photo')}: {per_label}."
    if result.duplicates:
        text += f" {result.duplicates:,} were there already."
    return text


def uploads(key: str, label: str | None, root: Path) -> None:
    """Show the upload of photos and of a zip, and what became of the last one."""
    files = st.file_uploader(
        f"Images of {label or 'the label above'}, or a zip with a folder per label",
        type=[suffix.lstrip(".") for suffix in sorted(IMAGE_SUFFIXES)] + ["zip"],
        accept_multiple_files=True,
        key=f"{key}_files_{st.session_state.get(f'{key}_files_round', 0)}",
    )
    zipped = all(file.name.lower().endswith(".zip") for file in files or [])
    if sticky_button(
        f"Add {plural(len(files), 'file')}" if files else "Add",
        key=f"{key}_add_files",
        icon=":material/upload:",
        disabled=not files or not (label or zipped),
    ) and (files and (label or zipped)):
        with st.spinner("Checking and adding …"):
            st.session_state[f"{key}_files_outcome"] = take_in(
                [(file.name, file.getvalue()) for file in files], label or "", root
            )
        # A new key empties the uploader, so that the same files are not added twice.
        st.session_state[f"{key}_files_round"] = st.session_state.get(f"{key}_files_round", 0) + 1
        st.rerun()
    for outcome in st.session_state.get(f"{key}_files_outcome", []):
        if isinstance(outcome, str):
            st.error(outcome)
            continue
        st.success(summary(outcome), icon=":material/check:")
        for warning in outcome.warnings:
            st.warning(warning)
        if outcome.skipped:
            st.caption(f"Left out {len(outcome.skipped):,}:")
            st.dataframe(
                [{"file": path, "why": reason} for path, reason in outcome.skipped],
                hide_index=True,
            )
