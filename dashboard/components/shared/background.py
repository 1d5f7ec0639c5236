"""Work in a thread of its own, so that a page never waits, with how far it is."""

import threading
import time
from collections.abc import Callable

import streamlit as st
from components.shared.plain import plain

from fingercount.access import User, acting_as, current_user
from fingercount.errors import FingercountError

THREAD = "background work"
ROOM = 48  # pixels
AT_ONCE = 0.6  # seconds that a page waits for what may be quick, before it shows how far it is


class Unwanted(Exception):
    """Ends work that nobody waits for any more."""


class Work:
    """Something being worked out.

    Args:
        make: called with a function (stage, done, total) to say how far it is; returns the result.
        what: what is worked out, for the message where it fails: "The map".

    Attributes:
        result: None until it is there.
        error: one line of advice where it failed.
        stage, part: what it is at, and how far, 0 to 1.
        unwanted: set by `cancel`; the work ends where it next says how far it is.
    """

    def __init__(self, make: Callable, what: str):
        self.result = None
        self.error = ""
        self.stage, self.part = "Starting", 0.0
        self.unwanted = False
        # A daemon: closing the app must not wait for it.
        self.thread = threading.Thread(
            target=self._run, args=(make, what, current_user()), name=THREAD, daemon=True
        )
        self.started = time.monotonic()
        self.thread.start()

    def soon(self) -> "Work":
        """Return the work, after a moment in which what is quick is done."""
        self.thread.join(max(0.0, self.started + AT_ONCE - time.monotonic()))
        return self

    @property
    def running(self) -> bool:
        return self.result is None and not self.error

    def cancel(self) -> None:
        """Let it end early, because nobody waits for it any more."""
        self.unwanted = True

    def _run(self, make: Callable, what: str, user: User) -> None:
        try:
            with acting_as(user):  # what a viewer began changes nothing either
                self.result = make(self._at)
        except Unwanted:
            self.error = f"{what}: cancelled."
        except FingercountError as error:
            self.error = str(error)
        except Exception as error:  # a thread's error would be seen by nobody
            self.error = f"{what} could not be worked out ({type(error).__name__}: {error})."

    def _at(self, stage: str, done: int, total: int) -> None:
        if self.unwanted:
            raise Unwanted
        self.stage = f"{stage} {done:,} of {total:,}" if total else stage
        self.part = done / total if total else 1.0


def wait_for(work: Work, done: str = "") -> None:
    """Show how far it is, and draw the page again when it is there.

    Args:
        done: said when it is; it takes the same room, so that nothing below moves.
    """
    if work.error:
        st.error(plain(work.error))
        return
    with st.container(height=ROOM if done else "content", border=False):
        if work.running:
            st.fragment(_progress, run_every=0.5)(work)
        elif done:
            st.caption(plain(done))


def _progress(work: Work) -> None:
    if not work.running:
        st.rerun()
    st.progress(min(1.0, work.part), text=f"{plain(work.stage)} …")
