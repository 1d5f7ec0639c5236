"""Which session a new photo belongs to."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class CaptureSession:
    """The session that a new photo belongs to, and whose photos are being taken."""

    dataset: str
    person: str
    session: str


def continue_session(
    session: CaptureSession | None, dataset: str, person: str, new_name: Callable[[], str]
) -> CaptureSession:
    """Return the session that a photo taken now belongs to.

    Args:
        session: the one so far, or None after *New session*.
        dataset, person: whose photos are being taken now; a change begins a new session.
        new_name: names a new session.
    """
    person = person.strip()
    if session and (session.dataset, session.person) == (dataset, person):
        return session
    return CaptureSession(dataset, person, new_name())
