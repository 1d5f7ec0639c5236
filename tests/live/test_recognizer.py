"""A crop in, an answer out, smoothed."""

import numpy as np
import pytest

from fingercount.errors import FingercountError
from fingercount.live.recognizer import STILL, LiveSettings, Recognizer


class Told:
    """A model that says of each crop what its first pixel tells."""

    classes = ("two", "one", "none")  # a stored order, not the order of counts
    threshold = 0.6

    def predict(self, crops):
        return np.array([SAYS[int(crop[0, 0, 0])] for crop in crops], np.float32)


SAYS = {0: (0.9, 0.1, 0.0), 1: (0.1, 0.9, 0.0), 2: (0.0, 0.1, 0.9), 3: (0.45, 0.4, 0.15)}


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


class Views(Told):
    """A model with four views: it says something else of each."""

    def predict_view(self, crop, number):
        return np.eye(3, dtype=np.float32)[number % 2]


def test_each_frame_is_seen_another_way_and_a_still_in_all():
    stream = Recognizer(Views(), LiveSettings(smooth=10, hold=0))
    readings = [stream.read(crop(2), now=n / 30) for n in range(4)]
    assert [reading.raw for reading in readings] == ["two", "one", "two", "one"]
    assert readings[-1].probabilities["two"] == pytest.approx(0.5)
    assert Recognizer(Views(), STILL).read(crop(2), now=0).answer == "none"


def test_below_the_threshold_there_is_no_number():
    reading = Recognizer(Told()).read(crop(3), now=0)
    assert reading.answer == reading.words == "not sure"
    assert reading.count is None


def test_one_odd_frame_does_not_flicker_and_a_change_comes_through():
    recognizer = Recognizer(Told(), LiveSettings(smooth=0.3, hold=0))
    answers = []
    for n, value in enumerate([0] * 10 + [1] + [0] * 10 + [1] * 20):
        answers.append(recognizer.read(crop(value), now=n / 30).answer)
    assert set(answers[:21]) == {"two"}
    assert answers[-1] == "one"
    assert answers[21:].index("one") / 30 < 0.3


def test_the_raw_answer_is_of_the_newest_crop_and_the_committed_one_was_held():
    recognizer = Recognizer(Told(), LiveSettings(smooth=0, hold=0.3))
    readings = [recognizer.read(crop(n >= 10), now=n / 10) for n in range(20)]
    assert readings[0].committed is None
    assert [reading.raw for reading in readings] == ["two"] * 10 + ["one"] * 10
    assert [reading.committed for reading in readings[3:13]] == ["two"] * 10
    assert {reading.committed for reading in readings[13:]} == {"one"}


def test_settings_change_while_it_watches():
    recognizer = Recognizer(Told(), STILL)
    assert recognizer.read(crop(3), now=0).answer == "not sure"
    recognizer.tune(LiveSettings(smooth=0, hold=0, threshold=0.3))
    assert recognizer.read(crop(3), now=1).answer == "two"


@pytest.mark.parametrize(
    "settings",
    [{"smooth": -1}, {"hold": 11}, {"threshold": 1.5}, {"smooth": float("nan")}],
    ids=["negative", "too-long", "above-one", "no-number"],
)
def test_settings_that_make_no_sense_are_refused(settings):
    with pytest.raises(FingercountError, match="threshold 0 to 1"):
        LiveSettings(**settings)


class TwoHands(Told):
    """A model that sees a second hand in crops whose second pixel is bright."""

    def look(self, crop, number):
        return self.predict([crop])[0], float(crop[0, 1, 0]) / 255


def with_second(value, second):
    rgb = crop(value)
    rgb[0, 1] = round(255 * second)
    return rgb


def second_hand_said(seconds, model=None, settings=None):
    """Return when a second hand is said, at ten crops a second: [(value, probability), ...]."""
    stream = Recognizer(model or TwoHands(), settings or LiveSettings())
    crops = [with_second(*each) for each in seconds]
    return [n for n, rgb in enumerate(crops) if stream.read(rgb, now=n / 10).second_hand]


def test_a_second_hand_is_said_once_it_holds_and_no_longer_than_it_is_there():
    assert second_hand_said([(0, 0.9)] * 20) == list(range(5, 20))
    assert second_hand_said([(0, 0.1)] * 20) == []
    said = second_hand_said([(0, 0.1)] * 10 + [(0, 0.9)] * 20 + [(0, 0.1)] * 20)
    # The mean over a second is above a half after half of it, and must then stay for as long.
    assert (
        said[0] in (20, 21) and said[-1] in (39, 40) and said == list(range(said[0], said[-1] + 1))
    )


def test_a_moment_that_looks_like_two_hands_is_not_one():
    flicker = [(0, 0.9 if n % 10 < 4 else 0.05) for n in range(60)]
    assert second_hand_said(flicker[5:]) == []


def test_of_no_hand_none_is_a_second_one():
    assert second_hand_said([(2, 0.9)] * 20) == []


def test_photos_and_models_that_cannot_say_have_no_second_hand():
    assert second_hand_said([(0, 0.9)] * 20, Told()) == []
    assert second_hand_said([(0, 0.9)] * 20, settings=STILL) == []

    class Unsure(TwoHands):
        def look(self, crop, number):
            return self.predict([crop])[0], None

    assert second_hand_said([(0, 0.9)] * 20, Unsure()) == []
