"""What is said before a training starts."""

import pytest

from fingercount.data.dataset import Dataset
from fingercount.errors import FingercountError
from fingercount.training.preflight import check_trainable
from tests.conftest import SESSIONS, draw, files_below
from tests.training.test_trainer import left_behind, run


@pytest.mark.parametrize(
    "counts, advice",
    [
        pytest.param({}, "no photos", id="nothing"),
        pytest.param({"one": 3}, "photos of one only", id="one-class"),
        pytest.param({"one": 3, "two": 0}, "photos of one only", id="one-class-and-an-empty-one"),
        pytest.param({"one": 3, "two": 3, "five": 0}, "five in mine has no photos", id="empty"),
    ],
)
def test_a_training_that_cannot_work_says_so_before_it_starts(tmp_path, hands, counts, advice):
    dataset = Dataset.create(tmp_path / "mine")
    for label, n in counts.items():
        dataset.add_label(label)
        for i in range(n):
            dataset.add(draw(label, i), label, SESSIONS[0])
    before = files_below(dataset.root)
    for attempt in (check_trainable, run):
        with pytest.raises(FingercountError, match=advice):
            attempt(dataset)
    assert left_behind() == [] and files_below(dataset.root) == before


@pytest.mark.parametrize(
    "n, sessions, said, unsaid",
    [
        pytest.param(10, SESSIONS[:1], ["Few photos of one (10), two (10)"], [], id="ten-photos"),
        pytest.param(20, SESSIONS[:1], ["Only 1 session:"], ["Few photos"], id="a-single-session"),
        pytest.param(10, SESSIONS[:2], ["Only 2 sessions:"], ["Few photos"], id="two-sessions"),
        pytest.param(8, SESSIONS, [], ["Few photos", "Only"], id="enough"),
    ],
)
def test_a_training_that_will_mislead_says_so(make_dataset, n, sessions, said, unsaid):
    warnings = " ".join(
        check_trainable(make_dataset(labels=("one", "two"), n=n, sessions=sessions))
    )
    assert all(words in warnings for words in said)
    assert not any(words in warnings for words in unsaid)


def test_sessions_to_learn_from_only_are_not_told_as_held_out(make_photos):
    dataset = Dataset(make_photos(labels=("one", "two"), n=30, sessions=("s0",)))
    for seed in range(4):
        dataset.add(draw("one", seed), "one", "live-s", split="train")
        dataset.add(draw("two", seed), "two", "live-s", split="train")
    for _ in range(2):  # before anything is decided, and afterwards
        (told,) = (text for text in check_trainable(dataset) if "Only 2 sessions" in text)
        assert "one is held out" not in told
        dataset.ensure_split()


def test_uneven_labels_are_told(make_photos):
    make_photos("mine", labels=("one",), n=41, sessions=SESSIONS)
    dataset = Dataset.create(make_photos("mine", labels=("two",), n=8, sessions=SESSIONS))
    assert "uneven (24 to 123 photos)" in " ".join(check_trainable(dataset))


def test_photos_that_cannot_be_read_for_their_type_are_told(make_photos):
    folder = make_photos(labels=("one", "two"), n=4)
    (folder / "one" / "IMG_1.DNG").write_bytes(b"x")
    (folder / "two" / "IMG_2.cr2").write_bytes(b"x")
    (folder / "two" / ".hidden.dng").write_bytes(b"x")
    told = "Left out: 2 photos in a camera's raw form of photos"
    dataset = Dataset(folder)
    assert any(text.startswith(told) for text in check_trainable(dataset))
    for photo in (folder / "one").glob("*.jpg"):
        photo.unlink()
    with pytest.raises(FingercountError, match=f"photos of two only.*{told}"):
        check_trainable(dataset)
