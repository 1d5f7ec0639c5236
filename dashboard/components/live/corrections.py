"""One key to correct the live answer, and the tray where the corrections wait for review."""

import time

import streamlit as st
from components.camera.camera import Camera
from components.camera.session import names
from components.live.answer import SIDES
from components.shared.keyboard import keys_of
from components.shared.plain import plain
from components.shared.state import SUGGESTED, pick_dataset, session_object, sticky_button
from components.shared.widget_values import set_by_page, set_widget

from fingercount.data.dataset import Dataset, dataset_folder
from fingercount.data.review_queue import Entry, Tray
from fingercount.errors import FingercountError
from fingercount.labels import label_in_words, sort_labels
from fingercount.live.live_view import LiveView, Seen
from fingercount.models.decision import words_of
from fingercount.text import plural

SHOWN = 24  # entries at once
REPEATS = 1.0  # seconds in which the same correction again is the same press


def show_keys(key: str, view: LiveView, camera: Camera) -> None:
    """Show a button for each label, with its key, that says what the hand really shows.

    Args:
        key: the page's prefix.
        view: the newest crop and what was said of it go to the tray.
        camera: without it there is nothing to correct.
    """
    keys = keys_of(view.model.classes)
    with st.container(horizontal=True, vertical_alignment="center"):
        if view.pair:
            _pick_side(key)
        else:
            st.markdown("**Wrong?** It is …")
        for shortcut, label in keys.items():
            # Noted while it is pressed: what is seen a moment later may be another hand.
            st.button(
                plain(label_in_words(label)),
                key=f"{key}_is_{label}",
                shortcut=shortcut,
                disabled=not camera.on,
                on_click=_to_tray,
                args=(key, view, label),
            )
        _help(keys)
    if said := st.session_state.get(f"{key}_corrected"):
        st.caption(said)


def _pick_side(key: str) -> None:
    """Show which of two squares the keys correct."""
    st.markdown("**Wrong?** The")
    st.segmented_control(
        "Square to correct",
        SIDES,
        default=SIDES[0],
        required=True,
        key=f"{key}_side",
        label_visibility="collapsed",
        persist_state="session",
    )
    st.markdown("one is …")


def _help(keys: dict[str, str]) -> None:
    with st.popover("Keys", icon=":material/keyboard:"):
        rows = [
            f"| `{name}` | it is really {plain(words_of(label))} |" for name, label in keys.items()
        ]
        st.markdown(
            "\n".join(["| key | |", "|---|---|", *rows, "| `y` | snapshot |"])
            + "\n\nWhile you type in a text field, the keys go there."
        )


def _to_tray(key: str, view: LiveView, label: str) -> None:
    # As the person has it now, not as the page was drawn: a key may follow at once on the choice.
    side = st.session_state.get(f"{key}_side", SIDES[0]) if view.pair else None
    both = view.seen_two if side else None
    seen = getattr(both, side, None) if side else view.seen
    if seen is None:
        st.session_state[f"{key}_corrected"] = "There is no answer to correct yet."
        return
    where = f" for the {side} one" if side else ""
    if seen.reading.answer == label:
        st.session_state[f"{key}_corrected"] = (
            f"It says {words_of(label)} already{where}, so nothing was noted. "
            "A snapshot (y) keeps the picture."
        )
        return
    memory = f"{key}_noted_{side}"
    if _said_again(st.session_state.get(memory), seen, label):
        return
    session = session_object(f"{key}_tray_session", names().new)
    try:
        Tray().add(
            seen.crop,
            label,
            answer=seen.reading.answer,
            confidence=seen.reading.confidence,
            model=view.model.name,
            session=session,
        )
    except FingercountError as error:
        st.session_state[f"{key}_corrected"] = plain(error)
        return
    st.session_state[memory] = (seen, label, time.monotonic())
    st.session_state[f"{key}_corrected"] = (
        f":material/check: Noted{where}: {plain(words_of(label))}, "
        f"not {plain(seen.reading.words)}. It waits in the review tray below."
    )


def _said_again(before: tuple[Seen, str, float] | None, seen: Seen, label: str) -> bool:
    """Return whether a press is the last one, come again: a key that repeats, or a second run.

    When the camera asks for another run while a press is handled, a Streamlit that is not patched
    may hand it on twice.
    """
    if before is None or before[1] != label:
        return False
    return before[0] is seen or time.monotonic() - before[2] < REPEATS


def show_tray(key: str) -> None:
    """Show what was corrected: keep it as photos, one by one or all, or discard it."""
    tray = Tray()
    entries = tray.entries()
    if not entries:
        return
    st.subheader(f"Review tray ({len(entries):,})")
    st.caption(
        "Frames that you corrected or took. Those you keep become photos in a session of their "
        "own. Train again, and the model learns from them."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = pick_dataset(f"{key}_tray_dataset", new=True)
        keep = sticky_button(
            f"Keep all {len(entries):,}",
            key=f"{key}_tray_keep",
            type="primary",
            icon=":material/save:",
        )
        discard = sticky_button(
            "Discard all", key=f"{key}_tray_discard", icon=":material/delete_sweep:"
        )
        st.download_button(
            "Save as a zip",
            tray.as_zip,
            file_name="fingercount-wrong.zip",
            mime="application/zip",
            key=f"{key}_tray_zip",
            icon=":material/folder_zip:",
            help="For somebody else who trains: it can be imported like any other photos.",
            on_click="ignore",
        )
    if keep:
        _keep(key, tray, name, [entry.id for entry in entries])
    if discard:
        _discard(key, tray, [entry.id for entry in entries])
    with st.container(horizontal=True, gap="small"):
        for entry in entries[:SHOWN]:
            with st.container(width=132, gap="xsmall"):
                _show(key, tray, entry, name)
    if len(entries) > SHOWN:
        st.caption(f"The newest {SHOWN} of {len(entries):,}.")


def _show(key: str, tray: Tray, entry: Entry, name: str) -> None:
    try:
        st.image(tray.image(entry), width="stretch", alt=f"Corrected to {entry.label}")
    except FingercountError:
        st.caption(":material/broken_image: cannot be read")
    _pick_label(key, tray, entry)
    st.caption(f"It said {plain(words_of(entry.answer))} ({entry.confidence:.0%}).")
    with st.container(horizontal=True, gap="xsmall"):
        if sticky_button(
            "", key=f"{key}_tray_keep_{entry.id}", icon=":material/save:", help="Keep"
        ):
            _keep(key, tray, name, [entry.id])
        if sticky_button(
            "", key=f"{key}_tray_discard_{entry.id}", icon=":material/delete:", help="Discard"
        ):
            _discard(key, tray, [entry.id])


def _pick_label(key: str, tray: Tray, entry: Entry) -> None:
    """Show what an entry shows, to be changed where the wrong key was pressed."""
    memory = f"{key}_tray_label_{entry.id}"

    def change() -> None:
        try:
            tray.relabel(entry.id, st.session_state[memory])
        except FingercountError as error:
            st.session_state[f"{key}_corrected"] = plain(error)

    labels = sort_labels([*SUGGESTED, entry.label])
    set_widget(memory, entry.label)
    st.selectbox(
        "It shows",
        labels,
        format_func=lambda label: plain(label_in_words(label)),
        key=set_by_page(memory),
        accept_new_options=True,
        label_visibility="collapsed",
        on_change=change,
    )


def _keep(key: str, tray: Tray, name: str, ids: list[str]) -> None:
    try:
        kept = tray.keep(Dataset.create(dataset_folder(name)), ids)
    except FingercountError as error:
        st.error(plain(error))
        return
    st.session_state[f"{key}_corrected"] = (
        f":material/check: {plural(kept, 'photo')} kept in {plain(name)}."
    )
    st.rerun()


def _discard(key: str, tray: Tray, ids: list[str]) -> None:
    try:
        tray.discard(ids)
    except FingercountError as error:
        st.error(plain(error))
        return
    st.session_state[f"{key}_corrected"] = None
    st.rerun()
