"""`pretrain` as a script uses it."""

import json

import pytest

from fingercount.models.loading import load_model
from tests.conftest import files_below

# A pretraining that is over in a moment.
TINY = "--size 32 --epochs 1 --steps 2 --batch-size 4 --draws 16 --renders 0 --workers 0".split()  # noqa: SIM905


@pytest.fixture
def sets(make_photos):
    """Two sets of photos as pretraining takes them, DIR/<set>/<label>/."""
    root = make_photos("sets/ada", labels=("one", "two", "none"), n=2).parent
    make_photos("sets/bob", labels=("one", "two", "none"), n=2)
    return root


def test_pretrain_makes_a_model_that_evaluate_reads(run, sets, tmp_path, monkeypatch):
    # Slow, and tests/pretraining/test_run.py does it.
    monkeypatch.setattr("fingercount.pretraining.run.make_fast", lambda *_: None)
    out = tmp_path / "run"
    code, stdout, err = run("pretrain", "--data", sets, "--out", out, *TINY, "--hold-out", "bob")
    assert (code, stdout) == (0, "")
    assert "6 photos to train on, 6 held out" in err
    model = load_model(out / "hands")
    assert model.classes == ["one", "two", "none"]
    assert model.card["settings"]["size"] == model.preprocess.size == 32
    assert model.card["data"]["sets"] == {"ada": 6}
    code, stdout, _ = run(
        "evaluate", "--model", out / "hands", "--data", sets / "ada", "--json", "-"
    )
    report = json.loads(stdout)
    assert code == 0 and report["n"] == 6
    assert all(item["seen"] == "train" for item in report["items"]), "it knows its own photos"


def test_pretrain_with_other_settings_is_refused(run, sets, tmp_path, monkeypatch):
    monkeypatch.setattr("fingercount.pretraining.run.make_fast", lambda *_: None)  # slow
    out = tmp_path / "run"
    assert run("pretrain", "--data", sets, "--out", out, *TINY)[0] == 0
    before = files_below(out)
    code, _, err = run("pretrain", "--data", sets, "--out", out, *TINY, "--lr", 0.5)
    assert code == 2 and "belongs to a run with other settings" in err.splitlines()[-1]
    assert files_below(out) == before
    assert run("pretrain", "--data", sets, "--out", out, *TINY)[0] == 0, "the same goes on"
