"""The command line as a script uses it: exit codes, JSON, and one line of advice."""

import csv
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import torch
from torchvision.models import resnet18

from fingercount import __version__
from fingercount.cli.main import main
from fingercount.imaging.read import encode_jpeg
from fingercount.models.registry import list_models
from fingercount.models.storage import read_card
from fingercount.paths import models_dir
from tests.conftest import SESSIONS, draw, files_below

COMMANDS = ("import", "train", "evaluate", "predict", "import-checkpoint", "pretrain")
QUICK = ("--epochs", "5", "--copies", "1", "--lr", "0.01")
SLIDERS = "rotation shift zoom brightness contrast color blur flip erasing".split()  # noqa: SIM905


@pytest.fixture
def trained(run, make_dataset, hands):
    """A data set of one and two in three sessions, and the model "mine" trained on it."""
    dataset = make_dataset("mine", labels=("one", "two"), n=8, sessions=SESSIONS)
    assert run("train", "--data", dataset.root, "--name", "mine", *QUICK)[0] == 0
    return dataset


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_explains_each_command(command, capsys):
    with pytest.raises(SystemExit) as leaving:
        main([*command.split(), "--help"])
    assert leaving.value.code == 0
    words = capsys.readouterr().out
    for expected in COMMANDS if not command else [command]:
        assert expected in words
    assert "SUPPRESS" not in words and "(default: None)" not in words


def test_every_slider_is_a_flag(capsys):
    with pytest.raises(SystemExit):
        main(["train", "--help"])
    words = capsys.readouterr().out
    for flag in SLIDERS:
        assert f"--{flag} " in words


def test_import_train_evaluate_predict(run, make_photos, hands, tmp_path):
    source = make_photos("camera", labels=("1", "two"), n=8, sessions=SESSIONS)
    (source / "two" / "broken-0001.jpg").write_bytes(b"broken")
    data = tmp_path / "data"

    code, out, err = run("import", source, "--data", data, "--json", "-")
    result = json.loads(out)
    assert code == 0 and "left out: two/broken-0001.jpg" in err
    assert (result["added"], result["by_label"]) == (48, {"one": 24, "two": 24})
    assert [row["path"] for row in result["skipped"]] == ["two/broken-0001.jpg"]

    card_file = tmp_path / "out" / "card.json"
    code, out, err = run(
        "train", "--data", data, "--name", "mine", *QUICK, "--json", card_file, "--rotation", 5
    )
    assert (code, out) == (0, ""), "standard output is for JSON"
    assert "epoch 5/5" in err and "The model mine is trained" in err
    card = json.loads(card_file.read_text())
    assert card["classes"] == ["one", "two"] and card["settings"]["augment"]["rotation"] == 5
    assert card == read_card(models_dir() / "mine"), "what is told is what is stored"

    code, out, err = run("evaluate", "--model", "mine", "--data", data, "--json", "-")
    report = json.loads(out)
    assert code == 0 and "95 % interval" in err
    assert report["n"] == 16 and report["accuracy"] == card["metrics"]["test"]["accuracy"]
    assert all((data / item["path"]).is_file() for item in report["items"])

    photos = [data / item["path"] for item in report["items"][:3]]
    code, out, err = run("predict", "--model", models_dir() / "mine", *photos, "--json", "-")
    answers = json.loads(out)
    assert code == 0 and [row["path"] for row in answers] == [str(photo) for photo in photos]
    for row, item in zip(answers, report["items"]):
        assert row["predicted"] == item["predicted"] and row["answer"] == item["answer"]
        assert row["count"] == {"one": 1, "two": 2}[row["answer"]]
        assert row["confidence"] == pytest.approx(item["confidence"], abs=1e-5)
        assert sum(row["probabilities"].values()) == pytest.approx(1, abs=1e-5)
        assert list(row["probabilities"]) == ["one", "two"]


def test_evaluate_writes_its_report_to_a_file(run, trained, tmp_path):
    target = tmp_path / "new" / "report.json"
    code, out, _ = run(
        "evaluate", "--model", "mine", "--data", trained.root, "--split", "all", "--json", target
    )
    assert (code, out) == (0, "")
    assert json.loads(target.read_text())["n"] == 48


def test_evaluate_writes_a_page_and_a_table(run, trained, tmp_path):
    page, table = tmp_path / "report.html", tmp_path / "rows.csv"
    options = ("--split", "all", "--report", page, "--csv", table, "--json", "-")
    code, out, _ = run("evaluate", "--model", "mine", "--data", trained.root, *options)
    report, rows = json.loads(out), list(csv.DictReader(table.open(newline="")))
    assert code == 0 and len(rows) == report["n"] == 48
    right = sum(row["actual"] == row["predicted"] for row in rows)
    assert right / len(rows) == report["accuracy"], "the arithmetic follows from the table"
    for row, item in zip(rows, report["items"]):
        chances = {label: float(row[f"p({label})"]) for label in report["classes"]}
        assert max(chances, key=chances.get) == row["predicted"] == item["predicted"]
    words = page.read_text()
    assert "<title>mine on" in words and trained.fingerprint() in words
    assert "http" not in words.replace("http-equiv", ""), "nothing is fetched from elsewhere"


def test_diagnose_names_every_reason_of_every_class(run, trained):
    code, out, err = run("diagnose", "--model", "mine", "--data", trained.root, "--json", "-")
    result = json.loads(out)
    assert code == 0 and set(result["classes"]) == {"one", "two"}
    for label, row in result["classes"].items():
        assert f"{label}: {row['sentence']}" in err
        assert {reason["name"] for reason in row["reasons"]} == {
            "labels",
            "copies",
            "variety",
            "conditions",
            "shift",
        }
        for reason in row["reasons"]:
            assert {"found", "share", "advice", "items"} <= reason.keys()
            scores = [item["score"] for item in reason["items"]]
            assert scores == sorted(scores, reverse=True)
            assert all((trained.root / item["path"]).is_file() for item in reason["items"])


def test_compare_tells_a_model_from_itself(run, trained):
    code, out, err = run("compare", "mine", "mine", "--data", trained.root, "--json", "-")
    assert code == 0 and json.loads(out)["overall"]["p"] == 1.0 and "before and after" in err
    code, _, err = run("compare", "mine", "gone", "--data", trained.root)
    assert code == 2 and "There is no model 'gone'" in err


def test_none_has_no_count(run, hands, tmp_path, monkeypatch):
    monkeypatch.setattr(
        "fingercount.models.model.Model.predict",
        lambda model, photos: torch.eye(len(model.classes))[[-1] * len(photos)].numpy(),
    )
    photo = tmp_path / "a.jpg"
    photo.write_bytes(encode_jpeg(draw("two")))
    row = json.loads(run("predict", "--model", "hands", photo, "--json", "-")[1])[0]
    assert (row["predicted"], row["answer"], row["count"]) == ("none", "none", None)


def test_replace_is_asked_for(run, trained):
    before = files_below(models_dir() / "mine")
    code, _, err = run("train", "--data", trained.root, "--name", "mine", *QUICK)
    assert code == 2 and "--replace" in err
    assert files_below(models_dir() / "mine") == before
    code, *_ = run(
        "train", "--data", trained.root, "--name", "mine", *QUICK, "--seed", 9, "--replace"
    )
    assert code == 0 and files_below(models_dir() / "mine") != before


def test_finetune_trains_a_whole_network(run, trained):
    code, *_ = run(
        *("train", "--data", trained.root, "--name", "whole", "--mode", "finetune"),
        *("--epochs", 1, "--seed", 7, "--lr", 1e-5),
    )
    card = read_card(models_dir() / "whole")
    assert code == 0 and card["kind"] == "full"
    assert (card["settings"]["seed"], card["settings"]["lr"]) == (7, 1e-5)
    assert card["settings"]["batch_size"] == 32, "what suits the mode"


def test_the_notebooks_checkpoint_comes_in_and_is_measured(run, trained, tmp_path):
    torch.save(resnet18(num_classes=5).state_dict(), tmp_path / "modelParams.pth")
    command = ("import-checkpoint", tmp_path / "modelParams.pth", "--name", "original")
    classes = ("--classes", "five,four,one,three,two", "--size", 32)
    code, out, _ = run(*command, *classes, "--json", "-")
    assert code == 0 and json.loads(out)["classes"] == ["five", "four", "one", "three", "two"]
    assert json.loads(out) == read_card(models_dir() / "original")
    code, out, _ = run("evaluate", "--model", "original", "--data", trained.root, "--json", "-")
    assert code == 0 and json.loads(out)["classes"] == ["five", "four", "one", "three", "two"]


BAD = {
    "no-data-folder": ("train --data nowhere --name new", "nowhere does not exist"),
    "data-is-a-file": ("train --data note.txt --name new", "is a file, not a folder"),
    "name-exists": ("train --data photos --name hands", "exists already"),
    "name-climbs-out": ("train --data photos --name ../../out", "cannot be a folder"),
    "name-with-slash": ("train --data photos --name a/b", "cannot be a folder"),
    "one-class": ("train --data single --name new", "photos of one only"),
    "empty-data": ("train --data empty --name new", "no photos"),
    "epochs-0": ("train --data photos --name new --epochs 0", "epochs must be between"),
    "lr-negative": ("train --data photos --name new --lr -1", "lr must be above 0"),
    "lr-nan": ("train --data photos --name new --lr nan", "lr must be above 0"),
    "rotation-999": ("train --data photos --name new --rotation 999", "rotation must be between"),
    "hostile-zip": ("import slashed.zip --data new", "slashed.zip"),
    "source-missing": ("import nowhere --data new", "nowhere"),
    "source-empty": ("import empty --data new", "empty"),
    "source-a-text": ("import note.txt --data new", "note.txt"),
    "no-model": ("evaluate --model nobody --data photos", "no model 'nobody'"),
    "model-is-a-file": ("evaluate --model note.txt --data photos", "no model 'note.txt'"),
    "no-test-split": ("evaluate --model hands --data photos --split test", "no test side yet"),
    "evaluate-nothing": ("evaluate --model hands --data empty", "has no photos"),
    "evaluate-nowhere": ("evaluate --model hands --data nowhere", "does not exist"),
    "predict-nowhere": ("predict --model hands nowhere.jpg", "nowhere.jpg does not exist"),
    "predict-broken": ("predict --model hands broken.jpg", "broken.jpg"),
    "predict-text": ("predict --model hands note.txt", "note.txt is not a photo"),
    "predict-folder": ("predict --model hands photos", "photos cannot be read"),
    "no-checkpoint": ("import-checkpoint x.pth --classes a,b --name new", "There is no file x.pth"),
    "checkpoint-text": ("import-checkpoint note.txt --classes a,b --name new", "note.txt"),
    "label-with-slash": (
        "import-checkpoint x.pth --classes a/b,c --name new",
        "cannot be a folder",
    ),
    "pretrain-nowhere": ("pretrain --data nowhere --out new", "nowhere"),
    "pretrain-empty": ("pretrain --data empty --out new", "has no photos"),
    "pretrain-one-class": ("pretrain --data single --out new", "two"),
    "pretrain-no-landmarks": ("pretrain --data photos --out new --landmarks note.txt", "landmarks"),
    "render-seed": ("render --out new --seed -1", "--seed"),
    "pretrain-steps-0": ("pretrain --data photos --out new --renders 0 --steps 0", "steps"),
    "pretrain-batch-0": ("pretrain --data photos --out new --batch-size 0", "batch-size"),
    "pretrain-batch-1000": ("pretrain --data photos --out new --batch-size 9000", "batch-size"),
    "pretrain-epochs-0": ("pretrain --data photos --out new --epochs 0", "epochs"),
    "pretrain-size-8": ("pretrain --data photos --out new --size 8", "size"),
    "pretrain-no-such-set": ("pretrain --data photos --out new --hold-out mars", "mars"),
    "pretrain-all-held-out": ("pretrain --data photos --out new --hold-out photos", "held out"),
    "json-in-a-file": (
        "evaluate --model hands --data photos --json note.txt/report.json",
        "Could not write note.txt/report.json",
    ),
}


@pytest.fixture
def workplace(tmp_path, make_photos, hands, monkeypatch):
    """A folder with a little of everything, good and bad."""
    make_photos("photos", labels=("one", "two"), n=2)
    make_photos("single", labels=("one",), n=2)
    (tmp_path / "empty").mkdir()
    (tmp_path / "note.txt").write_text("no photo, no model, no zip")
    (tmp_path / "broken.jpg").write_bytes(encode_jpeg(draw("one"))[:300])
    with zipfile.ZipFile(tmp_path / "slashed.zip", "w") as file:
        file.writestr("../one/a.jpg", encode_jpeg(draw("one")))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("command", "advice"), BAD.values(), ids=BAD.keys())
def test_bad_input_is_one_line_and_exit_2(workplace, run, command, advice):
    before = files_below(workplace)
    code, out, err = run(*command.split())
    assert (code, out) == (2, "")
    last = err.strip().splitlines()[-1]
    assert last.startswith("fingercount: ") and advice in last
    assert "Traceback" not in err
    # The folder of --out may be there; nothing in it, and nothing else, is.
    assert files_below(workplace) == before


@pytest.mark.parametrize(
    "command",
    [
        pytest.param("", id="no-command"),
        pytest.param("dance", id="unknown-command"),
        pytest.param("train --data photos", id="no-name"),
        pytest.param("train --data photos --name a --epochs many", id="no-number"),
        pytest.param("evaluate --model hands --data photos --split some", id="unknown-split"),
        pytest.param("predict --model hands", id="no-file"),
    ],
)
def test_a_command_that_cannot_be_read_exits_2(command, capsys):
    with pytest.raises(SystemExit) as leaving:
        main(command.split())
    assert leaving.value.code == 2
    assert "error: " in capsys.readouterr().err


def test_stopping_is_told_and_leaves_nothing(run, trained, monkeypatch):
    def stopped(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("fingercount.training.trainer.build_model", stopped)
    code, _, err = run("train", "--data", trained.root, "--name", "new", *QUICK)
    assert code == 130 and "stopped" in err
    assert list_models() == ["hands", "mine"]


def test_as_a_program_standard_output_is_pure_json(make_photos, tmp_path):
    source, target = make_photos("camera"), tmp_path / "data"
    done = subprocess.run(
        [sys.executable, "-m", "fingercount", "import", source, "--data", target, "--json", "-"],
        cwd=Path(__file__).parents[2],
        env=os.environ,
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["added"] == 12


def test_predict_goes_on_after_a_broken_photo(run, hands, tmp_path):
    files = [tmp_path / name for name in ("a.jpg", "b.jpg", "c.jpg")]
    for seed, file in enumerate(files):
        file.write_bytes(encode_jpeg(draw("two", seed)))
    files[1].write_bytes(b"no photo")
    code, out, err = run("predict", "--model", "hands", *files, "--json", "-")
    rows = json.loads(out)
    assert code == 2 and [row["path"] for row in rows] == [str(file) for file in files]
    assert ["answer" in row for row in rows] == [True, False, True]
    assert "is not a photo" in rows[1]["error"] and "1 photo of 3 could not be read" in err


def test_the_version_is_told(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0 and capsys.readouterr().out == f"fingercount {__version__}\n"


def test_an_unknown_backbone_names_the_known_ones_and_nothing_is_made(hands, make_photos, capsys):
    data = str(make_photos(labels=("one", "two")))
    command = ["train", "--data", data, "--name", "mine", "--backbone", "resnet50"]
    assert main(command) == 2
    assert "choose one of hands, imagenet, or a whole network" in capsys.readouterr().err
    assert list_models() == ["hands"]
