"""Rendered hands: what their labels, landmarks and masks promise."""

import itertools

import cv2
import numpy as np
import pytest

from fingercount.errors import FingercountError
from fingercount.synthetic import (
    LABELS,
    blend,
    camera_effects,
    clip,
    parse_fingers,
    random_fingers,
    random_hand,
    random_person,
    random_pose,
    random_setting,
    random_view,
    render,
    render_frame,
    write_photos,
)
from fingercount.synthetic.random_pose import VARIANTS
from fingercount.synthetic.skeleton import HandShape, finger_chains

ALL_FINGERS = list(itertools.product([False, True], repeat=5))
SIZE = 80


def raised(points: np.ndarray) -> tuple[bool, ...]:
    """The usual rule: a raised fingertip is far from its knuckle, a raised thumb from the palm."""
    palm = np.linalg.norm(points[9] - points[0])
    thumb = np.linalg.norm(points[4] - points[17]) > np.linalg.norm(points[2] - points[17])
    reach = [np.linalg.norm(points[i + 3] - points[i]) for i in (5, 9, 13, 17)]
    return bool(thumb), *(bool(r > 0.47 * palm) for r in reach)


@pytest.fixture(scope="module")
def all_combinations():
    return {f: render(i, size=SIZE, fingers=f, effects=0) for i, f in enumerate(ALL_FINGERS)}


def test_all_32_combinations_show_their_tips(all_combinations):
    for fingers, picture in all_combinations.items():
        assert picture.label == LABELS[sum(fingers)]
        assert picture.fingers == fingers
        tips = picture.landmarks[[4, 8, 12, 16, 20]][list(fingers)]
        assert ((tips > 0.01) & (tips < 0.99)).all()
        # A little inside the tip there is flesh.
        inside = 0.85 * tips + 0.15 * picture.landmarks[[3, 7, 11, 15, 19]][list(fingers)]
        columns, rows = np.floor(inside * SIZE).astype(int).T
        assert (picture.mask[rows, columns] > 100).all()


def test_some_open_hands_are_flat_and_closed_and_show_their_thumb():
    widths = []
    for seed in range(24):
        picture = render(seed, size=SIZE, label="five", effects=0)
        points = picture.landmarks
        palm = np.linalg.norm(points[9] - points[0])
        widths.append(np.linalg.norm(points[8] - points[20]) / palm)
        column, row = np.floor((0.7 * points[4] + 0.3 * points[3]) * SIZE).astype(int)
        assert picture.mask[row, column] > 100
    closed = np.mean(np.array(widths) < 0.75)
    assert 0.2 < closed < 0.7


def test_labels_agree_with_the_landmarks():
    rng = np.random.default_rng(5)
    right = 0
    for i in range(150):
        fingers = random_fingers(rng, i % 6)
        hand = random_hand(rng, fingers, turn_any=0.5)
        flat = hand.joints[:, :2] / hand.joints[:, 2:]
        right += sum(raised(flat)) == sum(fingers)
    # The rule is blunt for thumbs that lie beside a fist; the labels are by construction.
    assert right >= 135


def test_fingers_that_are_down_are_bent_in_several_ways_and_always_point_back():
    rng = np.random.default_rng(3)
    knuckles = []
    for fingers in ALL_FINGERS * 4:
        pose = random_pose(rng, fingers)
        joints, _ = finger_chains(pose.fingers, HandShape())
        up = np.array(fingers[1:])
        outward = (joints[:, 3] - joints[:, 1])[:, 1]  # from the middle joint to the tip
        assert (outward[up] > 0).all() and (outward[~up] < 0).all()
        knuckles += pose.fingers[~up, 0].tolist()
    # A fist bends the knuckles, a hook the middle joints alone.
    assert (np.array(knuckles) > 70).mean() > 0.3 and (np.array(knuckles) < 35).mean() > 0.05


def test_a_hooked_finger_can_be_counted_from_the_front_and_from_behind():
    rng = np.random.default_rng(6)
    hands = [random_hand(rng, parse_fingers("TIMR")) for _ in range(60)]
    hooked = [hand for hand in hands if hand.pose.fingers[3, 0] < 30]
    # The hand's third axis leads out of its palm, the camera's away from the camera.
    assert {hand.view.matrix[2, 2] < 0 for hand in hooked} == {True, False}


def test_the_same_seed_gives_the_same_picture():
    a, b, other = (render(seed, size=64, label="two") for seed in (3, 3, 4))
    assert np.array_equal(a.image, b.image)
    assert np.array_equal(a.landmarks, b.landmarks)
    assert not np.array_equal(a.image, other.image)


@pytest.mark.parametrize("label", LABELS)
def test_each_label_renders(label):
    picture = render(11, size=64, label=label)
    assert picture.label == label
    assert picture.image.shape == (64, 64, 3)
    assert picture.image.dtype == np.uint8
    assert picture.mask.shape == (64, 64)
    assert (picture.landmarks is None) == (label == "none")
    if label != "none":
        assert picture.landmarks.shape == (21, 2)
        assert picture.landmarks.dtype == np.float32


def test_digits_are_labels_and_other_words_are_not():
    assert render(1, size=48, label="2").label == "two"
    with pytest.raises(ValueError, match="zero, one"):
        render(1, size=48, label="six")


def test_none_has_neither_landmarks_nor_fingers():
    for seed in range(8):
        picture = render(seed, size=48, label="none")
        assert picture.landmarks is None
        assert picture.fingers is None
        assert not picture.mask.any()


def test_the_mask_covers_the_hand(all_combinations):
    for picture in all_combinations.values():
        points = picture.landmarks[[0, 5, 9, 13, 17]]
        inside = points[((points > 0.02) & (points < 0.98)).all(1)]
        columns, rows = np.floor(inside * SIZE).astype(int).T
        assert (picture.mask[rows, columns] > 200).all()
        assert 0.04 < (picture.mask > 128).mean() < 0.8


def test_skin_ranges_from_light_to_dark_and_palms_stay_lighter():
    people = [random_person(np.random.default_rng(1), tone) for tone in (0, 0.5, 1)]
    backs = [person.back.mean() for person in people]
    assert backs[0] > 2 * backs[1] > 4 * backs[2]
    palms = [person.palm.mean() / person.back.mean() for person in people]
    assert palms[2] > 2.5 > 1.3 > palms[0]


def test_every_count_is_drawn_in_all_its_variants():
    drawn = {parse_fingers(letters) for variants in VARIANTS.values() for letters in variants}
    assert drawn == set(ALL_FINGERS)
    rng = np.random.default_rng(0)
    for count in range(6):
        assert {sum(random_fingers(rng, count)) for _ in range(20)} == {count}


def test_poses_blend_into_one_another():
    rng = np.random.default_rng(2)
    fist, open_hand = (random_pose(rng, parse_fingers(f)) for f in ("", "TIMRL"))
    middle = blend(fist, open_hand, 0.5)
    assert np.allclose(middle.fingers, (fist.fingers + open_hand.fingers) / 2)
    assert [blend(fist, open_hand, share).count for share in (0, 0.4, 0.6, 1)] == [0, 0, 5, 5]


def test_camera_effects_keep_the_shape_and_can_be_off():
    rng = np.random.default_rng(0)
    picture = render(9, size=64, label="five", effects=0).image
    assert camera_effects(picture, rng, 0) is picture
    for _ in range(40):
        assert camera_effects(picture, rng).shape == picture.shape


def test_a_frame_holds_the_hand_in_its_box():
    frame, box = render_frame(
        np.random.default_rng(4), parse_fingers("IM"), size=(320, 240), box=(100, 40, 220, 160)
    )
    assert frame.shape == (240, 320, 3)
    left, top, right, bottom = box
    assert 90 < left < right < 230
    assert 30 < top < bottom < 170


def test_a_clip_changes_its_count_and_keeps_its_room():
    frames = list(clip(6, [None, 1, 4], seconds_each=1, fps=6, size=(160, 120)))
    labels = [label for _, label in frames]
    assert len(frames) == 18
    assert [label for label, _ in itertools.groupby(labels)] == ["none", "one", "four"]
    corners = [frame[:12, :12].mean() for frame, _ in frames]
    assert np.ptp(corners) < 3
    assert np.abs(frames[8][0].astype(int) - frames[0][0]).mean() > 1


def test_write_photos_lays_out_sessions_with_all_labels(tmp_path):
    seen = []
    done = write_photos(
        tmp_path, 2, sessions=2, size=48, seed=7, progress=lambda a, b: seen.append((a, b))
    )
    assert done == 14
    assert seen[-1] == (14, 14)
    for label in LABELS:
        files = sorted((tmp_path / label).glob("*.jpg"))
        assert len({file.name.rsplit("-", 1)[0] for file in files}) == 2
        assert cv2.imread(str(files[0])).shape == (48, 48, 3)
    data = np.load(tmp_path / "landmarks.npz")
    assert data["xy"].shape == (12, 21, 2)
    assert all((tmp_path / path).is_file() for path in data["path"])
    assert set(data["handedness"]) <= {"Left", "Right"}


def test_a_setting_is_shared_by_its_pictures():
    setting = random_setting(np.random.default_rng(8), tone=0.2)
    pictures = [render(seed, size=48, label="five", setting=setting, effects=0) for seed in (1, 2)]
    tones = [np.median(p.image[p.mask > 250], axis=0) for p in pictures]
    assert np.abs(tones[0] - tones[1]).max() < 50, "but for the shade that its pose casts"
    lighter = random_setting(np.random.default_rng(8), tone=0.9)
    other = render(1, size=48, label="five", setting=lighter, effects=0)
    assert np.abs(np.median(other.image[other.mask > 250], axis=0) - tones[0]).max() > 50


def test_a_wilder_view_is_tilted_farther():
    def tilts(wildness):
        rng = np.random.default_rng(0)
        # How much of the palm's normal still points to the camera or away from it.
        views = [random_view(rng, wildness=wildness) for _ in range(400)]
        return np.degrees(np.arccos(np.abs([view.rotation[2, 2] for view in views])))

    calm, usual, wild = tilts(0.5), tilts(1.0), tilts(2.0)
    assert calm.mean() < usual.mean() < wild.mean()
    farthest = np.degrees(np.arccos(np.cos(np.radians(55)) * np.cos(np.radians(38))))
    assert usual.max() <= farthest + 0.1 < wild.max()


def test_a_clips_noise_is_of_each_frame_and_its_colours_are_not():
    still, again = (
        frame.astype(int) for frame, _ in clip(0, [None], 1, 2, size=(160, 120), effects=1.0)
    )
    assert np.abs(still - again).mean() > 0.3, "noise"
    assert np.abs(still.mean((0, 1)) - again.mean((0, 1))).max() < 1, "exposure and colour"


def test_another_seed_in_the_same_folder_keeps_the_landmarks(tmp_path):
    for seed in (1, 2, 1):
        write_photos(tmp_path, 1, labels=("one", "none"), sessions=1, seed=seed, size=64)
    with np.load(tmp_path / "landmarks.npz") as file:
        paths, xy = file["path"].tolist(), file["xy"]
    assert sorted(paths) == sorted(
        path.relative_to(tmp_path).as_posix() for path in (tmp_path / "one").iterdir()
    )
    assert xy.shape == (2, 21, 2) and len(paths) == 2


@pytest.mark.parametrize("content", [b"", b"no archive", "other arrays"], ids=str)
def test_another_landmarks_file_in_the_folder_is_advice_before_anything_is_drawn(tmp_path, content):
    file = tmp_path / "landmarks.npz"
    if isinstance(content, bytes):
        file.write_bytes(content)
    else:
        np.savez(file, path=np.array(["one/a.jpg"]), xy=np.zeros((1, 21, 2)))
    before = file.read_bytes()
    with pytest.raises(FingercountError, match="choose another folder"):
        write_photos(tmp_path, 1, size=64)
    assert [path.name for path in tmp_path.iterdir()] == ["landmarks.npz"]
    assert file.read_bytes() == before
