"""What Collect asks about a zip before it comes in."""

import io
import zipfile

import pytest
from streamlit.testing.v1 import AppTest

from fingercount.data.dataset import Dataset
from fingercount.imaging.file_types import KNOWN_SUFFIXES
from fingercount.imaging.read import encode_jpeg
from tests.conftest import draw

LET_THROUGH = tuple(KNOWN_SUFFIXES)


@pytest.fixture(autouse=True)
def path(open_page):
    """Make `components` importable."""


def packed(*paths: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for seed, path in enumerate(paths):
            file.writestr(path, encode_jpeg(draw("one", seed)))
    return buffer.getvalue()


def test_a_flat_zip_takes_the_label_that_is_chosen(tmp_path):
    from components.collect.upload_questions import look_at
    from components.collect.uploads import take_in

    assert look_at(packed("a.jpg", "b.jpg")).flat
    (result,) = take_in([("x.zip", packed("a.jpg", "b.jpg"))], "two", tmp_path / "hands")
    assert result.by_label == {"two": 2}
    (refused,) = take_in([("x.zip", packed("c.jpg"))], "", tmp_path / "hands")
    assert "say which label" in refused and "--" not in refused


def test_photos_of_one_sitting_become_one_session(tmp_path):
    from components.collect.uploads import summary, take_in

    files = [(f"{n}.jpg", encode_jpeg(draw("one", n))) for n in range(3)]
    (result,) = take_in(files, "one", tmp_path / "hands", one_session=True)
    assert summary(result) == "Added 3 photos, 1 session: one 3."
    (result,) = take_in([("9.jpg", encode_jpeg(draw("one", 9)))], "one", tmp_path / "other")
    assert summary(result) == "Added 1 photo, sessions unknown: one 1."


def test_it_is_asked_what_photos_are_of_and_unknown_is_what_it_begins_with():
    def ask():
        import streamlit as st
        from components.collect.upload_questions import ask_whose

        st.session_state["one"] = ask_whose("collect")

    app = AppTest.from_function(ask, default_timeout=60).run()
    assert app.session_state["one"] is False and app.radio[0].value == "I do not know"
    app.radio[0].set_value("one person in one sitting").run()
    assert app.session_state["one"] is True


def test_a_zip_with_labels_keeps_them(tmp_path):
    from components.collect.uploads import take_in

    (result,) = take_in([("x.zip", packed("rock/a.jpg", "two/b.jpg"))], "five", tmp_path / "hands")
    assert result.by_label == {"two": 1, "rock": 1}


@pytest.mark.parametrize("label", ["left", "set_a", "class_1", "train images"])
def test_photos_get_the_label_that_was_typed_to_the_letter(tmp_path, label):
    from components.collect.uploads import take_in

    (result,) = take_in([("a.jpg", encode_jpeg(draw("one")))], label, tmp_path / "hands")
    assert result.by_label == {label: 1}
    assert Dataset(tmp_path / "hands").counts() == {label: 1}


def test_what_the_uploader_lets_through_comes_in_or_gets_advice(tmp_path):
    from components.collect.uploads import take_in

    photos = [f"{n}{suffix}" for n, suffix in enumerate((".mpo", ".jpg_large", ".HEIC", ".dib"))]
    files = [(name, encode_jpeg(draw("one", n))) for n, name in enumerate(photos)]
    files += [("raw.dng", b"II*\0"), ("all.tar.gz", b"\x1f\x8b")]
    assert all(("." + name.lower().split(".", 1)[1]).endswith(LET_THROUGH) for name, _ in files)
    (result,) = take_in(files, "two", tmp_path / "hands")
    assert result.by_label == {"two": 4}
    reasons = dict(result.skipped)
    assert "save it as JPEG" in reasons["two/raw.dng"]
    assert "unpack it" in reasons["two/all.tar.gz"]


def test_two_readings_are_both_offered_and_the_chosen_one_is_taken(tmp_path):
    from components.collect.upload_questions import Answer, look_at
    from components.collect.uploads import take_in

    archive = packed("1/1/a.jpg", "1/2/b.jpg", "2/1/c.jpg", "2/1/d.jpg", "2/2/e.jpg")
    assert [reading.key for reading in look_at(archive).readings] == ["2", "1"]
    answers = {"x.zip": Answer("1")}
    (result,) = take_in([("x.zip", archive)], "", tmp_path / "hands", answers)
    assert result.by_label == {"one": 2, "two": 3}


def test_names_are_shown_with_the_labels_they_would_get_and_can_be_changed(tmp_path):
    from components.collect.upload_questions import Answer, label_map_of, look_at
    from components.collect.uploads import take_in

    archive = packed("class_1/a.jpg", "class_2/b.jpg", "blurry/c.jpg")
    look = look_at(archive)
    assert look.guessed and look.names == {"blurry": "blurry", "class_1": "one", "class_2": "two"}
    rows = [{"name": n, "label": to} for n, to in look.names.items()]
    assert label_map_of(look.names, rows) == {}
    rows[0]["label"], rows[1]["label"] = None, "five"
    label_map = label_map_of(look.names, rows)
    assert label_map == {"blurry": "", "class_1": "five"}
    answers = {"x.zip": Answer(None, label_map)}
    (result,) = take_in([("x.zip", archive)], "", tmp_path / "hands", answers)
    assert result.by_label == {"two": 1, "five": 1}


def test_a_broken_zip_is_a_problem_without_a_path_of_the_server():
    from components.collect.upload_questions import look_at

    look = look_at(b"no zip")
    assert look.problem.startswith("The zip is not a zip") and "/tmp" not in look.problem


def test_the_page_asks_for_the_reading_and_shows_the_names():
    app = AppTest.from_function(_questions, default_timeout=60)
    app.session_state["archive"] = packed("1/1/a.jpg", "1/2/b.jpg", "2/1/c.jpg", "2/2/d.jpg")
    app.session_state["flat"] = packed("a.jpg")
    app.run()
    assert not app.exception
    assert "its photos will be two" in app.caption[-1].value
    assert app.session_state["answers"] == {"x.zip": ("2", {})}
    app.radio[0].set_value("1").run()
    assert app.session_state["answers"] == {"x.zip": ("1", {})}


def _questions():
    from types import SimpleNamespace

    import streamlit as st
    from components.collect.upload_questions import ask

    files = [
        SimpleNamespace(name=name, file_id=name, getvalue=lambda key=key: st.session_state[key])
        for name, key in (("x.zip", "archive"), ("y.zip", "flat"))
    ]
    answers = ask("collect", files, "two")
    st.session_state["answers"] = {n: (a.labels_from, a.label_map) for n, a in answers.items()}


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ("a.jpg", "a.jpg"),
        ("../../a.jpg", "a.jpg"),
        ("C:\\photos\\a.jpg", "a.jpg"),
        ("a\0b\n.jpg", "ab.jpg"),
        ("ü" * 300 + ".jpg", "ü" * 100 + ".jpg"),
        ("\0", "upload"),
        (".jpg", "upload.jpg"),
    ],
)
def test_an_upload_gets_a_name_that_a_file_can_have(open_page, tmp_path, sent, name):
    from components.collect.uploads import file_name

    assert file_name(sent) == name
    (tmp_path / file_name(sent)).write_bytes(b"")
