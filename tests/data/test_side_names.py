import pytest

from fingercount.data.dataset import Dataset
from fingercount.data.side_names import hinted_side, side_of


@pytest.mark.parametrize(
    ("side", "names"),
    [
        ("train", "train Training training_set seg_train train_images 1_train TrainSet X_train"),
        ("val", "val valid validation dev eval val2017 dev-set Valid"),
        ("test", "test Testing test_set seg_test 3_test testset hold-out HoldOut unseen test-dev"),
        ("train", "train_val trainval"),
    ],
)
def test_names_of_sides(side, names):
    assert {side_of(name) for name in names.split()} == {side}


@pytest.mark.parametrize("name", ["one", "contest", "pretrained", "asl_test", "latest", "device"])
def test_names_that_are_no_side(name):
    assert side_of(name) is None


def test_a_word_among_others_is_a_hint():
    assert (hinted_side("asl_test"), hinted_side("contest")) == ("test", None)


def test_a_data_set_knows_the_same_names(make_photos):
    make_photos("raw/training_set", labels=("one", "two"), n=1, sessions=(None,))
    make_photos("raw/dev", labels=("one",), n=1, sessions=(None,))
    root = make_photos("raw/test_set", labels=("one",), n=1, sessions=(None,)).parent
    dataset = Dataset(root)
    assert dataset.labels == ["one", "two"]
    assert sorted(str(photo.split) for photo in dataset.photos()) == [
        "test",
        "train",
        "train",
        "val",
    ]


def test_a_label_that_sounds_like_a_side_stays_a_label(make_photos):
    dataset = Dataset(make_photos(labels=("dev", "eval"), n=1))
    assert dataset.labels == ["dev", "eval"] and len(dataset.photos()) == 2
