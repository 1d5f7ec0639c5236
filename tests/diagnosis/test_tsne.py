"""t-SNE in the process of the page, where the network answers meanwhile."""

import threading

import numpy as np
import pytest
import torch

from fingercount.diagnosis.tsne import APART, EVERY, TOGETHER, embed


def clusters(n=150, seed=0):
    rng = np.random.default_rng(seed)
    kind = np.arange(n) % 3
    vectors = 9 * np.eye(3, 8)[kind] + rng.normal(size=(n, 8))
    return vectors.astype(np.float32), kind


def test_it_gives_a_place_each_and_says_how_far_it_is():
    told = []
    places = embed(clusters()[0], lambda *at: told.append(at))
    assert places.shape == (150, 2) and np.isfinite(places).all()
    total = TOGETHER + APART
    assert told == [(done, total) for done in range(EVERY, total + 1, EVERY)]


def test_near_vectors_stay_near():
    vectors, kind = clusters()
    places = embed(vectors)
    middles = np.stack([places[kind == k].mean(0) for k in range(3)])
    apart = np.linalg.norm(places[:, None] - middles, axis=2)
    assert (apart.argmin(1) == kind).mean() > 0.95


def test_the_same_vectors_give_the_same_places_while_a_network_is_at_work():
    vectors, _ = clusters()
    alone, stop = embed(vectors), threading.Event()

    def work():
        while not stop.is_set():
            torch.ones(300, 300) @ torch.ones(300, 300)

    worker = threading.Thread(target=work)
    worker.start()
    try:
        assert np.array_equal(embed(vectors), alone)
    finally:
        stop.set()
        worker.join()


@pytest.mark.parametrize("n", [150, 1200], ids=["exact", "approximate neighbours"])
def test_photos_that_are_there_many_times_have_a_place_too(n):
    vectors, _ = clusters(n)
    vectors[: n // 2] = vectors[0]
    assert np.isfinite(embed(vectors)).all()


def test_an_interruption_ends_it():
    def stop(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        embed(clusters()[0], stop)
