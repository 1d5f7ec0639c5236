"""What decides something on the pages, as plain functions."""

import io
import json
import tempfile
import zipfile
from types import SimpleNamespace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from fingercount.data.dataset import Dataset
from fingercount.errors import FingercountError
from fingercount.imaging.read import encode_jpeg
from fingercount.live.capture_session import CaptureSession
from fingercount.live.recognizer import Reading


@pytest.fixture(autouse=True)
def path(open_page):
    """Make `components` importable."""


@pytest.mark.parametrize(
    "wanted, allowed, connected, frames, waited, expected",
    [
        (False, False, False, 0, 99, "off"),
        (False, True, True, 9, 0, "off"),
        (True, False, False, 0, 99, "asking"),
        (True, True, False, 0, 3, "connecting"),
        (True, True, False, 0, 11, "failed"),
        (True, True, True, 0, 11, "connecting"),
        (True, True, True, 1, 99, "on"),
    ],
)
def test_phase(wanted, allowed, connected, frames, waited, expected):
    from components.camera.camera import phase

    assert phase(wanted, allowed, connected, frames, waited) == expected


def test_no_server_is_asked_unless_one_is_configured():
    from components.camera.video import ice_servers

    assert ice_servers(None, {}) == ice_servers("", {}) == []
    turn = [{"urls": "turn:turn.example.org", "username": "ada", "credential": "secret"}]
    assert ice_servers(json.dumps(turn), {}) == turn
    assert ice_servers(None, {"ice_servers": turn}) == turn


@pytest.mark.parametrize("text", ["nonsense", '{"urls": 1}', "[1]", '[{"url": "stun:a"}]', "3"])
def test_ice_servers_that_cannot_be_read_are_advice(text):
    from components.camera.video import ice_servers

    with pytest.raises(FingercountError, match="FINGERCOUNT_ICE_SERVERS"):
        ice_servers(text, {})


def test_the_browsers_answer_counts_only_for_the_start_it_was_given_for():
    from components.camera.permission import reason

    assert reason(None, 1) is None
    assert reason({"round": 1, "error": ""}, 2) is None
    assert reason({"round": 2, "error": ""}, 2) == ""
    assert "Allow it" in reason({"round": 2, "error": "NotAllowedError"}, 2)
    assert "https" in reason({"round": 2, "error": "NoMediaDevices"}, 2)
    assert "OddError" in reason({"round": 2, "error": "OddError"}, 2)


@pytest.mark.parametrize(
    "n, asked, page, pages, first",
    [
        (0, 1, 1, 1, 0),
        (24, 1, 1, 1, 0),
        (25, 2, 2, 2, 24),
        (25, 9, 2, 2, 24),
        (10_000, 417, 417, 417, 9984),
    ],
)
def test_page_of_stays_inside_what_there_is(n, asked, page, pages, first):
    from components.shared.photo_grid import page_of

    found = page_of(n, asked)
    assert found[:2] == (page, pages) and found[2].start == first


@pytest.mark.parametrize(
    "answer, large, beside",
    [
        ("two", "2", "70% sure"),
        ("none", "no hand", "70% sure"),
        ("not sure", "not sure", "most likely two, 70%"),
    ],
)
def test_headline_is_a_number_only_where_the_answer_is_one(answer, large, beside):
    from components.live.answer import headline

    other = "none" if answer != "none" else "two"
    best = answer if answer != "not sure" else "two"
    probabilities = {best: 0.7, other: 0.3} if best != other else {"two": 0.7, "none": 0.3}
    assert headline(Reading(answer, probabilities)) == (large, beside)
    assert headline(None)[0] == ""


def test_a_map_is_of_what_the_network_sees_and_what_is_said():
    from components.evaluate.embedding_map import map_stamp

    def case(paths=("one/a.jpg", "two/b.jpg"), said=("one", "two"), seen=0.0):
        features = np.full((len(paths), 4), seen, np.float32)
        labels = [path.partition("/")[0] for path in paths]
        return SimpleNamespace(paths=paths, labels=labels, predicted=said, raw_features=features)

    others = [case(seen=1.0), case(said=("one", "one")), case(paths=("one/a.jpg", "two/c.jpg"))]
    assert map_stamp(case()) == map_stamp(case())
    assert len({map_stamp(one) for one in (case(), *others)}) == 4


def test_bars_escape_what_people_typed():
    from components.shared.bars import bars_html

    html = bars_html([("<b>", 0.5, "1")], chosen="<b>")
    assert "<b>" not in html and "&lt;b&gt;" in html and "width:50.0%" in html


def test_a_reloaded_page_finds_its_session_by_the_address():
    from components.camera.session import from_address

    assert from_address("20260102-101500", "hands", " Ada ") == CaptureSession(
        "hands", "Ada", "20260102-101500"
    )
    for bad in (None, "", "../x", "20260102", "20260102-101500/.."):
        assert from_address(bad, "hands", "") is None


def test_two_viewers_in_the_same_second_get_two_sessions():
    from components.camera.session import SESSION, Names

    names = Names()
    given = [names.new() for _ in range(70)]
    assert len(set(given)) == 70
    assert all(SESSION.fullmatch(name) for name in given)


def test_uploads_take_images_and_zips_and_name_what_was_left_out(tmp_path):
    from components.collect.uploads import summary, take_in

    rng = np.random.default_rng(0)
    jpegs = [encode_jpeg(rng.integers(0, 255, (40, 40, 3), np.uint8)) for _ in range(3)]
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("five/a.jpg", jpegs[2])
        file.writestr("five/b.jpg", b"no photo")
    root = tmp_path / "hands"
    files = [("a.jpg", jpegs[0]), ("../a.jpg", jpegs[1]), ("c.png", b"no photo")]
    images, zipped = take_in([*files, ("more.zip", archive.getvalue())], "two", root)

    assert Dataset(root).counts() == {"two": 2, "five": 1}
    assert summary(images) == "Added 2 photos, sessions unknown: two 2."
    assert summary(zipped) == "Added 1 photo, sessions unknown: five 1."
    assert [path for path, _ in images.skipped] == ["two/c.png"]
    assert [path for path, _ in zipped.skipped] == ["five/b.jpg"]


def test_an_upload_of_which_nothing_can_be_used_is_an_error_and_writes_nothing(tmp_path):
    from components.collect.uploads import take_in

    outcomes = take_in([("bad.zip", b"no zip"), ("x.jpg", b"no photo")], "two", tmp_path / "hands")
    assert len(outcomes) == 2 and all(isinstance(outcome, str) for outcome in outcomes)
    assert outcomes[0].startswith("Nothing in the upload could be imported. Left out: 1 file,")
    assert outcomes[1].startswith("bad.zip is not a zip")
    assert not any(tempfile.gettempdir() in outcome for outcome in outcomes)
    assert not (tmp_path / "hands" / "two").exists()


def test_a_press_is_about_what_it_was_made_on_and_soon_over(monkeypatch):
    from components.shared import state

    app = AppTest.from_function(_buttons, default_timeout=60).run()
    app.button(key="delete").click().run()
    assert app.caption[0].value == "about a"
    app.run()
    assert not app.caption, "once"
    monkeypatch.setattr(state, "LASTS", -1.0)
    app.button(key="delete").click().run()
    assert not app.caption, "too old"


def _buttons():
    import streamlit as st
    from components.shared.state import sticky_button

    if about := sticky_button("Delete", key="delete", seize=lambda: "a"):
        st.caption(f"about {about}")
