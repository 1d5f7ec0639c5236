"""What is being recorded, found again after a reload or on another page."""

import threading
import time
from collections import OrderedDict

import streamlit as st
from components.shared.plain import plain

from fingercount.live.burst import Burst
from fingercount.live.guided_round import GuidedRound

Recording = Burst | GuidedRound

KEPT = 64  # recordings of sessions; of older ones nobody asks any more
SAID_FOR = 30.0  # seconds that the reason why one ended stands on the page


class Recordings:
    """The newest recording of each capture session, for all viewers."""

    def __init__(self) -> None:
        self._newest: OrderedDict[str, Recording] = OrderedDict()
        self._lock = threading.Lock()

    def begin(self, session: str, recording: Recording) -> None:
        """Remember a recording as the newest of its session."""
        with self._lock:
            self._newest[session] = recording
            self._newest.move_to_end(session)
            while len(self._newest) > KEPT:
                self._newest.popitem(last=False)

    def of(self, session: str) -> Recording | None:
        """Return the newest recording of a session."""
        return self._newest.get(session)


@st.cache_resource
def recordings() -> Recordings:
    """Return the recordings of this app; a viewer who reloads the page finds theirs again."""
    return Recordings()


def begin(key: str, session: str, recording: Recording) -> None:
    """Make a recording the newest of this viewer and session."""
    recordings().begin(session, recording)
    st.session_state[f"{key}_burst"] = recording


def newest(key: str, session: str) -> Recording | None:
    """Return the newest recording: this viewer's, or after a reload that of the session."""
    return st.session_state.get(f"{key}_burst") or recordings().of(session)


def why_it_ended(key: str, recording: Recording | None) -> str | None:
    """Return why it ended early; for a while after it was first said, then nothing."""
    if recording is None or not recording.message:
        return None
    said = st.session_state.setdefault(f"{key}_said", {})
    first = said.setdefault(id(recording), time.monotonic())
    return recording.message if time.monotonic() - first < SAID_FOR else None


def stop_if_left(key: str, on_page: bool) -> None:
    """End a recording whose page was left, and say so on the page that one went to.

    Args:
        key: the prefix of the page that records.
        on_page: whether that page is shown now.
    """
    recording, memory = st.session_state.get(f"{key}_burst"), f"{key}_left"
    if not on_page and recording is not None and not recording.done:
        recording.stop(f"Leaving the page ended the recording: {recording.so_far} saved.")
        st.session_state[memory] = recording
    # It has a place of its own, filled or not: what came in between would move a page's video.
    with st.container():
        left = None if on_page else why_it_ended(f"{memory}_words", st.session_state.get(memory))
        if left:
            st.info(plain(left), icon=":material/photo_camera:")
