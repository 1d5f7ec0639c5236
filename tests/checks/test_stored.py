"""What is stored is verified: bytes that changed by themselves, unfinished things, leftovers."""

import json
import os
import shutil

import pytest

from fingercount import leftovers
from fingercount.checks import stored
from fingercount.data.bin import bin_size, empty_bin
from fingercount.data.dataset import Dataset
from fingercount.data.review_queue import Tray
from fingercount.data.thumbnails import thumbnails
from fingercount.models.bin import deleted_models, restore_model
from fingercount.models.registry import delete_model, list_models
from fingercount.models.storage import file_hashes, read_card
from fingercount.paths import REPO, data_dir, models_dir
from tests.conftest import draw, files_below
from tests.models.folders import add_head

ONE = "one/20260101-101010-0001.jpg"


@pytest.fixture
def dataset(make_photos):
    shutil.copytree(make_photos(labels=("one", "two"), n=2), data_dir() / "mine")
    opened = Dataset.create(data_dir() / "mine")
    opened.hashes()
    return opened


@pytest.fixture
def old(monkeypatch):
    monkeypatch.setattr(leftovers, "_YOUNG", -1.0)
    monkeypatch.setattr(leftovers, "_YOUNG_UNLOCKED", -1.0)
    monkeypatch.setattr("fingercount.data.review_queue.YOUNG", -1.0)


def report(run, *arguments):
    code, out, err = run("check", *arguments, "--json", "-")
    return code, json.loads(out), err


def test_all_is_well(run, dataset):
    code, said, err = report(run)
    assert (code, said["sound"], said["leftovers"]) == (0, True, [])
    assert said["datasets"][0]["photos"] == 4 and "data set mine, 4 photos: sound" in err


def test_bytes_that_changed_by_themselves_are_told(run, dataset):
    store = dataset.root / "cache" / "hashes.json"
    rows = json.loads(store.read_text())
    rows[ONE][3] = "0" * 16  # as if the file had held something else
    store.write_text(json.dumps(rows))
    code, said, _ = report(run, "--data", dataset.root)
    assert code == 2 and ONE in said["datasets"][0]["problems"][0]


def test_broken_photos_links_and_unfinished_changes_are_told(run, dataset, tmp_path):
    (dataset.root / "one" / "x.jpg").write_bytes(b"no photo")
    (dataset.root / ".bin").symlink_to(tmp_path)
    plan = {"id": "a", "time": "t", "action": "delete", "items": [[ONE, "two/9.jpg"]]}
    away = {**plan, "id": "b", "items": [[ONE, ".bin/9.jpg"]]}
    lines = f"{json.dumps(plan)}\n{json.dumps(away)}\n"
    (dataset.root / "edits.jsonl").write_text(lines)
    code, said, _ = report(run, "--data", dataset.root)
    text = " ".join(said["datasets"][0]["problems"])
    assert code == 2
    for part in ("one/x.jpg", ".bin is a link", "1 change was", "1 unfinished change"):
        assert part in text


def test_files_of_a_model_that_were_exchanged_are_told(run, hands):
    assert report(run, "--model", "hands")[0] == 0
    (hands / "seen.json").write_text('{"a": "train"}')
    code, said, err = report(run, "--model", "hands")
    assert code == 2 and "seen.json is not the file" in said["models"][0]["problems"][0]
    assert "Traceback" not in err


def test_one_that_is_damaged_stands_beside_the_others(run, dataset, hands):
    (data_dir() / "bad").mkdir()
    (data_dir() / "bad" / "dataset.json").write_text("[")
    (hands / "card.json").write_text("[")
    code, said, _ = report(run)
    assert code == 2 and [bool(one["problems"]) for one in said["datasets"]] == [True, False]
    assert said["models"][0]["problems"]


def test_what_kills_left_is_told_and_collected_at_the_next_start(run, dataset, hands, old):
    places = (
        data_dir() / ".writing-1",
        dataset.root / ".importing-1",
        dataset.root / "one" / ".writing-2",
        dataset.root / "cache" / ".writing-3",
        models_dir() / ".deleting-4",
        hands / ".writing-5",
        Tray().folder / "lost.png",
    )
    before = files_below(data_dir())
    for place in places:
        place.parent.mkdir(exist_ok=True)
        place.mkdir() if "ing-1" in place.name else place.write_bytes(b"half")
    assert set(report(run)[1]["leftovers"]) == set(map(str, places))
    assert stored.tidy() == len(places) and not any(map(os.path.lexists, places))
    assert files_below(data_dir()).keys() == before.keys()


def test_what_an_interrupted_import_still_needs_stays(dataset, old):
    staged = dataset.root / ".importing-1"
    staged.mkdir()
    (staged / "000000.jpg").write_bytes((dataset.root / ONE).read_bytes())
    plan = {"id": "a", "time": "t", "action": "import"}
    plan["items"] = [[".importing-1/000000.jpg", "one/new.jpg"]]
    (dataset.root / "edits.jsonl").write_text(json.dumps(plan) + "\n")
    assert stored.tidy() == 0
    Dataset(dataset.root).add_label("five")
    assert (dataset.root / "one" / "new.jpg").is_file()
    assert stored.tidy() == 1


def test_an_emptied_bin_keeps_nothing_of_a_photo(run, dataset):
    content = dataset.hashes()[ONE]
    thumbnails(dataset.root, dataset.hashes(), remember=True)
    size = (dataset.root / ONE).stat().st_size
    dataset.delete([ONE])
    assert (bin_size(dataset.root).n, bin_size(dataset.root).bytes) == (1, size)
    code, out, _ = run("empty-bin", "--data", dataset.root, "--json", "-")
    assert (code, json.loads(out)) == (0, {"n": 1, "bytes": size})
    kept = files_below(dataset.root)
    assert not any(content.encode() in data for data in kept.values())
    assert not any(path.startswith((".bin", "cache")) for path in kept)
    assert len(dataset.photos()) == 3 and empty_bin(dataset).n == 0
    dataset.add(draw("one", 7), "one", "20260101-101010")
    assert len(Dataset(dataset.root).hashes()) == 4


def test_deleted_models_are_verified_and_told(run, hands):
    for name in ("mine", "old"):
        add_head(name)
        delete_model(name)
    code, said, err = report(run)
    assert code == 0 and [one["name"] for one in said["deleted_models"]] == ["old", "mine"]
    assert "deleted model mine: sound" in err
    newest, _ = deleted_models()
    (newest.folder / "weights.safetensors").write_bytes(b"other")
    code, said, err = report(run)
    assert code == 2 and "deleted model old: wrong" in err
    shutil.rmtree(hands)  # what they stand on
    assert report(run)[1]["deleted_models"][1]["problems"] == []


def test_the_bin_of_the_models_is_emptied_for_good(run, hands):
    add_head("mine")
    files = list((models_dir() / "mine").iterdir())
    size = sum(file.stat().st_size for file in files)
    delete_model("mine")
    (deleted,) = deleted_models()
    code, out, err = run("empty-bin", "--models", "--json", "-")
    assert (code, json.loads(out)) == (0, {"n": len(files), "bytes": size})
    assert "gone for good" in err and deleted_models() == []
    with pytest.raises(Exception, match="no longer in the bin"):
        restore_model(deleted.id)
    assert list_models() == ["hands"]
    assert json.loads(run("empty-bin", "--models", "--json", "-")[1]) == {"n": 0, "bytes": 0}


@pytest.mark.parametrize("words", [(), ("--models", "--data", "x")], ids=["neither", "both"])
def test_whose_bin_is_emptied_is_said(run, words):
    with pytest.raises(SystemExit):
        run("empty-bin", *words)


@pytest.mark.skipif(not (REPO / "models/hands/card.json").is_file(), reason="no shipped model")
def test_the_card_of_the_model_that_ships_vouches_for_its_files():
    folder = REPO / "models" / "hands"
    vouched = read_card(folder)["files"]
    assert vouched == file_hashes(folder) and len(vouched) == 5
    assert stored.check_model(folder).problems == []
