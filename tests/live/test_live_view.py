"""The video never waits for the model."""

import threading

import numpy as np
import pytest

from fingercount.imaging.roi import Square
from fingercount.imaging.two_squares import TwoSquares
from fingercount.live import live_view
from fingercount.live.hints import SECOND_HAND
from fingercount.live.live_view import LiveView
from fingercount.live.recognizer import LiveSettings, Reading
from tests.live.test_recognizer import Told


class Waiting(Told):
    """Answers when told, as slow as a model can be."""

    def __init__(self):
        self.go, self.done = threading.Semaphore(0), threading.Semaphore(0)

    def predict(self, crops):
        assert self.go.acquire(timeout=10)
        try:
            return super().predict(crops)
        finally:
            self.done.release()


def frame(value):
    return np.full((120, 160, 3), value, np.uint8)


def wait_for_an_answer(view):
    worker = view._worker
    assert view.model.done.acquire(timeout=10)
    with worker._changed:
        assert worker._changed.wait_for(lambda: worker.result is not None, timeout=10)


def test_the_video_never_waits_for_the_model_and_the_answer_is_written_over_it():
    model = Waiting()
    view = LiveView(Square(), model)
    plain = [view.show(frame(0)) for _ in range(30)][-1]
    assert view.reading is None and view.frames == 30
    model.go.release()
    wait_for_an_answer(view)
    assert view.reading.answer == "two"
    assert (view.show(frame(0)) != plain).any()
    view.close()
    assert view.reading is None and view.crop is None
    model.go.release(2)


def test_another_model_answers_from_the_next_frame_on():
    first, second = Waiting(), Waiting()
    view = LiveView(Square(), first)
    first.go.release()
    view.show(frame(0))
    wait_for_an_answer(view)
    view.use(second)
    assert view.reading is None
    second.go.release()
    view.show(frame(1))
    wait_for_an_answer(view)
    assert view.reading.answer == "one"
    assert (view.seen.crop == 1).all(), "the crop that was read, not a newer one"
    view.close()


def test_a_viewer_s_settings_reach_a_model_that_is_answering():
    view = LiveView(Square(), Waiting())
    view.model.go.release(2)
    view.show(frame(3))
    wait_for_an_answer(view)
    assert view.reading.answer == "not sure"
    view.tune(LiveSettings(threshold=0.2))
    view.show(frame(3))
    wait_for_an_answer(view)
    with view._worker._changed:
        assert view._worker._changed.wait_for(lambda: view.reading.answer == "two", timeout=10)
    view.close()


def test_two_viewers_share_a_model_and_nothing_else():
    model = Told()
    red, blue = LiveView(Square(), model), LiveView(Square(0.1, 0.1, 0.2), model)
    red.show(frame(0))
    blue.show(frame(1))
    assert red.crop.shape != blue.crop.shape
    red.close()
    assert blue.crop is not None
    blue.close()


def test_two_squares_are_read_together_and_one_again_afterwards():
    view = LiveView(Square(), Waiting())
    view.pair = TwoSquares()
    both = frame(0)
    both[:, 80:] = 1
    view.model.go.release()
    plain = view.show(both)
    wait_for_an_answer(view)
    seen = view.seen_two
    assert (seen.reading.count, seen.reading.words) == (3, "2 + 1 = 3")
    assert (seen.left.reading.answer, seen.right.reading.answer) == ("two", "one")
    assert (seen.left.crop == 0).all() and (seen.right.crop == 1).all()
    assert view.seen is None and view.reading is None
    written = view.show(both) != plain
    assert written[:, :80].any() and written[:, 80:].any(), "each answer is over its square"
    view.pair = None
    view.show(both)
    assert view.seen_two is None, "what was read from two squares is no answer for one"
    view.model.go.release(3)
    wait_for_an_answer(view)
    view.close()


@pytest.mark.parametrize("second", [True, False])
def test_a_second_hand_is_the_hint_that_is_shown(second, monkeypatch):
    def read(recognizer, crop, now=None):
        recognizer.model.predict([crop])
        return Reading("two", {"two": 1.0}, second_hand=second)

    monkeypatch.setattr(live_view.Recognizer, "read", read)
    model = Waiting()
    view = LiveView(Square(), model)
    model.go.release()
    view.show(frame(0))
    wait_for_an_answer(view)
    assert (view.seen.hint == SECOND_HAND) == second
    view.close()
