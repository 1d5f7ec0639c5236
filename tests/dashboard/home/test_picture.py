"""Home's picture of where you are: which photos, which score, what runs."""

from types import SimpleNamespace

import numpy as np
import pytest

from fingercount.evaluation.published import Measured


@pytest.fixture(autouse=True)
def path(open_page):
    """Make `components` importable."""


def listing(n):
    return SimpleNamespace(photos=[None] * n)


@pytest.mark.parametrize(
    "listings, chosen, name",
    [
        pytest.param({"sample": 9, "mine": 3, "more": 5}, None, "more", id="the-largest-own"),
        pytest.param({"sample": 9, "mine": 3}, "sample", "sample", id="the-chosen"),
        pytest.param({"sample": 9, "mine": 0}, "mine", "sample", id="chosen-but-empty"),
        pytest.param({"mine": 0}, None, None, id="nothing"),
    ],
)
def test_the_photos_are_of_the_set_that_is_worked_on(listings, chosen, name):
    from components.home.picture import pictured

    assert pictured({key: listing(n) for key, n in listings.items()}, chosen) == name


def test_each_label_shows_its_newest_photo(make_dataset):
    from components.home.picture import newest_of_each

    dataset = make_dataset(labels=("one", "two"), n=3)
    dataset.add_label("five")
    shown = newest_of_each(dataset.listing())
    assert list(shown) == ["one", "two", "five"] and shown["five"] is None
    assert shown["one"].endswith("0003.jpg") and shown["two"].endswith("0006.jpg")


FIGURES = {"accuracy": 0.9, "n": 40, "sessions": 2, "interval": [0.77, 0.96]}


def test_a_score_on_ones_own_photos_comes_before_that_on_others():
    from components.home.picture import score_of

    others = Measured("Walls", "About.", ["one"], np.array([[40]]), None, None, 0.0)
    score, words = score_of({"metrics": {"test": FIGURES}}, [others])
    assert score == "90.0%" and words.startswith("of 40 held-out photos from 2 sessions (95 %")
    score, words = score_of({}, [others])
    assert score == "100.0%" and words == (
        "of 40 photos of others: Walls (95 % interval 91% to 100%)"
    )
    assert score_of({}, []) is None


def test_what_runs_is_said_while_it_runs():
    from components.home.picture import job_in_words

    from fingercount.training.events import Epoch
    from fingercount.training.jobs import Job
    from fingercount.training.settings import Settings

    job = Job("mine", "mine-1", Settings(epochs=10))
    job.epochs = [Epoch(n, 10, 0.5, 0.5) for n in range(1, 6)]
    assert job_in_words(job) == "mine-1 is being trained: 95%"
    job.state = "finished"
    assert job_in_words(job) == job_in_words(None) == ""
