"""Results come in order, and nothing runs further ahead than it may."""

import threading

import pytest

from fingercount.ahead import ahead


def test_results_are_in_order_and_from_other_threads():
    here, threads = threading.get_ident(), set()

    def square(n):
        threads.add(threading.get_ident())
        return n * n

    with ahead(square, range(50), most=8) as squares:
        assert list(squares) == [n * n for n in range(50)]
    assert here not in threads
    with ahead(square, [], most=8) as squares:
        assert list(squares) == []


@pytest.mark.parametrize("used", [0, 1, 7])
def test_it_runs_no_further_ahead_than_it_may_and_stops_when_its_user_does(used):
    begun = []
    with ahead(begun.append, range(1000), most=5) as results:
        for _ in range(used):
            next(results)
    assert len(begun) <= used + 5


def test_an_error_is_raised_in_its_place():
    with ahead(lambda n: 1 // n, [1, 1, 0, 1], most=4) as results:
        assert [next(results), next(results)] == [1, 1]
        with pytest.raises(ZeroDivisionError):
            next(results)
