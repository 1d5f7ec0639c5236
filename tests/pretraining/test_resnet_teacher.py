"""A model that was trained before is learned from, with or without a teacher's packages."""

import json
import shutil
import sys
from dataclasses import replace

import pytest
import torch
from torchvision.models import resnet18

from fingercount.errors import FingercountError
from fingercount.models.backbones import weights_hash
from fingercount.models.storage import read_card, read_seen, read_tensors
from fingercount.pretraining.recipe import Recipe
from fingercount.pretraining.run import pretrain_command
from fingercount.pretraining.teacher import ResNetTeacher, TeacherEnsemble
from tests.conftest import draw_photos

TINY = Recipe(size=32, epochs=1, draws=8, batch_size=4, renders=0)
CLASSES = ["one", "two"]


@pytest.fixture(autouse=True)
def slow_form_only(monkeypatch):
    monkeypatch.setattr("fingercount.pretraining.run.make_fast", lambda *_: None)


@pytest.fixture
def sets(make_photos):
    return make_photos("sets/ada", labels=CLASSES, n=2).parent


def run(sets, out, recipe=TINY, **options):
    options = {"steps": 1, "workers": 0, "precision": "float32", **options}
    return pretrain_command(sets, out, recipe, report=lambda _: None, **options)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A model's run, trained once on what `sets` has; for copying only."""
    folder = tmp_path_factory.mktemp("trained")
    sets = draw_photos(folder, "sets/ada", CLASSES, 2).parent
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("fingercount.pretraining.run.make_fast", lambda *_: None)
        run(sets, folder / "elder")
    yield folder / "elder"
    shutil.rmtree(folder)


@pytest.fixture
def resnet_teacher(trained, tmp_path):
    return shutil.copytree(trained, tmp_path / "elder") / "hands"


def test_an_elder_tells_what_its_network_answers():
    torch.manual_seed(0)
    net, x = resnet18(num_classes=3).eval(), torch.randn(2, 3, 32, 32)
    answers, features = ResNetTeacher(net.state_dict()).soft_targets(x, None)
    assert torch.allclose(answers, net(x).softmax(1), atol=1e-6)
    assert torch.allclose(net.fc(features), net(x), atol=1e-5)
    assert not answers.requires_grad


def test_a_model_can_be_learned_from(resnet_teacher, make_photos, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "efficientnet_lite_pytorch", None)  # not needed
    others = make_photos("others/bob", labels=CLASSES, n=2).parent
    taught = run(others, tmp_path / "taught", teacher=resnet_teacher)
    alone = run(others, tmp_path / "alone")
    assert read_card(taught)["taught_by"] == weights_hash(read_tensors(resnet_teacher))
    assert not torch.equal(*(read_tensors(folder)["conv1.weight"] for folder in (taught, alone)))
    assert len(read_seen(taught)) == 8 and len(read_seen(alone)) == 4


def test_it_is_not_asked_twice_where_it_is_begun_with(resnet_teacher, sets, tmp_path, monkeypatch):
    monkeypatch.setattr(TeacherEnsemble, "__init__", None)
    taught = run(sets, tmp_path / "taught", teacher=resnet_teacher, start=resnet_teacher)
    card = read_card(taught)
    assert card["taught_by"] == card["begun_with"] == weights_hash(read_tensors(resnet_teacher))


def test_it_answers_with_another_model_that_is_begun_with(
    resnet_teacher, sets, tmp_path, monkeypatch
):
    other = run(sets, tmp_path / "other", replace(TINY, seed=1))
    asked, soft_targets = [], TeacherEnsemble.soft_targets

    def listen(panel, x, labels):
        asked.append(panel)
        return soft_targets(panel, x, labels)

    monkeypatch.setattr(TeacherEnsemble, "soft_targets", listen)
    taught = run(sets, tmp_path / "taught", teacher=resnet_teacher, start=other)
    card = read_card(taught)
    assert card["taught_by"] == weights_hash(read_tensors(resnet_teacher))
    assert card["begun_with"] == weights_hash(read_tensors(other))
    panel = asked[0]
    for member, folder in ((panel.teacher, resnet_teacher), (panel.resnet_teacher, other)):
        assert weights_hash(member.resnet.state_dict()) == weights_hash(read_tensors(folder))


def test_photos_that_it_has_seen_measure_nothing(resnet_teacher, sets, make_photos, tmp_path):
    make_photos("sets/bob", labels=CLASSES, n=2)
    with pytest.raises(FingercountError, match="was trained on photos of ada; held out now"):
        run(sets, tmp_path / "run", teacher=resnet_teacher, hold_out=["ada"])


def test_a_model_of_other_labels_teaches_nothing(resnet_teacher, make_photos, tmp_path):
    others = make_photos("others/ada", labels=("one", "five"), n=2).parent
    with pytest.raises(FingercountError, match="knows one, two, but the photos show one, five"):
        run(others, tmp_path / "run", teacher=resnet_teacher)


def test_a_model_that_sees_otherwise_teaches_nothing(resnet_teacher, sets, tmp_path):
    card = json.loads((resnet_teacher / "card.json").read_text())
    card["preprocess"]["mean"] = [0.5, 0.5, 0.5]
    (resnet_teacher / "card.json").write_text(json.dumps(card))
    with pytest.raises(FingercountError, match="needs other preprocessing"):
        run(sets, tmp_path / "run", teacher=resnet_teacher)


@pytest.mark.parametrize("option", ["teacher", "start"])
def test_a_runs_folder_is_advice_before_anything_is_read(
    resnet_teacher, sets, tmp_path, monkeypatch, option
):
    monkeypatch.setattr("fingercount.pretraining.run.prepare", None)
    with pytest.raises(FingercountError, match="is a run's folder: give its checkpoint"):
        run(sets, tmp_path / "run", **{option: resnet_teacher.parent})


@pytest.mark.parametrize("option", ["teacher", "start"])
def test_a_folder_that_is_no_model_is_advice_before_anything_is_read(
    sets, tmp_path, monkeypatch, option
):
    monkeypatch.setattr("fingercount.pretraining.run.prepare", None)
    with pytest.raises(FingercountError, match=r"card\.json"):
        run(sets, tmp_path / "run", **{option: sets})


def test_a_file_is_no_model_to_begin_with(sets, tmp_path, monkeypatch):
    monkeypatch.setattr("fingercount.pretraining.run.prepare", None)
    file = tmp_path / "hands.pt"
    file.write_bytes(b"no model")
    with pytest.raises(FingercountError, match=r"is a file; give a model's folder"):
        run(sets, tmp_path / "run", start=file, teacher=file)
