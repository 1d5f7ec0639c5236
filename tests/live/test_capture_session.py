"""When a new session begins."""

from fingercount.live.capture_session import CaptureSession, continue_session


def test_a_session_ends_with_the_person_the_dataset_or_new_session():
    names = iter("abcdefgh")
    new = lambda: next(names)  # noqa: E731
    first = continue_session(None, "hands", "Ada ", new)
    assert first == CaptureSession("hands", "Ada", "a")
    assert continue_session(first, "hands", "Ada", new) is first
    assert continue_session(first, "hands", "Bob", new).session == "b"
    assert continue_session(first, "other", "Ada", new).session == "c"
    assert continue_session(None, "hands", "Ada", new).session == "d"
