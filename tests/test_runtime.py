"""A crop in, an answer out, smoothed."""

import threading

import numpy as np
import pytest

from fingercount.roi import Square
from fingercount.runtime import LiveView, Recognizer, Smoother, words_of


class Told:
    """A model that says of each crop what its first pixel tells."""

    classes = ("two", "one", "none")  # a stored order, not the order of counts
    threshold = 0.6

    def predict(self, crops):
        return np.array([SAYS[int(crop[0, 0, 0])] for crop in crops], np.float32)


SAYS = {0: (0.9, 0.1, 0.0), 1: (0.1, 0.9, 0.0), 2: (0.0, 0.1, 0.9), 3: (0.4, 0.4, 0.2)}


def crop(value):
    return np.full((40, 40, 3), value, np.uint8)


@pytest.mark.parametrize(
    "value, answer, count, words",
    [(0, "two", 2, "2"), (1, "one", 1, "1"), (2, "none", None, "no hand")],
    ids=["two", "one", "none"],
)
def test_reading_is_the_answer_of_the_model(value, answer, count, words):
    reading = Recognizer(Told()).read(crop(value), now=0)
    assert (reading.answer, reading.count, reading.words) == (answer, count, words)
    assert reading.confidence == pytest.approx(0.9)
    assert list(reading.probabilities) == ["two", "one", "none"]


def test_below_the_threshold_there_is_no_number():
    reading = Recognizer(Told()).read(crop(3), now=0)
    assert reading.answer == reading.words == "not sure"
    assert reading.count is None


def test_one_odd_frame_does_not_flicker_and_a_change_comes_through():
    recognizer = Recognizer(Told(), seconds=0.3)
    answers = []
    for n, value in enumerate([0] * 10 + [1] + [0] * 10 + [1] * 20):
        answers.append(recognizer.read(crop(value), now=n / 30).answer)
    assert set(answers[:21]) == {"two"}
    assert answers[-1] == "one"
    assert answers[21:].index("one") / 30 < 0.3


def test_smoother_is_the_mean_of_its_window_and_forgets_what_is_older():
    smoother = Smoother(seconds=1)
    assert smoother.update(np.array([1.0, 0.0]), 0) == pytest.approx([1, 0])
    assert smoother.update(np.array([0.0, 1.0]), 0.5) == pytest.approx([0.5, 0.5])
    assert smoother.update(np.array([0.0, 1.0]), 1.2) == pytest.approx([0, 1])
    assert Smoother(seconds=0).update(np.array([0.2, 0.8]), 7) == pytest.approx([0.2, 0.8])


def test_words_of_labels_that_are_no_number():
    assert words_of("thumbs up") == "thumbs up"
    assert words_of("ten") == "10" and words_of("zero") == "0"


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
