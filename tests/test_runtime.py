"""A crop in, an answer out, smoothed."""

import numpy as np
import pytest

from fingercount.runtime import Recognizer, Smoother, words_of


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
