"""From folders of photos to a model's folder."""

import sys

import numpy as np
import pytest
import torch

from fingercount.errors import FingercountError
from fingercount.imaging.read import encode_jpeg
from fingercount.models.backbones import weights_hash
from fingercount.models.loading import load_model
from fingercount.models.storage import read_card, read_seen, read_tensors
from fingercount.pretraining import cutouts
from fingercount.pretraining.network import HandNet
from fingercount.pretraining.recipe import Recipe
from fingercount.pretraining.run import prepare, pretrain_command, write_hands
from fingercount.pretraining.scene import paste
from fingercount.synthetic import render
from tests.conftest import draw

TINY = Recipe(size=32, epochs=1, draws=8, batch_size=4, renders=0)


def quiet(_):
    pass


@pytest.fixture
def sets(make_photos):
    root = make_photos("sets/ada", labels=("one", "two", "none"), n=2).parent
    make_photos("sets/bob", labels=("one", "2"), n=2)
    return root


def test_sets_are_trained_on_or_held_out(sets, tmp_path):
    told = []
    photos, held_out, classes = prepare(sets, TINY, tmp_path, hold_out=["bob"], report=told.append)
    assert {photo.source for photo in photos} == {"ada"} and len(photos) == 6
    assert {photo.source for photo in held_out} == {"bob"} and len(held_out) == 4
    assert classes == ["one", "two", "none"]
    assert told[0] == "6 photos to train on, 4 held out"


def test_a_photo_that_is_held_out_in_another_set_is_not_trained_on(sets, tmp_path):
    held = sorted((sets / "bob" / "one").iterdir())[0]
    (sets / "ada" / "one" / "copy.jpg").write_bytes(held.read_bytes())
    told = []
    photos, held_out, _ = prepare(sets, TINY, tmp_path, hold_out=["bob"], report=told.append)
    assert not {photo.hash for photo in photos} & {photo.hash for photo in held_out}
    assert len(photos) == 6 and "1 photo left out" in told[0]


def test_beside_hands_there_are_more_photos_of_none(sets, tmp_path):
    names = [f"ada/two/{p.name}" for p in sorted((sets / "ada" / "two").iterdir())]
    corner = np.random.default_rng(0).uniform(0.65, 0.95, (len(names), 21, 2))
    np.savez(tmp_path / "marks.npz", path=np.array(names), xy=corner)
    plain, *_ = prepare(sets, TINY, tmp_path, report=quiet)
    more, *_ = prepare(sets, TINY, tmp_path, landmarks=tmp_path / "marks.npz", report=quiet)
    assert len(more) == len(plain) + 2
    assert sum(photo.label == "none" for photo in more) == 4


def test_rendered_hands_join_only_the_classes_that_photos_have(sets, tmp_path):
    recipe = Recipe(**{**TINY.to_json(), "renders": 1})
    photos, _, classes = prepare(sets, recipe, tmp_path / "run", report=quiet)
    rendered = [photo for photo in photos if photo.made == "rendered"]
    assert {photo.label for photo in rendered} == {"one", "two", "none"} == set(classes)
    assert len(list((tmp_path / "run").glob("renders-1-40-0.npz"))) == 1


def test_open_hands_that_were_cut_out_show_all_counts_that_photos_have(sets, tmp_path):
    names = [f"carol/five/{i}.jpg" for i in range(2)]
    (sets / "carol" / "five").mkdir(parents=True)
    hands = [render(seed, size=120, label="five", effects=0) for seed in range(len(names))]
    wall = np.full((120, 120, 3), (70, 110, 150), np.uint8)
    for name, hand in zip(names, hands):
        (sets / name).write_bytes(encode_jpeg(paste(hand.image, hand.mask, wall)))
    marks = np.stack([hand.landmarks for hand in hands])
    np.savez(tmp_path / "marks.npz", path=np.array(names), xy=marks)
    recipe = Recipe(**{**TINY.to_json(), "size": 96})
    read = {"landmarks": tmp_path / "marks.npz", "report": quiet}
    photos, _, classes = prepare(sets, recipe, tmp_path, **read)
    bent = [photo.label for photo in photos if photo.made == "bent"]
    assert bent == ["one", "two", "five"] * 2  # no three or four: nobody photographed those
    folder = write_hands(HandNet(len(classes)), photos, classes, recipe, tmp_path / "hands")
    data = read_card(folder)["data"]
    assert (data["bent"], data["rendered"], data["photos"]) == (6, 0, {"train": 12})
    never = Recipe(**{**recipe.to_json(), "bent": 0})
    assert "bent" not in {photo.made for photo in prepare(sets, never, tmp_path, **read)[0]}


def test_another_seed_draws_from_the_same_rendered_hands(sets, tmp_path):
    recipe = Recipe(**{**TINY.to_json(), "renders": 1, "seed": 5, "render_seed": 2})
    prepare(sets, recipe, tmp_path, report=quiet)
    assert [path.name for path in tmp_path.glob("*.npz")] == ["renders-1-40-2.npz"]


def test_a_few_steps_read_cut_out_and_render_no_more_than_they_use(
    make_photos, tmp_path, monkeypatch
):
    root = make_photos("sets/ada", labels=("one", "two", "none"), n=40).parent
    make_photos("sets/bob", labels=("one", "two"), n=40)
    files = sorted(path.relative_to(root) for path in root.rglob("*.jpg"))
    corner = np.random.default_rng(0).uniform(0.4, 0.6, (len(files), 21, 2))
    names = np.array([file.as_posix() for file in files])
    np.savez(tmp_path / "marks.npz", path=names, xy=corner)
    cut = []
    monkeypatch.setattr(cutouts, "cut_out", lambda *hand: cut.append(hand))
    recipe = Recipe(**{**TINY.to_json(), "renders": 9, "cutout": 0.25, "draws": 64})
    read = {"hold_out": ["bob"], "landmarks": tmp_path / "marks.npz", "report": quiet}
    photos, held_out, _ = prepare(root, recipe, tmp_path, steps=2, **read)
    hands = [photo for photo in photos if photo.source == "ada" and photo.label != "none"]
    assert len(hands) == 2 * 21, "a third of 64 each"
    assert {photo.label for photo in photos} == {"one", "two", "none"}
    assert len(held_out) == 64 and len(cut) == 16
    assert sum(photo.made == "rendered" for photo in photos) == 3 * 2
    assert not list(tmp_path.glob("renders-*")), "those of a whole run are others"
    prepare(root, recipe, tmp_path, steps=2, **read)
    assert len(cut) == 16, "the cache has them"


@pytest.mark.parametrize(
    "hold_out, advice",
    [
        pytest.param(["mars"], "no set mars to hold out.* ada, bob", id="no-such-set"),
        pytest.param(["ada", "bob"], "two labels or more; there are none", id="everything"),
    ],
)
def test_sets_that_cannot_be_held_out_are_advice(sets, tmp_path, hold_out, advice):
    with pytest.raises(FingercountError, match=advice):
        prepare(sets, TINY, tmp_path, hold_out=hold_out, report=quiet)


def test_the_model_is_without_the_extra_tasks_and_knows_its_photos(sets, tmp_path):
    torch.manual_seed(0)
    photos, _, classes = prepare(sets, TINY, tmp_path, report=quiet)
    network = HandNet(len(classes))
    folder = write_hands(network, photos, classes, TINY, tmp_path / "hands")
    assert set(read_tensors(folder)) == set(network.resnet.state_dict())
    card = read_card(folder)
    assert card["settings"] == TINY.to_json()
    assert card["data"]["sets"] == {"ada": 6, "bob": 4}
    assert read_seen(folder) == {photo.hash: "train" for photo in photos}


def test_one_command_from_photos_to_a_model(sets, tmp_path, slow_form_only):
    told = []
    folder = pretrain_command(
        sets, tmp_path / "run", TINY, steps=1, workers=0, precision="float32", report=told.append
    )
    assert folder == tmp_path / "run" / "hands" and str(folder) in told[-1]
    assert load_model(folder).classes == ["one", "two", "none"]
    assert read_card(folder)["begun_with"] is None


def run(sets, out, **options):
    told = []
    options = {"steps": 1, "workers": 0, "precision": "float32", **options}
    folder = pretrain_command(sets, out, TINY, report=told.append, **options)
    return folder, told


@pytest.fixture
def slow_form_only(monkeypatch):
    """Leave the fast form out: it takes seconds, and has a test of its own."""
    monkeypatch.setattr("fingercount.pretraining.run.make_fast", lambda *_: None)


def test_a_training_may_begin_with_a_model(sets, tmp_path, slow_form_only):
    first, _ = run(sets, tmp_path / "first")
    recipe = Recipe(**{**TINY.to_json(), "lr": 1e-8, "average": 0.0})
    folder = pretrain_command(
        sets, tmp_path / "on", recipe, start=first, steps=1, workers=0, report=quiet
    )
    before, after = read_tensors(first), read_tensors(folder)
    for name in ("conv1.weight", "fc.weight"):
        assert torch.allclose(before[name], after[name], atol=1e-3), "hardly a step away"
    assert read_card(folder)["begun_with"] == weights_hash(before)


def test_a_training_may_begin_with_the_mean_of_several(sets, tmp_path, slow_form_only):
    first, _ = run(sets, tmp_path / "first")
    recipe = Recipe(**{**TINY.to_json(), "seed": 3})
    second = pretrain_command(
        sets, tmp_path / "second", recipe, steps=1, workers=0, precision="float32", report=quiet
    )
    still = Recipe(**{**TINY.to_json(), "lr": 1e-8, "average": 0.0})
    both = pretrain_command(
        sets,
        tmp_path / "both",
        still,
        start=[first, second],
        steps=1,
        workers=0,
        precision="float32",
        report=quiet,
    )
    a, b, mean = (read_tensors(folder)["conv1.weight"].float() for folder in (first, second, both))
    assert torch.allclose(mean, (a + b) / 2, atol=1e-3) and not torch.allclose(a, b, atol=1e-3)
    with pytest.raises(FingercountError, match="one checkpoint"):
        run(sets, tmp_path / "no", start=[first, second], make_teacher=True)


def test_the_result_may_be_the_mean_with_another_model(sets, tmp_path, slow_form_only):
    first, _ = run(sets, tmp_path / "first")
    alone, _ = run(sets, tmp_path / "alone", start=first)
    both, _ = run(sets, tmp_path / "both", start=first, mean_with=first)
    before, trained, told = (read_tensors(folder) for folder in (first, alone, both))
    for key in ("conv1.weight", "bn1.running_mean", "fc.bias"):
        middle = (before[key].float() + trained[key].float()) / 2
        assert not torch.equal(before[key], trained[key])
        assert torch.allclose(told[key].float(), middle, atol=2e-3)
    assert read_card(both)["mean_with"] == weights_hash(read_tensors(first))
    assert set(read_seen(first)) <= set(read_seen(both))
    with pytest.raises(FingercountError, match="a teacher is not a model"):
        run(sets, tmp_path / "no", make_teacher=True, mean_with=first)
    with pytest.raises(FingercountError, match="nowhere does not exist"):
        run(sets, tmp_path / "no", mean_with="nowhere")


def test_a_model_of_other_labels_is_no_beginning(sets, make_photos, tmp_path, slow_form_only):
    first, _ = run(sets, tmp_path / "first")
    others = make_photos("others/ada", labels=("one", "five"), n=2).parent
    with pytest.raises(FingercountError, match="needs a model with the same labels"):
        run(others, tmp_path / "on", start=first)


@pytest.mark.slow
def test_the_fast_form_comes_with_the_model(sets, tmp_path):
    pytest.importorskip("nncf")
    folder, told = run(sets, tmp_path / "run")
    model = load_model(folder)
    assert model.backend == "fast" and not any("missing" in line for line in told)
    assert not list(folder.glob("writing*"))
    inputs = model.preprocess.batch([draw("two", seed) for seed in range(8)])
    assert model.predict_inputs(inputs) == pytest.approx(
        model.predict_by_reference(inputs), abs=0.1
    )


def test_without_its_tools_the_fast_form_is_left_out(sets, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "nncf", None)
    folder, told = run(sets, tmp_path / "run")
    assert 'pip install "fingercount[pretrain]"' in told[-1]
    assert load_model(folder).backend == "reference"


@pytest.mark.parametrize(
    "wrong",
    [
        {"size": 16},
        {"bent": -1},
        {"first_size": 16},
        {"epochs": 0},
        {"batch_size": 1},
        {"batch_size": 9000},
        {"lr": 0.0},
        {"weight_decay": -0.1},
        {"warmup": 1.5},
        {"cutout": 2.0},
        {"amplitude": 1.1},
        {"least_scale": 0.0},
        {"least_extent": 0.0},
        {"most_extent": 0.1},
        {"most_extent": 2.5},
        {"stretch": 0.6},
        {"teacher_doubt": 0.0},
        {"none_share": -0.1},
        {"renders": -1},
        {"seed": -1},
        {"seed": 2**31},
    ],
    ids=str,
)
def test_settings_that_cannot_be_are_refused(wrong):
    (name,) = wrong
    with pytest.raises(FingercountError, match=name.replace("_", "-")):
        Recipe(**wrong)
