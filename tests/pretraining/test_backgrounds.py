"""No-hand pictures from folders of pictures and cut-out things."""

import numpy as np
import pytest
from PIL import Image

from fingercount.pretraining import backgrounds


def save(path, pixels):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels.astype(np.uint8)).save(path)


def noise(seed, channels=3):
    rng = np.random.default_rng(seed)
    return np.kron(rng.integers(0, 256, (8, 8, channels)), np.ones((16, 16, 1))).astype(np.uint8)


def thing(seed):
    pixels = noise(seed, 4)
    pixels[..., 3] = 0
    pixels[40:90, 20:110, 3] = 255
    return pixels


@pytest.fixture
def folder(tmp_path):
    for i in range(3):
        save(tmp_path / "in" / f"{i}.png", noise(i))
    save(tmp_path / "in" / "deep" / "thing.png", thing(9))
    return tmp_path / "in"


def test_pictures_and_things_are_told_apart(folder):
    pictures, things, kept = backgrounds.read_all([folder])
    assert [path.name for path in kept] == ["0.png", "1.png", "2.png", "thing.png"]
    assert [picture.shape for picture in pictures] == [(128, 128, 3)] * 3
    assert [thing.shape for thing in things] == [(50, 90, 4)], "cut to what is opaque"


def test_what_says_nothing_is_left_out(folder):
    rng = np.random.default_rng(0)
    slopes = np.clip(rng.normal((128, 128, 255), 9, (128, 128, 3)), 0, 255)
    save(folder / "slopes.png", slopes)
    save(folder / "again.png", noise(0).repeat(2, 0).repeat(2, 1))
    save(folder / "small.png", noise(5)[:40, :40])
    save(folder / "nothing.png", np.zeros((128, 128, 4)))
    (folder / "broken.png").write_bytes(b"no picture")
    pictures, things, _ = backgrounds.read_all([folder])
    assert (len(pictures), len(things)) == (3, 1)


def test_strips_break_nothing(folder):
    save(folder / "strip.png", np.zeros((1, 4096, 3)))
    rod = np.full((70, 1200, 4), 200)
    rod[4:, :, 3] = 0
    save(folder / "rod.png", rod)
    pictures, things, _ = backgrounds.read_all([folder])
    assert len(pictures) == 3 and (4, 1200, 4) in [thing.shape for thing in things]
    place = np.zeros((backgrounds.SIDE, backgrounds.SIDE, 3), np.uint8)
    for seed in range(20):
        assert (
            backgrounds.heap(place, things[-1:], np.random.default_rng(seed)).shape == place.shape
        )


def test_a_place_is_drawn_by_its_number(folder):
    pictures, things, _ = backgrounds.read_all([folder])
    drawn = [
        backgrounds.draw_place(pictures, things, np.random.default_rng((0, i))) for i in range(12)
    ]
    again = backgrounds.draw_place(pictures, things, np.random.default_rng((0, 3)))
    assert np.array_equal(drawn[3], again)
    assert {place.shape for place in drawn} == {(backgrounds.SIDE, backgrounds.SIDE, 3)}
    assert len({place.tobytes() for place in drawn}) == 12


def test_things_stand_before_a_place():
    place = np.full((100, 100, 3), 7, np.uint8)
    heaped = backgrounds.heap(
        place, [np.full((50, 50, 4), 255, np.uint8)], np.random.default_rng(1)
    )
    changed = (heaped != place).any(2).mean()
    assert 0.02 < changed < 1 and np.array_equal(place, np.full_like(place, 7))


def test_it_is_run_from_a_terminal(folder, tmp_path, capsys):
    for name in ("a", "b"):
        backgrounds.main([str(folder), "--out", str(tmp_path / name), "--count", "4"])
    assert "4 pictures from 3 pictures and 1 things" in capsys.readouterr().out
    first, second = (sorted((tmp_path / name / "none").glob("*.jpg")) for name in "ab")
    assert len(first) == 4
    assert [file.read_bytes() for file in first] == [file.read_bytes() for file in second]
    assert str(folder / "deep" / "thing.png") in (tmp_path / "a" / "sources.csv").read_text()


@pytest.mark.parametrize(
    "arguments, advice",
    [
        (["missing", "--out", "out"], "is not a folder"),
        (["only", "--out", "out"], "no picture without transparency"),
        (["in", "--out", "only"], "exists already"),
        (["in", "--out", "out", "--count", "0"], "--count must be 1 or more"),
        (["in", "--out", "out", "--seed", "-1"], "--seed 0 or more"),
    ],
    ids=["missing", "nothing", "there-already", "count", "seed"],
)
def test_what_cannot_be_is_one_line(folder, tmp_path, monkeypatch, capsys, arguments, advice):
    save(tmp_path / "only" / "thing.png", thing(0))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as stop:
        backgrounds.main(arguments)
    error = capsys.readouterr().err
    assert stop.value.code == 2 and advice in error and "Traceback" not in error
    assert not (tmp_path / "out").exists() and not list(tmp_path.glob(".writing*"))


def test_no_hidden_colour_seeps_into_an_outline():
    rgba = np.zeros((80, 80, 4), np.uint8)  # white in the middle, black where nothing is
    rgba[20:60, 20:60] = 255
    rgba[20:60, 55:60, 3] = 0
    thing = backgrounds.lift(rgba, rgba[..., 3] > 128)
    assert thing.shape == (40, 35, 4) and thing[..., :3].min() == 255
    disc = np.zeros((80, 80, 4), np.uint8)
    y, x = np.mgrid[:80, :80]
    disc[(y - 40) ** 2 + (x - 40) ** 2 < 900] = 255
    thing = backgrounds.lift(disc, disc[..., 3] > 128)
    assert thing[..., :3].min() == 255, "its corners, too"
    assert np.array_equal(thing[..., 3] == 255, disc[11:70, 11:70, 3] == 255)
