"""The newest-only worker and the rate; no test here waits for a clock it does not set."""

import threading

import pytest

from fingercount.live.worker import LatestWorker, Rate


class Slow:
    """Work that starts when told and ends when told, so that a test decides the order."""

    def __init__(self):
        self.seen = []
        self.started = threading.Semaphore(0)
        self.go = threading.Semaphore(0)

    def __call__(self, item):
        self.seen.append(item)
        self.started.release()
        assert self.go.acquire(timeout=10)
        return item


def ended(worker):
    thread = worker._thread
    if thread:
        thread.join(10)
    return not worker.alive


def test_the_newest_item_is_taken_and_the_rest_dropped():
    work = Slow()
    worker = LatestWorker(work)
    worker.submit(0)
    assert work.started.acquire(timeout=10)
    for item in range(1, 50):
        worker.submit(item)  # returns at once although the worker is busy
    work.go.release()
    assert work.started.acquire(timeout=10)
    work.go.release()
    worker.close()
    assert ended(worker)
    assert work.seen == [0, 49]


def test_a_failing_item_is_reported_and_the_next_one_is_tried():
    done = threading.Semaphore(0)

    def work(item):
        done.release()
        return 1 // item

    worker = LatestWorker(work, idle=0.05)
    worker.submit(0)
    assert done.acquire(timeout=10)
    assert ended(worker)
    assert isinstance(worker.error, ZeroDivisionError) and worker.result is None
    worker.submit(1)
    assert done.acquire(timeout=10)
    assert ended(worker)
    assert worker.error is None and worker.result == 1


def test_the_thread_ends_when_nothing_comes_and_starts_again():
    worker = LatestWorker(lambda item: item, idle=0.05)
    assert not worker.alive
    for item in (1, None, 3):
        worker.submit(item)
        assert ended(worker)
        assert worker.result == item


def test_after_close_nothing_is_kept():
    worker = LatestWorker(lambda item: item, idle=0.05)
    worker.submit(1)
    worker.close()
    assert ended(worker)
    worker.submit(2)
    assert not worker.alive and worker.result is None


def test_rate_counts_the_last_seconds():
    rate = Rate(window=2)
    assert rate.per_second(0) == 0
    for n in range(100):
        rate.tick(n / 25)
    assert rate.per_second(99 / 25) == pytest.approx(25)
    assert rate.per_second(99 / 25 + 5) == 0
