"""The settings as sliders: what they start at, and what the preview shows."""

from dataclasses import asdict, fields

import numpy as np
import pytest

from fingercount.imaging.augment import Augment
from fingercount.imaging.read import encode_jpeg
from fingercount.training.settings import DEFAULTS
from tests.conftest import draw


@pytest.fixture(autouse=True)
def path(open_page):
    """Make `components` importable."""


def test_sliders_can_show_the_defaults():
    from components.train.settings_form import BATCHES, RATES

    for suits in DEFAULTS.values():
        assert suits["lr"] in RATES and suits["batch_size"] in BATCHES
    assert sorted(RATES) == RATES and sorted(BATCHES) == BATCHES


@pytest.mark.parametrize("name", [slider.name for slider in fields(Augment)])
def test_only_one_transform_is_left_on(name):
    from components.train.settings_form import only

    full = Augment(*[0.3] * len(fields(Augment)))
    left = asdict(only(full, name))
    assert left.pop(name) == 0.3 and not any(left.values())


def test_all_together_is_what_is_set():
    from components.train.settings_form import ALL, only

    assert only(Augment(rotation=3), ALL) == Augment(rotation=3)


def test_the_preview_shows_what_training_does(make_dataset):
    from components.train.settings_form import previews

    dataset = make_dataset(labels=("one",), n=2)
    paths = [photo.path for photo in dataset.photos()]
    still = previews(str(dataset.root), paths, Augment(*[0.0] * len(fields(Augment))), ())
    assert all((a == dataset.image(p)).all() for a, p in zip(still, paths))
    turned = previews(str(dataset.root), paths, Augment(rotation=90), ())
    again = previews(str(dataset.root), paths, Augment(rotation=90), ())
    assert all((a == b).all() for a, b in zip(turned, again))
    assert turned[0].shape == draw("one").shape
    assert not np.array_equal(turned[0], still[0])


def test_previews_are_small_and_follow_the_photo(make_dataset):
    from components.shared.thumbnails import stamp_of_file
    from components.train.settings_form import PREVIEW, previews

    dataset = make_dataset(labels=("one",), n=1)
    (path,) = (photo.path for photo in dataset.photos())

    def shown():
        stamp = (stamp_of_file(dataset.absolute(path)),)
        return previews(str(dataset.root), [path], Augment(*[0.0] * len(fields(Augment))), stamp)[0]

    before = shown()
    dataset.absolute(path).write_bytes(encode_jpeg(draw("two", size=600)))
    assert shown().shape == (PREVIEW, PREVIEW, 3) != before.shape
