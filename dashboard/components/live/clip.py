"""A clip instead of a camera: its counts over time, and what to do where they are wrong."""

import io

import streamlit as st
from components.camera.session import names
from components.shared.access import may_change
from components.shared.background import Work, wait_for
from components.shared.models import stamp_of
from components.shared.plain import plain
from components.shared.state import session_object
from streamlit.runtime.uploaded_file_manager import UploadedFile

from fingercount.data.review_queue import Tray
from fingercount.errors import FingercountError
from fingercount.imaging.roi import Square
from fingercount.imaging.types import RGB
from fingercount.labels import sort_labels
from fingercount.live.clip_counts import ClipCounts, Stretch, count_clip, crop_at, to_csv, to_srt
from fingercount.live.recognizer import LiveSettings
from fingercount.models.decision import words_of
from fingercount.models.model import Model

KINDS = ["mp4", "mov", "m4v", "webm", "mkv", "avi", "mpeg", "mpg", "mjpeg", "gif"]
KEPT = 3  # clips that were counted
PICKED = "stretch"  # the name of the chart's selection


@st.cache_resource
def _works() -> dict[tuple, Work]:
    """Return what is and was counted, the newest last."""
    return {}


def show_clip(key: str, model: Model, square: Square, settings: LiveSettings) -> None:
    """Let a person choose a clip; show its counts over time, to jump to and to correct.

    Args:
        key: the page's prefix.
        model, square, settings: as for the camera.
    """
    file = st.file_uploader(
        "A clip", type=KINDS, key=f"{key}_clip", help="It stays on the machine that runs the app."
    )
    if file is None:
        return
    work = _counted(file.file_id, file.getvalue(), model, square, settings)
    wait_for(work)
    if work.result is None:
        return
    counts: ClipCounts = work.result
    if not counts.stretches:
        st.caption("No answer was held for long enough.")
        return
    picked = _timeline(f"{key}_clip_timeline", counts)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.video(file, start_time=picked.start if picked else 0)
    with right:
        if picked:
            _show(key, file, picked, model, square)
        else:
            st.caption("Click a bar to jump there, and to correct it.")
    with st.container(horizontal=True):
        stem = file.name.rpartition(".")[0] or file.name
        for text, suffix, kind in (
            (to_csv(counts.stretches), "csv", "text/csv"),
            (to_srt(counts.stretches), "srt", "application/x-subrip"),
        ):
            st.download_button(
                f"Counts as {suffix.upper()}",
                text,
                f"{stem}.{suffix}",
                kind,
                key=f"{key}_clip_{suffix}",
                icon=":material/download:",
                on_click="ignore",
            )


def _counted(
    file: str, content: bytes, model: Model, square: Square, settings: LiveSettings
) -> Work:
    works, about = _works(), (file, model.name, stamp_of(model.name), square, settings)
    if about not in works:
        for old in list(works)[: max(0, len(works) + 1 - KEPT)]:
            works.pop(old).cancel()

        def count(report) -> ClipCounts:
            return count_clip(
                model,
                io.BytesIO(content),
                square,
                settings,
                lambda seconds: report(f"Counting, {seconds:.0f} seconds of the clip", 0, 0),
            )

        works[about] = Work(count, "The clip")
    return works[about].soon()


def _timeline(key: str, counts: ClipCounts) -> Stretch | None:
    """Show a bar for each stretch; return the one that was clicked."""
    import altair as alt  # not for everybody who opens Live
    import pandas as pd

    table = pd.DataFrame(
        {
            "number": range(len(counts.stretches)),
            "start": [round(one.start, 2) for one in counts.stretches],
            "end": [round(one.end, 2) for one in counts.stretches],
            "answer": [words_of(one.label) for one in counts.stretches],
            "confidence": [one.confidence for one in counts.stretches],
        }
    )
    order = [words_of(label) for label in sort_labels({one.label for one in counts.stretches})]
    picked = alt.selection_point(PICKED, fields=["number"])
    chart = (
        alt.Chart(table, height=60 + 30 * len(order))
        .mark_bar(cornerRadius=3, cursor="pointer")
        .encode(
            x=alt.X("start:Q", title="seconds", scale=alt.Scale(domain=[0, counts.seconds])),
            x2="end:Q",
            y=alt.Y("answer:N", title=None, sort=order, axis=alt.Axis(labelOverlap=False)),
            opacity=alt.condition(picked, alt.value(1), alt.value(0.45)),
            tooltip=["answer", "start", "end", alt.Tooltip("confidence", format=".0%")],
        )
        .add_params(picked)
    )
    said = st.altair_chart(chart, key=key, on_select="rerun", selection_mode=PICKED)
    numbers = [row.get("number") for row in said.selection.get(PICKED, [])]
    return chosen(numbers, counts.stretches)


def chosen(numbers: list, found: list[Stretch]) -> Stretch | None:
    """Return the stretch that a chart's answer means; None where it means none that there is."""
    number = numbers[0] if numbers else None
    return found[number] if isinstance(number, int) and 0 <= number < len(found) else None


@st.cache_data(max_entries=20, show_spinner=False)
def _crop(file: str, _content: bytes, seconds: float, square: Square) -> RGB:
    """Return what the square shows then; each look for it reads the clip from its start."""
    return crop_at(io.BytesIO(_content), seconds, square)


def _show(key: str, file: UploadedFile, picked: Stretch, model: Model, square: Square) -> None:
    """Show the middle of a stretch, and let it be corrected into the tray."""
    try:
        crop = _crop(file.file_id, file.getvalue(), picked.middle, square)
    except FingercountError as error:
        st.error(plain(error))
        return
    st.image(crop, width=220, alt="What the square shows in the middle of the stretch")
    st.markdown(
        f"**{plain(words_of(picked.label))}** from {picked.start:.1f} to {picked.end:.1f} s, "
        f"{picked.confidence:.0%} sure"
    )
    if not may_change():
        return

    def note(label: str) -> None:
        session = session_object(f"{key}_tray_session", names().new)
        try:
            Tray().add(
                crop,
                label,
                answer=picked.label,
                confidence=picked.confidence,
                model=model.name,
                session=session,
            )
        except FingercountError as error:
            st.session_state[f"{key}_clip_noted"] = plain(error)
            return
        st.session_state[f"{key}_clip_noted"] = (
            f"Noted: {plain(words_of(label))}. It waits in the review tray below."
        )

    st.caption("Wrong? It is …")
    with st.container(horizontal=True, gap="small"):
        for label in sort_labels(model.classes):
            st.button(
                plain(words_of(label)),
                key=f"{key}_clip_is_{label}",
                on_click=note,
                args=(label,),
                disabled=label == picked.label,
            )
    if said := st.session_state.pop(f"{key}_clip_noted", None):
        st.caption(said)
