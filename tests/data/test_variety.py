"""What does not vary in photos is found, and nothing is said of what does."""

import cv2
import numpy as np
import pytest

from fingercount.data.dataset import Dataset
from fingercount.data.snapshot import Photo
from fingercount.data.variety import (
    FEW,
    Lack,
    advice_on,
    find_advice,
    find_lacks,
    read_thumbnails,
    sample,
)
from fingercount.imaging.near_duplicates import thumbnail

SESSION = "20260102-101500"


def photo(n: int, moved=0, turned=0, light=1.0, size=64) -> np.ndarray:
    """A bar of skin's colour before a wall with a door, seen by a camera with noise."""
    rgb = np.full((size, size, 3), (90, 110, 130), np.uint8)
    rgb[:, : size // 4] = (150, 120, 80)
    middle = (size / 2 + moved, size / 2)
    box = cv2.boxPoints((middle, (size / 5, size / 1.6), turned)).astype(np.int32)
    cv2.fillPoly(rgb, [box], (215, 165, 135))
    noise = np.random.default_rng(n).normal(0, 2, rgb.shape)
    return np.clip(rgb * light + noise, 0, 255).astype(np.uint8)


def still(n):
    return photo(n, light=0.7 + 0.03 * (n % 20))


def lively(n):
    return photo(n, moved=n % 7 * 4 - 12, turned=n % 5 * 14 - 28, light=0.7 + 0.03 * (n % 20))


def one_light(n):
    return photo(n, moved=n % 7 * 4 - 12, turned=n % 5 * 14 - 28)


def lacks(sessions=1, n=20, guessed=False, **pictures) -> list[Lack]:
    """Find what does not vary where each label has n photos, drawn by its function.

    sessions: of each label; a dict gives each its own number.
    """
    photos, small = [], {}
    for label, draw in pictures.items():
        of_label = sessions if isinstance(sessions, int) else sessions[label]
        for i in range(n):
            path = f"{label}/{i}.jpg"
            session = f"{SESSION}-{i % of_label}"
            photos.append(Photo(path, label, session, session_guessed=guessed))
            small[path] = thumbnail(draw(i))
    return find_lacks(photos, small)


def test_a_hand_held_still_is_found_and_one_that_moves_is_not():
    assert lacks(two=still, five=lively) == [Lack("picture", ("two",))]
    assert lacks(two=lively, five=lively) == []
    assert lacks(two=still, five=still) == [Lack("picture", ("two", "five"), everywhere=True)]


def test_pictures_without_a_hand_may_be_all_the_same():
    assert lacks(none=still, five=lively) == []


def test_of_few_photos_nothing_is_said():
    assert lacks(n=FEW - 1, two=one_light, five=still) == []


def test_one_light_is_found_after_what_matters_more():
    assert lacks(two=one_light, five=lively) == [Lack("light", ("two",))]
    assert [lack.kind for lack in lacks(two=one_light, five=still)] == ["picture", "light"]


@pytest.mark.parametrize(
    "sessions, found",
    [
        ({"one": 1, "two": 3, "five": 4}, [Lack("session", ("one",), others=3)]),
        ({"one": 1, "two": 2, "five": 4}, []),
        ({"one": 1, "two": 1, "five": 1}, []),
        ({"one": 3, "two": 3, "five": 3}, []),
    ],
)
def test_a_label_of_one_session_stands_out_from_labels_of_several(sessions, found):
    assert lacks(sessions, one=lively, two=lively, five=lively) == found


def test_guessed_sessions_say_nothing():
    sessions = {"one": 1, "two": 3}
    assert lacks(sessions, one=lively, two=lively)
    assert lacks(sessions, guessed=True, one=lively, two=lively) == []


@pytest.mark.parametrize(
    "lack, said",
    [
        (Lack("picture", ("two",)), "The photos of two are nearly all the same picture: turn"),
        (Lack("picture", ("one", "two", "five"), True), "The photos of each label are nearly"),
        (Lack("light", ("one", "two", "five")), "The photos of one, two and five are all equally"),
        (Lack("session", ("two",), others=3), "The photos of two are of one session, those"),
        (Lack("session", ("one", "two"), others=4), "The photos of one and two are of one session"),
    ],
)
def test_advice_names_the_labels_and_is_one_sentence(lack, said):
    text = advice_on(lack)
    assert text.startswith(said) and text.endswith(".") and text.count(".") == 1


def test_a_data_set_is_read_once_and_a_changed_photo_again(tmp_path):
    dataset = Dataset.create(tmp_path / "mine")
    for n in range(FEW):
        dataset.add(still(n), "two", SESSION)
    (dataset.root / "two" / f"{SESSION}-0099.jpg").write_bytes(b"broken")
    before = read_thumbnails(dataset.listing())
    assert len(before) == FEW, "the broken one is left out"
    again = read_thumbnails(dataset.listing())
    assert all(again[path] is before[path] for path in before)
    assert "nearly all the same picture" in find_advice(dataset.listing())
    path = f"two/{SESSION}-0001.jpg"
    cv2.imwrite(str(dataset.root / path), np.zeros((40, 50, 3), np.uint8))
    assert not read_thumbnails(dataset.listing())[path].any()


def test_a_sample_changes_little_when_a_photo_is_added():
    photos = [Photo(f"two/{n}.jpg", "two", SESSION) for n in range(200)]
    before = {photo.path for photo in sample(photos[:-1], 40)}
    after = {photo.path for photo in sample(photos, 40)}
    assert len(before) == len(after) == 40 and len(before - after) <= 1
