import numpy as np
import pytest

from fingercount.imaging import near_duplicates
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


@pytest.mark.parametrize("kind", ["all different", "one still webcam"])
def test_many_photos_give_the_groups_that_few_do(monkeypatch, kind):
    """Most pairs are ruled out by a sketch, or too few are: the groups are the same."""
    rng = np.random.default_rng(0)
    if kind == "all different":
        photos = np.stack([thumbnail(scene(seed)) for seed in range(240)])
    else:
        still = thumbnail(scene(0)).astype(int)
        hands = rng.integers(0, 256, (240, 768)) * (rng.random((240, 768)) < 0.1)
        photos = np.clip(still + hands, 0, 255).astype(np.uint8)
    photos[[200, 7, 239]] = photos[[3, 5, 7]]
    photos[50] = 128  # of one colour
    in_full = groups(photos)
    assert len(set(in_full)) == 238
    compared, real = [], near_duplicates._compared

    def counting(thumbnails, rows, columns, near):
        compared.append(len(rows))
        return real(thumbnails, rows, columns, near)

    monkeypatch.setattr(near_duplicates, "_compared", counting)
    for name, value in {"_FEW": 10, "_ROWS": 32, "_COLUMNS": 48, "_SPARSE": 0.1}.items():
        monkeypatch.setattr(near_duplicates, name, value)
    assert groups(photos).tolist() == in_full.tolist()
    if kind == "all different":
        assert 0 < sum(compared) < 240 * 240 / 20


def test_the_table_of_all_pairs_is_never_whole(monkeypatch):
    tables, nonzero = [], np.nonzero

    def counting(table):
        tables.append(table.size)
        return nonzero(table)

    monkeypatch.setattr(near_duplicates.np, "nonzero", counting)
    monkeypatch.setattr(near_duplicates, "_ROWS", 20)
    monkeypatch.setattr(near_duplicates, "_COLUMNS", 30)
    groups(np.stack([thumbnail(scene(seed)) for seed in range(200)]))
    assert max(tables) <= 600
