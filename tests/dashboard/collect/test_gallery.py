"""In which order the photos of a label stand on Collect."""

import os

import pytest


@pytest.fixture(autouse=True)
def path(open_page):
    """Make `components` importable."""


def test_the_newest_photo_comes_first_and_of_one_second_the_highest_number(make_dataset):
    from components.collect.gallery import newest_first

    dataset = make_dataset(labels=("two",), n=3, sessions=("b", "a"))
    for name, time in (("b-0001", 90), ("b-0002", 50), ("b-0003", 50), ("a-0002", 70)):
        os.utime(dataset.root / "two" / f"{name}.jpg", (time, time + 0.25))
    for name in ("a-0001", "a-0003"):
        os.utime(dataset.root / "two" / f"{name}.jpg", (50, 50.75))
    found = [photo.path for photo in newest_first(dataset.listing(), "two")]
    names = ["b-0001", "a-0002", "b-0003", "b-0002", "a-0003", "a-0001"]
    assert found == [f"two/{name}.jpg" for name in names]


def test_a_photo_that_is_gone_by_now_comes_last(make_dataset):
    from components.collect.gallery import newest_first

    dataset = make_dataset(labels=("two",), n=2)
    listing = dataset.listing()
    dataset.absolute(listing.photos[1]).unlink()
    assert newest_first(listing, "two") == list(listing.photos)
