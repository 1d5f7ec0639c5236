import numpy as np
import pytest

from fingercount.imaging.near_duplicates import groups, thumbnail
from fingercount.imaging.read import encode_jpeg, read_image


def scene(seed: int, size: int = 96) -> np.ndarray:
    """Return a smooth random picture, as unlike others as photos of different rooms."""
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 6, 3)).astype(np.uint8)
    return np.kron(coarse, np.ones((size // 6, size // 6, 1), np.uint8))


def shifted(rgb):
    return np.roll(rgb, 1, axis=1)


def darker(rgb):
    return (rgb * 0.8).astype(np.uint8)


def saved_again(rgb):
    return read_image(encode_jpeg(rgb, quality=60))


def smaller(rgb):
    return np.ascontiguousarray(rgb[::2, ::2])


@pytest.mark.parametrize("change", [shifted, darker, saved_again, smaller])
def test_near_copies_are_one_group(change):
    pictures = [scene(0), scene(1), change(scene(0)), change(scene(1)), scene(2)]
    assert groups(np.stack([thumbnail(p) for p in pictures])).tolist() == [0, 1, 0, 1, 2]


def test_near_copies_of_near_copies_are_one_group():
    frames = [np.roll(scene(0), n, axis=1) for n in range(30)]
    assert set(groups(np.stack([thumbnail(frame) for frame in frames]))) == {0}


def test_photos_of_one_colour_are_joined_by_content_only():
    flat = np.stack([thumbnail(np.full((20, 20, 3), grey, np.uint8)) for grey in (0, 90, 90)])
    assert groups(flat, ["a", "b", "b"]).tolist() == [0, 1, 1]


def test_groups_span_blocks_of_the_table():
    unlike = np.random.default_rng(0).integers(0, 256, (1200, 768)).astype(np.uint8)
    unlike[1199] = unlike[3]
    found = groups(unlike)
    assert found[1199] == found[3] == 3
    assert len(set(found)) == 1199


def test_nothing_is_no_group():
    assert len(groups(np.zeros((0, 768), np.uint8))) == 0
