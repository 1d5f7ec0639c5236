import json
import shutil
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fingercount.data.dataset import Dataset
from fingercount.data.importing.importer import import_photos
from fingercount.errors import FingercountError
from fingercount.imaging import near_duplicates
from fingercount.imaging.read import content_hash, encode_jpeg
from tests.conftest import draw, files_below


@pytest.fixture
def target(tmp_path):
    return tmp_path / "data"


def csv(path: Path, *rows: str) -> Path:
    path.write_text("\n".join(rows) + "\n")
    return path


def test_file_names_carry_the_sessions(make_photos, target):
    source = make_photos(n=2, sessions=("ann", "bob"))
    result = import_photos(source, target)
    assert (result.added, result.sessions, result.people_unknown) == (12, 2, False)
    assert result.by_label == {"one": 4, "two": 4, "three": 4}
    assert result.skipped == result.warnings == []
    dataset = Dataset(target)
    assert {name: session.n for name, session in dataset.sessions().items()} == {"ann": 6, "bob": 6}
    assert "three/bob-0006.jpg" in dataset.hashes()
    assert {content_hash(data) for data in files_below(source).values()} == set(
        dataset.hashes().values()
    )


def test_numbers_that_clash_keep_their_order(make_photos, target):
    source = make_photos(labels=("one",), n=3, sessions=("s",))
    make_photos(labels=("two",), n=3, sessions=("s",))
    import_photos(source, target)
    stems = [Path(photo.path).stem for photo in Dataset(target).photos()]
    assert len(set(stems)) == 6
    one = [Dataset(target).absolute(photo).read_bytes() for photo in Dataset(target).photos("one")]
    assert one == [(source / "one" / f"s-000{n}.jpg").read_bytes() for n in (1, 2, 3)]


def test_photos_without_a_session_stand_alone_and_people_are_unknown(make_photos, target):
    result = import_photos(make_photos(n=3, sessions=[None]), target)
    assert (result.added, result.sessions, result.people_unknown) == (9, 9, True)
    dataset = Dataset(target)
    assert dataset.people_unknown
    assert "one/IMG_0001-0001.jpg" in dataset.hashes()


def room(seed: int) -> np.ndarray:
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 6, 3)).astype(np.uint8)
    return np.kron(coarse, np.ones((16, 16, 1), np.uint8))


def test_near_copies_form_a_session_over_labels_and_imports(tmp_path, target):
    for label, seed, shift in (("one", 0, 0), ("two", 0, 1), ("two", 1, 0), ("one", 2, 0)):
        folder = tmp_path / "first" / label
        folder.mkdir(parents=True, exist_ok=True)
        picture = np.roll(room(seed), shift, axis=0)
        (folder / f"x{seed}{shift}.jpg").write_bytes(encode_jpeg(picture))
    result = import_photos(tmp_path / "first", target)
    assert (result.added, result.sessions) == (4, 3)

    later = tmp_path / "later" / "five"
    later.mkdir(parents=True)
    (later / "y.jpg").write_bytes(encode_jpeg(np.roll(room(1), 1, axis=1)))
    import_photos(later.parent, target)
    sessions = Dataset(target).sessions()
    assert len(sessions) == 3
    assert ("two", "five") in {session.labels for session in sessions.values()}


def test_one_sitting_is_one_session_where_the_person_says_so(make_photos, target):
    result = import_photos(make_photos(n=3, sessions=[None]), target, one_session=True)
    assert (result.added, result.sessions, result.people_unknown) == (9, 1, False)
    assert result.session_count.words == "1 session"
    listing = Dataset(target).listing()
    assert listing.session_count.words == "1 session" and not listing.people_unknown


def test_names_are_believed_before_what_is_said_of_the_rest(make_photos, target):
    source = make_photos(n=2, sessions=("ann",))
    make_photos(n=2, sessions=[None])
    result = import_photos(source, target, one_session=True)
    assert result.sessions == 2 and "ann" in Dataset(target).sessions()


def test_guessed_sessions_are_never_counted(make_photos, target):
    import_photos(make_photos("named", n=2, sessions=("ann", "bob")), target)
    result = import_photos(make_photos("phone", n=2, sessions=[None]), target)
    assert result.session_count.words == "sessions unknown"
    listing = Dataset(target).listing()
    assert listing.session_count.words == "2 sessions and 6 photos of unknown ones"
    assert {p.session for p in listing.photos if not p.session_guessed} == {"ann", "bob"}
    Dataset(target).undo()
    assert Dataset(target).listing().session_count.words == "2 sessions"


def test_of_a_data_set_from_before_all_sessions_are_guessed(make_photos, target):
    """It says of all photos together that people are unknown, and of no session."""
    import_photos(make_photos("named", n=2, sessions=("ann",)), target)
    record = json.loads((target / "dataset.json").read_text()) | {"people_unknown": True}
    (target / "dataset.json").write_text(json.dumps(record))
    assert Dataset(target).listing().session_count.words == "sessions unknown"
    import_photos(make_photos("phone", n=1, sessions=[None]), target)
    assert Dataset(target).listing().session_count.known == 0


def test_a_csv_says_whose_photos_they_are(make_photos, target, tmp_path):
    source = make_photos("w/hands-master", n=2, sessions=[None])
    names = sorted(path.relative_to(source).as_posix() for path in source.rglob("*.jpg"))
    rows = [f"{name},{'Ann B.' if n % 2 else 'p:7'}" for n, name in enumerate(names)]
    groups = csv(tmp_path / "groups.csv", "path,group", *rows)
    result = import_photos(source.parent, target, groups=groups)
    assert (result.sessions, result.people_unknown, result.warnings) == (2, False, [])
    assert {name: s.n for name, s in Dataset(target).sessions().items()} == {"Ann-B": 3, "p-7": 3}


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(("one/IMG_0001.jpg,ann",), id="no-header"),
        pytest.param(("path;group", "one/IMG_0001.jpg;ann"), id="semicolons"),
        pytest.param(("size,group,path", "7,ann,one/IMG_0001.jpg"), id="more-columns"),
        pytest.param(("\ufeffpath,group", "one/IMG_0001.jpg,ann", ""), id="as-excel-saves-it"),
    ],
)
def test_csvs_come_in_several_dialects(make_photos, target, tmp_path, rows):
    source = make_photos(n=1, sessions=[None])
    import_photos(source, target, groups=csv(tmp_path / "g.csv", *rows))
    assert "ann" in Dataset(target).sessions()


def test_csv_rows_for_missing_files_are_a_warning(make_photos, target, tmp_path):
    groups = csv(tmp_path / "g.csv", "one/IMG_0001.jpg,ann", "one/gone.jpg,bob", "two/gone.jpg,bob")
    result = import_photos(make_photos(n=1, sessions=[None]), target, groups=groups)
    assert result.added == 3
    assert any("2 lines" in w and "one/gone.jpg" in w for w in result.warnings)
    assert any("2 photos have no group" in w for w in result.warnings)


@pytest.mark.parametrize(
    ("option", "rows", "advice"),
    [
        pytest.param("groups", ("nowhere/a.jpg,ann",), "names a photo", id="no-row-fits"),
        pytest.param("groups", ("one/IMG_0001.jpg",), "line 1", id="one-cell"),
        pytest.param("groups", ("",), "no rows", id="empty"),
        pytest.param("label_map", ("from,to", "one,a/b"), "cannot be a folder", id="slash"),
        pytest.param("label_map", ("one",), "line 1", id="map-one-cell"),
    ],
)
def test_csvs_that_make_no_sense_stop_before_anything(
    make_photos, target, tmp_path, option, rows, advice
):
    file = csv(tmp_path / "table.csv", *rows)
    with pytest.raises(FingercountError, match=advice):
        import_photos(make_photos(n=1, sessions=[None]), target, **{option: file})
    assert not target.exists()


def test_a_quote_without_an_end_is_advice(make_photos, target, tmp_path):
    rows = ["path,group", '"one/IMG_0001.jpg,ann', *["two/IMG_0001.jpg,ann"] * 8000]
    with pytest.raises(FingercountError, match=r"CSV.*quote"):
        import_photos(make_photos(n=1), target, groups=csv(tmp_path / "g.csv", *rows))


def test_groups_keep_the_vowels_of_their_script(make_photos, target, tmp_path):
    source = make_photos(labels=("one", "two", "three"), n=1, sessions=[None])
    files = sorted(path.relative_to(source).as_posix() for path in source.rglob("*.jpg"))
    rows = [f"{path},{group}" for path, group in zip(files, ("दो", "दा", "✌️"))]
    import_photos(source, target, groups=csv(tmp_path / "g.csv", "path,group", *rows))
    assert set(Dataset(target).sessions()) == {"दो", "दा", "session"}


def test_names_that_some_systems_hold_for_one_stay_apart(make_photos, target, tmp_path):
    source = make_photos(labels=("one", "two"), n=1, sessions=[None])
    for seed, name in enumerate(("IMG-1", "img-1", "\u00e9-1", "e\u0301-1")):
        (source / "one" / f"{name}.jpg").write_bytes(encode_jpeg(draw("one", 50 + seed)))
    import_photos(source, target)
    names = [path.name.lower() for path in (target / "one").iterdir()]
    assert len(names) == 5 == len({unicodedata.normalize("NFC", name) for name in names})


def test_a_missing_csv_is_advice(make_photos, target, tmp_path):
    with pytest.raises(FingercountError, match=r"gone\.csv"):
        import_photos(make_photos(n=1), target, groups=tmp_path / "gone.csv")


def test_a_map_renames_labels(make_photos, target, tmp_path):
    source = make_photos(labels=("fist", "peace", "blurry"), n=2)
    label_map = csv(tmp_path / "map.csv", "from,to", "fist,zero", "peace,2", "blurry,")
    result = import_photos(source, target, label_map=label_map)
    assert result.by_label == {"zero": 2, "two": 2}


def test_the_sources_split_is_kept_and_frozen(make_photos, target):
    source = make_photos("src/train", n=3, sessions=("a", "b"))
    make_photos("src/val", n=2, sessions=("c",))
    make_photos("src/test", n=1, sessions=("d",))
    import_photos(source.parent, target)
    dataset = Dataset(target)
    dataset.ensure_split()
    sides = {name: session.split for name, session in dataset.sessions().items()}
    assert sides == {"a": "train", "b": "train", "c": "val", "d": "test"}
    assert {len(photo.path.split("/")) for photo in dataset.photos()} == {2}


def test_a_session_on_two_sides_of_the_source_stays_one_and_is_told(make_photos, target):
    source = make_photos("src/train", n=3, sessions=("a",))
    make_photos("src/test", n=1, sessions=("a",))
    result = import_photos(source.parent, target)
    assert any("more than one side" in warning for warning in result.warnings)
    dataset = Dataset(target)
    assert list(dataset.sessions()) == ["a"] and len(dataset.photos(split="test")) == 3
    split = dataset.split()
    assert split.mode == "within" and "sessions that are trained on too" in split.sentence
    dataset.undo()
    assert import_photos(source.parent, target).added == 12
    assert len(Dataset(target).photos(split="test")) == 3


def test_a_near_copy_of_a_test_photo_is_on_its_side(tmp_path, target):
    rng = np.random.default_rng(0)
    for side, seeds in (("train", (1, 2)), ("test", (3,))):
        for seed in seeds:
            path = tmp_path / "src" / side / "one" / f"rec-{seed:04d}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(draw("one", seed, 64)).save(path)
    import_photos(tmp_path / "src", target)
    again = tmp_path / "more" / "one" / "x.png"
    again.parent.mkdir(parents=True)
    near = draw("one", 3, 64).astype(int) + rng.integers(-2, 3, (64, 64, 3))
    Image.fromarray(np.clip(near, 0, 255).astype(np.uint8)).save(again)
    result = import_photos(tmp_path / "more", target)
    dataset = Dataset(target)
    assert set(dataset.sessions()) == {"rec"} and len(dataset.photos(split="test")) == 2
    assert not any("own split" in warning for warning in result.warnings)


def test_a_session_that_moved_to_another_side_of_the_source_is_told(make_photos, target):
    source = make_photos("src/train", labels=("one",), n=4, sessions=("a", "b"))
    make_photos("src/test", labels=("one",), n=2, sessions=("c",))
    import_photos(source.parent, target)
    Dataset(target).undo()
    (source / "one").rename(source.parent / "test" / "two")  # all of a and b
    import_photos(source.parent, target)
    assert {photo.split for photo in Dataset(target).photos("two")} == {"test"}


def test_byte_equal_photos_come_in_once_per_label(make_photos, target):
    source = make_photos(n=2, sessions=[None])
    shutil.copy(source / "one" / "IMG_0001.jpg", source / "one" / "again.jpg")
    shutil.copy(source / "one" / "IMG_0001.jpg", source / "two" / "too.jpg")
    result = import_photos(source, target)
    assert (result.added, result.duplicates) == (7, 1)
    assert any("1 photos are there under two labels" in warning for warning in result.warnings)
    both = [
        p.session for p in Dataset(target).photos() if p.session in ("IMG_0001", "again", "too")
    ]
    assert len(both) == 2, "the same picture under two labels is on one side"


def test_importing_again_brings_only_what_is_new(make_photos, target):
    source = make_photos(n=2, sessions=[None])
    Image.fromarray(draw("one", 50)).convert("L").save(source / "one" / "grey.png")
    assert import_photos(source, target).added == 7
    before = files_below(target)
    with pytest.raises(FingercountError, match="7 photos are in the data set already"):
        import_photos(source, target)
    assert {k: v for k, v in files_below(target).items() if "cache" not in k} == before
    (source / "one" / "new.jpg").write_bytes(encode_jpeg(draw("one", 60)))
    result = import_photos(source, target)
    assert (result.added, result.duplicates) == (1, 7)


def test_broken_photos_are_listed_and_the_rest_comes_in(make_photos, target):
    source = make_photos(n=2)
    (source / "one" / "broken.jpg").write_bytes(encode_jpeg(draw("one"))[:-200])
    (source / "two" / "text.png").write_bytes(b"I am a text")
    result = import_photos(source, target)
    assert result.added == 6
    reasons = dict(result.skipped)
    assert reasons.keys() == {"one/broken.jpg", "two/text.png"}
    assert reasons["one/broken.jpg"].startswith("is broken")


@pytest.mark.parametrize("what", ["missing", "empty", "all-broken", "no-labels"])
def test_where_nothing_comes_in_nothing_is_left(tmp_path, target, what):
    source = tmp_path / "source"
    if what != "missing":
        source.mkdir()
    if what == "all-broken":
        (source / "one").mkdir()
        (source / "one" / "a.jpg").write_bytes(b"x")
    if what == "no-labels":
        (source / "a.jpg").write_bytes(encode_jpeg(draw("one")))
    with pytest.raises(FingercountError) as caught:
        import_photos(source, target)
    assert "source" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not target.exists()


def test_progress_is_told(make_photos, target):
    seen = []
    import_photos(make_photos(n=2), target, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(n, 6) for n in range(1, 7)]


def test_near_copies_are_not_looked_for_where_sessions_are_known(make_photos, target, monkeypatch):
    monkeypatch.setattr(near_duplicates, "groups", lambda *_: pytest.fail("not needed"))
    assert import_photos(make_photos(n=1), target).sessions == 1
