"""Rendered hands as training photos: every label, the same from run to run, kept for the next."""

import numpy as np
import pytest

from fingercount.pretraining import renders
from fingercount.pretraining.photos import known_fingers
from fingercount.pretraining.prepared import Prepared
from fingercount.pretraining.renders import LABELS, render_photos
from fingercount.synthetic.scene import Rendered


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    store = tmp_path_factory.mktemp("renders") / "deep" / "hands.npz"
    return store, render_photos(1, 48, 3, store)


def test_each_label_comes_as_often(rendered):
    _, photos = rendered
    assert [photo.label for photo in photos] == list(LABELS)
    assert all(photo.rgb.shape == (48, 48, 3) and photo.rgb.dtype == np.uint8 for photo in photos)
    assert len({photo.hash for photo in photos}) == len({photo.group for photo in photos}) == 7


def test_hands_come_with_landmarks_fingers_and_cutout_and_none_without(rendered):
    for photo in rendered[1]:
        if photo.label == "none":
            assert photo.landmarks is None and photo.fingers is None and photo.cutout is None
        else:
            assert photo.landmarks.shape == (21, 2) and photo.cutout.shape == (48, 48)
            assert photo.cutout.any()
            assert photo.fingers.sum() == LABELS.index(photo.label)


def test_zero_and_five_agree_with_the_rule_for_photos(rendered):
    for photo in rendered[1]:
        if photo.label in ("zero", "five"):
            assert (known_fingers(photo.label, photo.landmarks) == photo.fingers).all()


def test_they_are_kept_for_the_next_time(rendered, monkeypatch):
    store, photos = rendered
    monkeypatch.setattr(renders, "ProcessPoolExecutor", None)  # rendering anew would fail
    again = render_photos(1, 48, 3, store)
    assert all((a.rgb == b.rgb).all() for a, b in zip(photos, again))
    assert [photo.fingers is None for photo in again] == [p.fingers is None for p in photos]


def test_the_same_seed_renders_the_same_hand():
    first, second, other = (renders._render(("two", 40, seed, 0))[0] for seed in (1, 1, 2))
    assert (first == second).all() and (first != other).any()


def test_every_second_hand_is_tilted_more(monkeypatch):
    asked = []

    def render(rng, **options):
        asked.append(options["wildness"])
        return Rendered(np.zeros((8, 8, 3), np.uint8), "none", None, None, None)

    monkeypatch.setattr("fingercount.synthetic.render", render)
    for i in range(4):
        renders._render(("none", 8, 0, i))
    assert asked == [1.0, renders.TILTED, 1.0, renders.TILTED]


def test_a_few_are_kept_one_by_one(tmp_path, monkeypatch):
    cache, said = Prepared(tmp_path / "a.sqlite"), []
    first = render_photos(1, 40, 3, cache=cache, progress=lambda *numbers: said.append(numbers))
    assert said[0] == (0, 7) and said[-1] == (7, 7)
    monkeypatch.setattr(renders, "ProcessPoolExecutor", None)  # rendering again would fail
    again = render_photos(1, 40, 3, cache=cache)
    for a, b in zip(first, again, strict=True):
        assert (a.rgb == b.rgb).all() and a.label == b.label
        assert (a.landmarks is None) == (b.landmarks is None)
