"""The figures: counted by hand, and never the wrong way round."""

import json
from dataclasses import replace

import numpy as np
import pytest

from fingercount.data.dataset import Dataset
from fingercount.errors import FingercountError
from fingercount.evaluation.comparison import compare_models
from fingercount.evaluation.evaluator import choose_photos, evaluate
from fingercount.evaluation.report import sessions_note
from fingercount.imaging.read import content_hash
from fingercount.models.decision import answer_of
from tests.conftest import SESSIONS

SAYS = {0: "one", 1: "two", 2: "three"}  # what the model says of a photo of that shade


class Told:
    """A model that reads off a photo's shade what to say, and counts what it is asked."""

    name = "told"
    frozen = None
    threshold = 0.0

    def __init__(self, classes=("one", "two", "three"), confidence=0.8):
        self.classes, self.confidence = list(classes), confidence
        self.seen: dict[str, str] = {}
        self.backbone_seen: frozenset[str] = frozenset()
        self.asked = 0

    class preprocess:
        @staticmethod
        def all_views(photo):
            return photo

    def predict_views(self, photos):
        photos = list(photos)
        self.asked += len(photos)
        rows = np.full((len(photos), len(self.classes)), 0.0, np.float32)
        for row, photo in zip(rows, photos):
            row[:] = (1 - self.confidence) / (len(self.classes) - 1)
            row[round(float(photo.mean()) / 80)] = self.confidence
        return rows

    def answer(self, row):
        return answer_of(row, self.classes, self.threshold)


@pytest.fixture
def said(tmp_path):
    """A function that makes a data set of (label, shade that the photo has) pairs."""
    count = iter(range(10_000))

    def make(pairs, sessions=SESSIONS[:1], name="mine"):
        dataset = Dataset.create(tmp_path / name)
        for label, shade in pairs:
            for session in sessions:
                noise = np.random.default_rng(next(count)).integers(0, 20, (24, 24, 3))
                photo = (80 * shade + noise).astype(np.uint8)
                dataset.add(photo, label, session)
        return dataset

    return make


# Ten of one: eight found, two called two. Five of two: four found, one called one. None of three.
TEN_AND_FIVE = [("one", 0)] * 8 + [("one", 1)] * 2 + [("two", 1)] * 4 + [("two", 0)]


def test_recall_and_precision_are_not_swapped(said):
    report = evaluate(Told(), said(TEN_AND_FIVE))
    assert report.classes == ["one", "two", "three"]
    assert report.confusion.tolist() == [[8, 2, 0], [1, 4, 0], [0, 0, 0]]
    one, two = report.per_class["one"], report.per_class["two"]
    assert one == {
        "n": 10,
        "recall": 8 / 10,
        "precision": 8 / 9,
        "f1": pytest.approx(2 * 0.8 * (8 / 9) / (0.8 + 8 / 9)),
    }
    assert (two["n"], two["recall"], two["precision"]) == (5, 4 / 5, 4 / 6)
    assert (report.n, report.right, report.accuracy) == (15, 12, 12 / 15)


def test_unknown_labels_follow_the_models_classes_and_count_as_wrong(said):
    dataset = said([("one", 0), ("five", 0), ("thumbs up", 1), ("four", 2)])
    (dataset.root / "one" / "IMG_1.DNG").write_bytes(b"x")
    report = evaluate(Told(), dataset)
    assert any(note.startswith("Left out: 1 photo") for note in report.notes)
    assert report.classes == ["one", "two", "three", "four", "five", "thumbs up"]
    assert (report.right, report.n) == (1, 4)
    assert report.confusion[4].tolist() == [1, 0, 0, 0, 0, 0]
    assert report.per_class["five"]["recall"] == 0.0
    assert any("does not know four, five, thumbs up" in note for note in report.notes)


def test_digits_and_words_are_the_same_class(said):
    report = evaluate(Told(classes=("1", "2", "3")), said([("one", 0), ("two", 1), ("3", 2)]))
    assert report.classes == ["1", "2", "3"]
    assert report.accuracy == 1


def test_the_models_own_order_of_classes_is_kept(said):
    model = Told(classes=("three", "one", "two"))
    report = evaluate(model, said([("three", 0), ("one", 1), ("two", 2), ("two", 0)]))
    assert report.classes == ["three", "one", "two"]
    assert report.confusion.tolist() == [[1, 0, 0], [0, 1, 0], [1, 0, 1]]


def test_the_answer_is_what_a_person_is_told_and_predicted_what_is_most_probable(said):
    model = Told(confidence=0.5)
    model.threshold = 0.6
    item = evaluate(model, said([("one", 0)])).items[0]
    assert (item.predicted, item.answer, item.right) == ("one", "not sure", True)
    assert item.confidence == pytest.approx(0.5)


def test_photos_and_sessions_that_trained_the_model_are_told(said):
    dataset = said([("one", 0)] * 2, sessions=SESSIONS)
    model = Told()
    report = evaluate(model, dataset)
    assert report.sessions == 3
    assert "The model has seen none of the 3 sessions in training." in report.notes

    first = dataset.photos()[0]
    own = content_hash(dataset.absolute(first).read_bytes())
    model.seen = {own: "train"}
    report = evaluate(model, dataset)
    assert "trained on 1 of these 6 photos" in report.notes[0]
    assert [item.seen for item in report.items] == ["train"] + [None] * 5
    assert sum(item.session_seen for item in report.items) == 2


def test_sessions_that_trained_the_model_are_told_where_they_are_guessed_too(make_photos):
    dataset = Dataset(make_photos("raw", labels=("one",), sessions=[None]))
    model = Told()
    assert dataset.people_unknown
    items = [replace(item, session_seen=True) for item in evaluate(model, dataset).items]
    assert "trained the model" in sessions_note(items, guessed=True)


def test_photos_that_trained_its_backbone_are_told(said):
    dataset, model = said([("one", 0)] * 3), Told()
    model.backbone_seen = frozenset(dataset.hashes()[p.path] for p in dataset.photos()[:2])
    report = evaluate(model, dataset)
    assert "Its backbone was trained on 2 of these 3 photos: expect less on new ones." in (
        report.notes
    )
    assert not any(item.seen for item in report.items), "the model itself was not"
    notes = compare_models(Told(), model, dataset).notes
    assert notes[0] == (
        "The backbone of told was trained on 2 of these 3 photos: expect less on new ones."
    )


def test_a_session_that_trained_the_model_is_told_on_its_other_photos(tmp_path, said):
    dataset = said([("one", 0)] * 40)
    dataset.ensure_split()
    model = Told()
    hashes = dataset.hashes()
    model.seen = {hashes[photo.path]: "train" for photo in dataset.photos(split="train")}
    report = evaluate(model, dataset, "test")
    assert "This session trained the model" in report.notes[0]
    assert all(item.session_seen and not item.seen for item in report.items)


def test_people_that_are_not_known_are_told(make_photos):
    dataset = Dataset(make_photos("raw", labels=("one",), sessions=[None]))
    report = evaluate(Told(), dataset)
    assert any("only guessed: frames of one recording" in note for note in report.notes)
    assert not any("seen none of" in note for note in report.notes)


def test_what_is_known_is_not_asked_again(said):
    dataset, model, known = said(TEN_AND_FIVE), Told(), {}
    first = evaluate(model, dataset, known=known)
    assert model.asked == 15 and len(known) == 15
    dataset.relabel([first.items[0].path], "two")
    second = evaluate(model, dataset, known=known)
    assert model.asked == 15, "relabelling asks nothing"
    assert second.confusion.tolist() == [[7, 2, 0], [2, 4, 0], [0, 0, 0]]
    dataset.add(np.full((24, 24, 3), 160, np.uint8), "three", SESSIONS[0])
    assert evaluate(model, dataset, known=known).n == 16
    assert model.asked == 16


def test_progress_reaches_the_end(said):
    told = []
    evaluate(Told(), said([("one", 0)] * 40), progress=lambda *numbers: told.append(numbers))
    assert told[0] == (0, 40) and told[-1] == (40, 40)
    assert told == sorted(told)


def test_by_default_the_stored_test_side_else_everything(said):
    dataset = said([("one", 0), ("two", 1)] * 8, sessions=SESSIONS)
    photos, split = choose_photos(dataset, None)
    assert (split, len(photos)) == ("all", 48)
    dataset.ensure_split()
    photos, split = choose_photos(dataset, None)
    assert split == "test" and 0 < len(photos) < 48
    assert all(photo.split == "test" for photo in photos)
    assert len(choose_photos(dataset, "all")[0]) == 48


@pytest.mark.parametrize(
    "pairs, split, advice",
    [
        pytest.param([("one", 0)], "test", "no test side yet", id="no-test-side"),
        pytest.param([("one", 0)], "val", "no val side yet", id="no-validation"),
        pytest.param([("one", 0)], "tuesday", "There is no split 'tuesday'", id="no-split"),
        pytest.param([], None, "has no photos", id="empty"),
    ],
)
def test_a_split_that_is_not_there_is_advice(said, pairs, split, advice):
    with pytest.raises(FingercountError, match=advice):
        evaluate(Told(), said(pairs), split)


def test_one_broken_photo_costs_one_photo(said):
    dataset = said([("one", 0)] * 2 + [("two", 1)])
    path = dataset.photos()[1].path
    dataset.absolute(path).write_bytes(b"broken")
    report = evaluate(Told(), dataset)
    assert (report.n, report.right) == (2, 2) and path not in {item.path for item in report.items}
    assert any(f"1 photo that cannot be read ({path})" in note for note in report.notes)


def test_where_no_photo_can_be_read_it_says_so(said):
    dataset = said([("one", 0)] * 2)
    for photo in dataset.photos():
        dataset.absolute(photo).write_bytes(b"broken")
    with pytest.raises(FingercountError, match=r"No photo of .* can be read"):
        evaluate(Told(), dataset)


def test_the_report_is_json_with_its_promised_fields(said):
    model = Told()
    dataset = said([*TEN_AND_FIVE, ("five", 2)])
    text = json.dumps(evaluate(model, dataset).to_json(), allow_nan=False)
    report = json.loads(text)
    promised = {
        "model",
        "n",
        "accuracy",
        "accuracy_interval",
        "classes",
        "confusion",
        "per_class",
        "items",
    }
    assert promised <= set(report)
    assert report["n"] == 16 and report["accuracy"] == 12 / 16
    low, high = report["accuracy_interval"]
    assert low < 12 / 16 < high
    assert report["per_class"]["five"] == {"n": 1, "precision": None, "recall": 0.0, "f1": 0.0}
    assert report["per_class"]["three"]["recall"] is None
    assert sum(map(sum, report["confusion"])) == 16
    for item in report["items"]:
        assert {"path", "actual", "predicted", "answer", "confidence"} <= set(item)
        assert dataset.absolute(item["path"]).is_file(), "relative to the data set"
