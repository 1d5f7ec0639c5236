"""What people have, through `import` as they would run it: the handed cases and drawn ones."""

import json
import shutil
import zipfile
import zlib
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from fingercount.data.dataset import Dataset
from fingercount.imaging.read import encode_jpeg
from tests.conftest import draw

CASES = Path(__file__).resolve().parents[4] / "shared" / "cases"
TWO = {"one": 6, "two": 6}


def fill(root: Path, *paths: str) -> Path:
    """Draw a different picture for each path, as its suffix says or else as JPEG."""
    for seed, path in enumerate(paths):
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(encode_jpeg(draw("one", seed)))
    return root


@pytest.fixture
def bring(run, tmp_path):
    """A function that imports; returns (exit code, the JSON, what was said)."""

    def command(source, *options):
        code, out, said = run(
            "import", source, "--data", tmp_path / "brought", "--json", "-", *options
        )
        return code, json.loads(out) if code == 0 else {}, said

    return command


@pytest.mark.parametrize(
    ("name", "options", "labels", "out"),
    [
        ("01-label-hand", (), TWO, 0),
        ("03-label-images", (), TWO, 0),
        ("05-fiftyone", (), TWO, 0),
        ("07-kaggle-csv", (), TWO, 0),
        ("09-unlabeled", (), TWO, 4),
        ("10-training_set", (), TWO, 0),
        ("13-tm-folders", (), TWO, 0),
        ("15-recycle-bin", (), TWO, 0),
        ("16-wrapper", (), TWO, 0),
        ("17-suffixes", (), TWO, 2),
        ("18-names-num", (), {"one": 3, "two": 3}, 0),
        ("18-names-paren", (), {"one": 3, "two": 3}, 0),
        ("18-names-plus", (), {"two": 3, "one-thumb": 3}, 0),
        ("18-names-emoji", (), {"one": 3, "two": 3}, 0),
        ("20-backslash.zip", (), {"one": 3, "two": 3}, 0),
        ("21-two-samples.zip", ("--label", "two"), {"two": 6}, 0),
        ("30-strftime", (), {"one": 80, "two": 80, "three": 80}, 0),
        ("32-one-broken", (), {"one": 20, "two": 20, "three": 20}, 1),
    ],
)
def test_the_handed_cases(bring, name, options, labels, out):
    if not (CASES / name).exists():
        pytest.skip(f"the handed cases are not beside this checkout ({CASES / name})")
    code, result, _ = bring(CASES / name, *options)
    assert code == 0
    assert result["by_label"] == labels
    assert len(result["skipped"]) == out


@pytest.mark.parametrize("inner", ["left", "p01", "2024-05-17", "images", "session 1"])
def test_what_lies_inside_a_label_is_no_label(bring, tmp_path, inner):
    source = fill(tmp_path / "s", f"one/{inner}/a.jpg", f"two/{inner}/b.jpg")
    assert bring(source)[1]["by_label"] == {"one": 1, "two": 1}


@pytest.mark.parametrize("names", [("training_set", "test_set"), ("a_train", "a_test")])
def test_sides_stay_sides(bring, tmp_path, names):
    fill(
        tmp_path / "s",
        *(f"{side}/{n}/{i}{side}.jpg" for side in names for n in (1, 2) for i in "ab"),
    )
    assert bring(tmp_path / "s")[0] == 0
    dataset = Dataset(tmp_path / "brought")
    assert {photo.split for photo in dataset.photos()} == {"train", "test"}
    assert len(dataset.photos(split="test")) == 4


def test_files_are_what_their_content_says_and_the_rest_is_told_by_folder(bring, tmp_path):
    source = fill(tmp_path / "s", "one/a.jpe", "one/b.jpg_large", "one/c", "one/d.jpg", "two/e.JPG")
    Image.fromarray(draw("two", 1)).save(source / "two" / "f.mpo", "PNG")
    (source / "two" / "g.dng").write_bytes(b"II*\0")
    (source / "two" / "h.dng").write_bytes(b"II*\0")
    code, result, said = bring(source)
    assert (code, result["by_label"]) == (0, {"one": 4, "two": 2})
    assert "two/: 2 files, such as g.dng: a DNG photo" in said


def test_bins_and_thumbnails_of_systems_are_no_photos(bring, tmp_path):
    systems = ("@eaDir", "$RECYCLE.BIN", "#recycle", ".thumbnails", "lost+found", "__MACOSX")
    source = fill(tmp_path / "s", "one/a.jpg", "two/b.jpg", *(f"{s}/x.jpg" for s in systems))
    fill(source, *(f"one/{s}/y.jpg" for s in systems))
    _code, result, _ = bring(source)
    assert (result["added"], result["skipped"]) == (2, [])
    assert Dataset(source).labels == ["one", "two"] and len(Dataset(source).photos()) == 2


def test_times_in_names_are_one_session_until_there_is_a_gap(bring, tmp_path):
    stems = [f"2024-05-17-10-0{minute}-30" for minute in range(6)] + ["2024-05-17-15-00-00"]
    forms = [str, lambda s: s.replace("-", "_"), lambda s: f"{s[:10]}T{s[11:].replace('-', ':')}"]
    for n, form in enumerate(forms):
        source = fill(tmp_path / f"s{n}", *(f"one/{form(stem)}.jpg" for stem in stems))
        fill(source, "two/2024-05-17-10-06-00.jpg")
        for photo in source.rglob("*.jpg"):  # nothing alike, so that only times tell
            coarse = np.random.default_rng(zlib.crc32(photo.name.encode())).integers(
                0, 256, (6, 6, 3)
            )
            photo.write_bytes(encode_jpeg(np.kron(coarse, np.ones((9, 9, 1))).astype(np.uint8)))
        shutil.rmtree(tmp_path / "brought", ignore_errors=True)
        _, result, _ = bring(source)
        assert (result["sessions"], result["people_unknown"]) == (2, True)
        assert len({photo.session for photo in Dataset(source).photos()}) == 2


@pytest.mark.parametrize("form", ["{0}-!-{1}.jpg", "{0}/{0}-{1}.jpg"])
def test_a_label_in_a_name_is_no_session(bring, tmp_path, form):
    source = fill(tmp_path / "s", *(form.format(n, i) for n in ("one", "two") for i in range(2)))
    _, result, _ = bring(source)
    assert result["by_label"] == {"one": 2, "two": 2} and result["people_unknown"]


def test_copies_of_one_photo_are_one_session(bring, tmp_path):
    names = [f"hand{n}_jpg.rf.{h * 32}.jpg" for n in (1, 2) for h in "abc"]
    names += [f"aug_{n}_{random}.jpg" for n in (3, 4) for random in (17, 4711)]
    source = fill(tmp_path / "s", *(f"one/{name}" for name in names), "two/x.jpg")
    for n, photo in enumerate(sorted(source.rglob("*.jpg"))):
        coarse = np.random.default_rng(n).integers(0, 256, (6, 6, 3))
        photo.write_bytes(encode_jpeg(np.kron(coarse, np.ones((9, 9, 1))).astype(np.uint8)))
    assert bring(source)[1]["sessions"] == 5
    assert len(Dataset(source).sessions()) == 5


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
def test_a_flat_source_takes_the_label_it_is_given(bring, tmp_path, packed):
    source = fill(tmp_path / "s", "a.jpg", "b.jpg")
    if packed:
        with zipfile.ZipFile(tmp_path / "s.zip", "w") as file:
            for photo in source.iterdir():
                file.write(photo, photo.name)
        source = tmp_path / "s.zip"
    code, _, said = bring(source)
    assert code == 2 and "--label NAME" in said and said.count("\n") == 1
    assert bring(source, "--label", "2")[1]["by_label"] == {"two": 2}


def test_guessed_names_are_told_and_a_map_has_the_last_word(bring, tmp_path):
    source = fill(tmp_path / "s", "class_1/a.jpg", "class_2/b.jpg")
    _, result, said = bring(source)
    assert result["names"] == {"class_1": "one", "class_2": "two"}
    assert "read class_1 as one" in said and "--map" in said
    (tmp_path / "map.csv").write_text("from,to\nclass_1,five\nclass_2,zero\n")
    shutil.rmtree(tmp_path / "brought")
    assert bring(source, "--map", tmp_path / "map.csv")[1]["by_label"] == {"zero": 1, "five": 1}


def test_of_two_readings_the_other_is_named_and_can_be_had(bring, tmp_path):
    source = fill(tmp_path / "s", "1/1/a.jpg", "1/2/b.jpg", "2/1/c.jpg", "2/1/d.jpg", "2/2/e.jpg")
    _, result, said = bring(source)
    assert result["by_label"] == {"one": 3, "two": 2}
    assert "--labels-from 1" in said and [way["from"] for way in result["readings"]] == ["2", "1"]
    shutil.rmtree(tmp_path / "brought")
    assert bring(source, "--labels-from", "1")[1]["by_label"] == {"one": 2, "two": 3}
    code, _, said = bring(source, "--labels-from", "table")
    assert code == 2 and "Possible: 2:" in said


def test_a_photo_twice_in_the_source_is_called_that(bring, tmp_path):
    source = fill(tmp_path / "s", "one/a.jpg", "two/b.jpg")
    shutil.copy(source / "one" / "a.jpg", source / "one" / "again.jpg")
    _, result, said = bring(source)
    assert (result["duplicates"], result["repeated"]) == (1, 1)
    assert "twice" in said and "there already" not in said


def test_a_clip_gives_frames_that_differ_in_one_session(bring, tmp_path):
    source = fill(tmp_path / "s", "two/a.jpg")
    (source / "one").mkdir()
    with av.open(str(source / "one" / "clip.mp4"), "w") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for n in range(40):  # four pictures of a second each
            coarse = np.random.default_rng(n // 10).integers(0, 256, (6, 8, 3))
            frame = np.kron(coarse, np.ones((8, 8, 1))).astype(np.uint8)
            for packet in stream.encode(av.VideoFrame.from_ndarray(frame, "rgb24")):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
    _, result, _ = bring(source)
    assert result["by_label"] == {"one": 4, "two": 1} and result["sessions"] == 2
    assert {p.session for p in Dataset(tmp_path / "brought").photos("one")} == {"clip"}


def test_an_evaluation_of_a_wrapper_says_where_the_photos_are(run, hands, tmp_path):
    source = fill(tmp_path / "s", "Hands.v1/train/one/a.jpg", "Hands.v1/train/two/b.jpg")
    code, _, said = run("evaluate", "--model", "hands", "--data", source)
    assert code == 2 and str(source / "Hands.v1") in said and "Traceback" not in said
