"""How the answer for two hands is shown."""

import pytest
from streamlit.testing.v1 import AppTest

from fingercount.live.live_view import Seen, SeenTwo
from fingercount.live.recognizer import Reading
from fingercount.live.two_hands import TwoReadings
from tests.conftest import draw


@pytest.fixture(autouse=True)
def path(open_page):
    """Make `components` importable."""


def page_of_two(left, right):
    from components.live.answer import show_two_readings

    from fingercount.live.recognizer import Reading
    from fingercount.live.two_hands import TwoReadings

    said = [Reading(each, {"three": 0.9, "five": 0.1}) for each in (left, right)]
    show_two_readings(TwoReadings(*said), ["five", "three"])


@pytest.mark.parametrize(
    "left, right, large",
    [
        ("three", "five", ">3 + 5 = 8<"),
        ("none", "five", ">5<"),
        ("not sure", "five", ">not sure + 5<"),
        ("none", "none", ">no hand<"),
    ],
)
def test_the_sum_is_large_and_each_hand_has_its_bars(left, right, large):
    app = AppTest.from_function(page_of_two, default_timeout=60, args=(left, right)).run()
    assert not app.exception
    (html,) = app.get("html")
    text = html.proto.body
    assert large in text and text.count("90%") >= 2 and text.count('class="fc-bars"') == 2
    assert text.index("Left: <b>") < text.index("Right: <b>")
    assert ("90% sure" in text) == (large in (">3 + 5 = 8<", ">5<"))


def both(left: Reading, right: Reading, hints=(None, None)) -> SeenTwo:
    seen = [Seen(draw("two"), reading, hint) for reading, hint in zip((left, right), hints)]
    return SeenTwo(*seen, TwoReadings(left, right, ("three", "five")))


def test_below_stands_what_is_held_and_what_the_frame_says():
    from components.live.answer import hint_of_two, words_below_two

    three, none = Reading("three", {"three": 1.0}, raw="five"), Reading("none", {"three": 0.1})
    words = words_below_two(both(three, none).reading)
    assert words == "Committed: **3 + 5 = 8** · this frame alone: 5"
    assert words_below_two(None) == "&nbsp;" and hint_of_two(None) is None
    assert hint_of_two(both(three, none, ("Dark.", "Small."))) == "Left square: Dark."
    assert hint_of_two(both(none, three, ("Dark.", "Small."))) == "Right square: Small."
    assert hint_of_two(both(none, none, ("Dark.", "Small."))) is None
