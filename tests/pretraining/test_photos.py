"""Reading training sets: labels, groups, landmarks, and which fingers are up."""

import csv

import numpy as np
import pytest

from fingercount.errors import FingercountError
from fingercount.imaging.read import encode_jpeg
from fingercount.pretraining.photos import (
    HandPhoto,
    beside_hand,
    find_photos,
    fingers_up,
    known_fingers,
    load_photos,
    read_groups,
    read_landmarks,
)
from tests.conftest import draw


def hand(up: str, thumb_out=True) -> np.ndarray:
    """Landmarks [21, 2] of a hand with these fingers up, such as "01100" for a two."""
    xy = np.zeros((21, 2), np.float32)
    xy[0] = (0.5, 0.9)
    for finger, (x, is_up) in enumerate(zip((0.2, 0.35, 0.5, 0.65, 0.8), up)):
        first = 1 + 4 * finger
        ys = (0.6, 0.45, 0.3, 0.15) if is_up == "1" else (0.6, 0.5, 0.65, 0.75)
        xs = (x,) * 4
        if finger == 0:
            ys = (0.75, 0.7, 0.65, 0.6)
            xs = (0.35, 0.25, 0.15, 0.02) if is_up == "1" else (0.35, 0.3, 0.35, 0.55)
        xy[first : first + 4] = np.column_stack([xs, ys])
    return xy


@pytest.mark.parametrize("up", ["00000", "01000", "01100", "11111", "10001", "01111", "10000"])
def test_fingers_up_are_read_off_the_landmarks(up):
    assert "".join(str(int(x)) for x in fingers_up(hand(up))) == up


@pytest.mark.parametrize("turn", [0, 90, 200], ids=str)
def test_which_way_is_up_does_not_matter(turn):
    angle = np.deg2rad(turn)
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    assert fingers_up(hand("01100") @ rotation.T).tolist() == [False, True, True, False, False]


@pytest.mark.parametrize(
    "label, up, expected",
    [
        pytest.param("two", "01100", "01100", id="they-agree"),
        pytest.param("two", "10001", "10001", id="any-two-fingers"),
        pytest.param("three", "01100", None, id="they-disagree"),
        pytest.param("zero", None, "00000", id="a-fist-needs-no-landmarks"),
        pytest.param("five", "01100", "11111", id="five-is-all"),
        pytest.param("two", None, None, id="no-landmarks"),
        pytest.param("none", None, None, id="no-hand"),
        pytest.param("thumbs up", "10000", None, id="no-number"),
    ],
)
def test_fingers_are_known_only_where_label_and_landmarks_agree(label, up, expected):
    found = known_fingers(label, None if up is None else hand(up))
    text = None if found is None else "".join(str(int(x)) for x in found)
    assert text == expected


def test_sets_and_labels_are_folders(make_photos):
    root = make_photos("sets/ada", labels=("1", "two"), n=1).parent
    make_photos("sets/bob", labels=("two",), n=1)
    (root / "ada" / "two" / "notes.txt").write_text("no photo")
    (root / "ada" / ".bin").mkdir()
    (root / "ada" / ".bin" / "x.jpg").write_bytes(b"")
    found = {(source, label) for _, source, label in find_photos(root)}
    assert found == {("ada", "one"), ("ada", "two"), ("bob", "two")}
    assert {source for _, source, _ in find_photos(root / "ada")} == {"ada"}


def test_sets_may_be_links_to_another_disk(make_photos):
    elsewhere = make_photos("disk/ada", labels=("two",), n=2)
    root = make_photos("sets/bob", labels=("two",), n=1).parent
    (root / "ada").symlink_to(elsewhere, target_is_directory=True)
    assert [source for _, source, _ in find_photos(root)] == ["ada", "ada", "bob"]


def test_no_photos_is_advice(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"")
    with pytest.raises(FingercountError, match="no photos in <set>/<label>/"):
        find_photos(tmp_path)
    with pytest.raises(FingercountError, match="is not a folder; check the path"):
        find_photos(tmp_path / "nowhere")


def test_photos_come_with_groups_and_landmarks_by_any_part_of_their_path(make_photos, tmp_path):
    root = make_photos("sets/ada", labels=("two",), n=2).parent
    first, second = sorted((root / "ada" / "two").iterdir())
    with (tmp_path / "groups.csv").open("w", newline="") as file:
        csv.writer(file).writerows(
            [("path", "person", "group"), (f"ada/two/{first.name}", "x", "p1")]
        )
    xy = np.stack([hand("01100")])
    np.savez(tmp_path / "marks.npz", path=np.array([f"two/{second.name}"]), xy=xy)
    one, two = load_photos(root, groups=tmp_path / "groups.csv", landmarks=tmp_path / "marks.npz")
    assert one.group == "p1" and one.landmarks is None and one.fingers is None
    assert two.group == f"ada:{second.stem}"
    assert two.fingers.tolist() == [False, True, True, False, False]
    assert two.landmarks == pytest.approx(hand("01100"))


def test_large_photos_are_scaled_and_broken_ones_left_out(tmp_path):
    folder = tmp_path / "set" / "two"
    folder.mkdir(parents=True)
    (folder / "a.jpg").write_bytes(encode_jpeg(draw("two", size=200)[:, :100]))
    (folder / "b.jpg").write_bytes(b"broken")
    (folder / "c.jpg").write_bytes(encode_jpeg(draw("two", size=20)))
    shapes = [photo.rgb.shape for photo in load_photos(tmp_path, size=64)]
    assert shapes == [(80, 40, 3), (20, 20, 3)], "a quarter larger than needed; small ones stay"


def test_sets_can_be_left_out(make_photos):
    root = make_photos("sets/ada", labels=("two",), n=1).parent
    make_photos("sets/bob", labels=("two",), n=1)
    assert {p.source for p in load_photos(root, leave_out=["bob"])} == {"ada"}


@pytest.mark.parametrize("read", [read_groups, read_landmarks])
def test_tables_that_cannot_be_read_are_advice(tmp_path, read):
    assert read(None) == {}
    with pytest.raises(FingercountError, match="nowhere"):
        read(tmp_path / "nowhere")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00rubbish")
    with pytest.raises(FingercountError, match="bytes"):
        read(tmp_path / "bytes")


@pytest.mark.parametrize("kept", [0, 40, -30], ids=["empty", "its head", "without its end"])
def test_half_copied_landmarks_are_advice(tmp_path, kept):
    whole, path = tmp_path / "whole.npz", tmp_path / "part.npz"
    np.savez(whole, path=np.array(["two/a.jpg"]), xy=np.zeros((1, 21, 2)))
    path.write_bytes(whole.read_bytes()[:kept])
    with pytest.raises(FingercountError, match=r"part\.npz is not a landmarks file"):
        read_landmarks(path)


def test_landmarks_of_another_shape_are_advice(tmp_path):
    np.savez(tmp_path / "m.npz", path=np.array(["two/a.jpg"]), xy=np.zeros((1, 5, 3)))
    with pytest.raises(FingercountError, match=r"not a landmarks file.*shape"):
        read_landmarks(tmp_path / "m.npz")


def test_a_table_without_a_header_is_path_and_group(tmp_path):
    (tmp_path / "g.csv").write_text("two/a.jpg,ada\none/b.jpg,bob\nshort\n")
    assert read_groups(tmp_path / "g.csv") == {"two/a.jpg": "ada", "one/b.jpg": "bob"}


def photo_with_hand_at(low, high, size=100):
    rgb = np.zeros((size, size, 3), np.uint8)
    (x0, y0), (x1, y1) = (np.array(low) * size).astype(int), (np.array(high) * size).astype(int)
    rgb[y0:y1, x0:x1] = 255
    xy = np.linspace(low, high, 21).astype(np.float32)
    return HandPhoto(rgb, "two", "ada", "g", "h", xy)


@pytest.mark.parametrize(
    "low, high, squares",
    [
        pytest.param((0.6, 0.2), (0.95, 0.9), 1, id="left-of-it"),
        pytest.param((0.05, 0.2), (0.35, 0.9), 1, id="right-of-it"),
        pytest.param((0.1, 0.6), (0.9, 0.95), 1, id="above-it"),
        pytest.param((0.1, 0.05), (0.9, 0.4), 1, id="below-it"),
        pytest.param((0.05, 0.2), (0.38, 0.4), 1, id="a-small-hand"),
    ],
)
def test_beside_a_hand_there_is_none(low, high, squares):
    parts = beside_hand(photo_with_hand_at(low, high))
    assert len(parts) == squares
    for part in parts:
        assert part.label == "none" and part.landmarks is None
        assert part.rgb.shape[0] == part.rgb.shape[1], "a strip's shape would give none away"
        assert not part.rgb.any(), "nothing of the hand is in it"
        assert (part.source, part.group, part.hash) == ("ada", "g", "h")


def test_a_hand_that_fills_the_photo_leaves_nothing_beside():
    assert beside_hand(photo_with_hand_at((0.2, 0.2), (0.8, 0.8))) == []
    plain = photo_with_hand_at((0.6, 0.2), (0.9, 0.9))
    plain.landmarks = None
    assert beside_hand(plain) == [], "without landmarks nobody knows where the hand is"


def test_folders_named_otherwise_are_read_through_a_map(make_photos, tmp_path):
    """As in HaGRID: a folder for each gesture, of which some show a count."""
    root = make_photos("hagrid", labels=("peace", "like", "one", "call"), n=2)
    table = tmp_path / "map.csv"
    table.write_text("from,to\npeace,two\nlike,one\ncall,\n", encoding="utf-8")
    found = load_photos(root, label_map=table, size=32)
    assert sorted(photo.label for photo in found) == ["one"] * 4 + ["two"] * 2
