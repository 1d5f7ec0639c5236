"""The keys that correct Live's answer: what differs is noted, what it says already is not."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from fingercount.data.review_queue import Tray
from tests.conftest import draw


@pytest.fixture(autouse=True)
def path(open_page):
    """Make `components` importable."""


def page():
    from types import SimpleNamespace

    from components.live.corrections import show_keys

    from fingercount.live.live_view import Seen
    from fingercount.live.recognizer import Reading
    from tests.conftest import draw

    reading = Reading("three", {"two": 0.1, "three": 0.9})
    model = SimpleNamespace(name="hands", classes=["two", "three"])
    view = SimpleNamespace(model=model, seen=Seen(draw("three", 1), reading), pair=None)
    show_keys("live", view, SimpleNamespace(on=True))


@pytest.mark.parametrize(
    ("label", "said", "waiting"),
    [("two", "Noted: 2, not 3.", ["two"]), ("three", "It says 3 already", [])],
)
def test_only_what_differs_is_noted(folders, label, said, waiting):
    app = AppTest.from_function(page, default_timeout=60).run()
    app.button(key=f"live_is_{label}").click().run()
    assert not app.exception
    assert any(said in caption.value for caption in app.caption)
    assert [entry.label for entry in Tray().entries()] == waiting


def page_of_two():
    from types import SimpleNamespace

    from components.live.corrections import show_keys

    from fingercount.imaging.two_squares import TwoSquares
    from fingercount.live.live_view import Seen, SeenTwo
    from fingercount.live.recognizer import Reading
    from fingercount.live.two_hands import TwoReadings
    from tests.conftest import draw

    three, two = Reading("three", {"two": 0.1, "three": 0.9}), Reading("two", {"two": 1.0})
    seen = SeenTwo(
        Seen(draw("three", 1), three), Seen(draw("two", 1), two), TwoReadings(three, two)
    )
    model = SimpleNamespace(name="hands", classes=["two", "three"])
    view = SimpleNamespace(model=model, seen=None, seen_two=seen, pair=TwoSquares())
    show_keys("live", view, SimpleNamespace(on=True))


def test_of_two_squares_the_chosen_one_is_corrected(folders):
    app = AppTest.from_function(page_of_two, default_timeout=60).run()
    app.button(key="live_is_two").click().run()
    assert any("Noted for the left one: 2, not 3." in said.value for said in app.caption)
    app.button_group(key="live_side").set_value("right").run()
    app.button(key="live_is_two").click().run()
    assert any("It says 2 already for the right one" in said.value for said in app.caption)
    app.button(key="live_is_three").click().run()
    assert not app.exception
    noted = {entry.label: (entry.answer, Tray().image(entry)) for entry in Tray().entries()}
    assert {label: answer for label, (answer, _) in noted.items()} == {
        "two": "three",
        "three": "two",
    }
    assert np.array_equal(noted["two"][1], draw("three", 1)), "the picture is of the left square"
    assert np.array_equal(noted["three"][1], draw("two", 1))


def test_a_key_that_follows_at_once_on_the_choice_corrects_the_chosen_one(folders):
    app = AppTest.from_function(page_of_two, default_timeout=60).run()
    app.button_group(key="live_side").set_value("right")  # the page is not drawn in between
    app.button(key="live_is_three").click().run()
    assert any("Noted for the right one: 3, not 2." in said.value for said in app.caption)
    (entry,) = Tray().entries()
    assert np.array_equal(Tray().image(entry), draw("two", 1)), "the picture is of the right square"


def test_the_same_correction_of_both_squares_is_noted_twice(folders):
    app = AppTest.from_function(page_of_two, default_timeout=60).run()
    for side in ("left", "right"):
        app.button_group(key="live_side").set_value(side).run()
        app.button(key="live_is_none").click().run()
    assert [entry.label for entry in Tray().entries()] == ["none", "none"]


@pytest.mark.parametrize(
    ("same_picture", "later", "label", "again"),
    [
        (True, 0.1, "two", True),
        (True, 9.0, "two", True),
        (False, 0.1, "two", True),
        (False, 9.0, "two", False),
        (True, 0.1, "one", False),
    ],
)
def test_a_press_that_comes_twice_is_noted_once(monkeypatch, same_picture, later, label, again):
    from components.live import corrections

    from fingercount.live.live_view import Seen
    from fingercount.live.recognizer import Reading

    first, second = (Seen(draw("three", i), Reading("three", {"three": 1.0})) for i in (1, 2))
    monkeypatch.setattr(corrections.time, "monotonic", lambda: 100.0 + later)
    seen = first if same_picture else second
    assert corrections._said_again((first, "two", 100.0), seen, label) is again
    assert not corrections._said_again(None, seen, label)
