"""Two hands: each as one alone would be read, in one call of the model, and their sum."""

import numpy as np
import pytest

from fingercount.imaging.preprocess import VIEWS, Preprocess
from fingercount.imaging.two_squares import TwoSquares
from fingercount.live.recognizer import STEADY, STILL, LiveSettings, Recognizer
from fingercount.live.two_hands import TwoHandsRecognizer
from fingercount.live.watch import commits
from fingercount.models.loading import load_model
from tests.conftest import draw
from tests.live.test_recognizer import Told, crop
from tests.models.folders import change_card

FAST = LiveSettings(smooth=0, hold=0.3)
TWO, ONE, NOBODY, UNSURE = range(4)  # what Told reads from a pixel


class Counted(Told):
    """Notes how many crops it was asked about at each call."""

    def __init__(self):
        self.calls = []

    def predict(self, crops):
        self.calls.append(len(crops))
        return super().predict(crops)


def frames(lefts, rights, fps=10):
    """Return frames whose left half says one thing and whose right half another."""
    for n, (left, right) in enumerate(zip(lefts, rights, strict=True)):
        frame = np.full((60, 80, 3), left, np.uint8)
        frame[:, 40:] = right
        yield n / fps, frame


def test_both_are_read_in_one_call():
    model = Counted()
    read = TwoHandsRecognizer(model, STILL).read(crop(TWO), crop(ONE), now=0)
    assert model.calls == [2]
    assert (read.left.answer, read.right.answer) == ("two", "one")
    assert (read.answer, read.count, read.words) == ("two + one", 3, "2 + 1 = 3")
    assert read.committed == ("two", "one")


def test_the_less_sure_hand_says_how_sure_both_are():
    read = TwoHandsRecognizer(Told(), STILL).read(crop(TWO), crop(UNSURE), now=0)
    assert read.confidence == pytest.approx(0.45) and read.count is None
    assert read.words == "2 + not sure"


@pytest.mark.parametrize("settings", [STEADY, STILL], ids=["smoothed", "each frame"])
@pytest.mark.parametrize("views", [VIEWS[:1], VIEWS], ids=["one view", "four views"])
def test_each_hand_is_read_as_it_would_be_alone(hands, monkeypatch, settings, views):
    change_card(hands, preprocess=Preprocess(size=32, views=views).to_json())
    model, asked = load_model("hands"), []
    ask = model.predict_inputs
    pairs = [(draw("two", n, size=40), draw("one", n, size=52)) for n in range(6)]
    alone = [Recognizer(model, settings) for _ in "ab"]
    expected = [
        [one.read(photo, n / 30) for one, photo in zip(alone, pair)] for n, pair in enumerate(pairs)
    ]
    monkeypatch.setattr(model, "predict_inputs", lambda x: asked.append(len(x)) or ask(x))
    both = TwoHandsRecognizer(model, settings)
    for n, pair in enumerate(pairs):
        read = both.read(*pair, n / 30)
        for hand, single in zip((read.left, read.right), expected[n]):
            assert list(hand.probabilities.values()) == pytest.approx(
                list(single.probabilities.values()), abs=1e-5
            )
            assert (hand.answer, hand.raw, hand.committed) == (
                single.answer,
                single.raw,
                single.committed,
            )
    still = 2 * len(views)
    assert asked == [2 if settings.smooth else still] * 6, "one call of the network a frame"


def test_a_sum_is_told_when_either_hand_changes():
    left = [TWO] * 10 + [ONE] * 20
    right = [ONE] * 20 + [NOBODY] * 10
    model = Counted()
    said = list(commits(model, frames(left, right), TwoSquares(), FAST))
    assert model.calls == [2] * 30
    assert [(c.label, c.count) for c in said] == [("two + one", 3), ("one + one", 2), ("one", 1)]
    assert [c.time for c in said] == pytest.approx([0.3, 1.3, 2.3])
    assert said[-1].to_json() == {
        "time": 2.3,
        "count": 1,
        "label": "one",
        "confidence": 0.9,
        "hands": [
            {"count": 1, "label": "one", "confidence": 0.9},
            {"count": None, "label": "none", "confidence": 0.9},
        ],
    }


@pytest.mark.parametrize("late", [0, 1, 2], ids=lambda late: f"{late} frames later")
def test_of_hands_that_change_together_no_wrong_sum_is_told(late):
    left = [TWO] * 10 + [ONE] * 10
    right = [TWO] * (10 + late) + [ONE] * (10 - late)
    said = list(commits(Told(), frames(left, right), TwoSquares(), FAST))
    assert [c.count for c in said] == [4, 2], "3 would be shown by nobody"
    assert said[1].time == pytest.approx(1.3 + late / 10)


def test_a_hand_that_never_keeps_still_does_not_hide_the_other():
    left = [TWO] * 10 + [ONE] * 20
    right = [TWO] * 10 + [ONE, NOBODY] * 10
    said = list(commits(Told(), frames(left, right), TwoSquares(), FAST))
    assert [(c.label, c.count) for c in said] == [("two + two", 4), ("one + two", 3)]
    assert said[1].time == pytest.approx(1.6), "held for 0.3 s, then waited as long"


def test_two_hands_follow_other_settings():
    both = TwoHandsRecognizer(Told(), LiveSettings(smooth=0, hold=5))
    assert both.read(crop(UNSURE), crop(TWO), now=0).committed is None
    both.tune(LiveSettings(smooth=0, hold=0, threshold=0.2))
    assert both.read(crop(UNSURE), crop(TWO), now=0.1).committed == ("two", "two")
