"""Work done in threads ahead of the one who uses it, in order and never far ahead.

with ahead(read, photos, most=64) as inputs:
    for x in inputs: ...                      # read(photo), while the next ones are being read
"""

import contextlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
THREADS = 2  # a decoder for each of few cores; the network takes what they leave


@contextlib.contextmanager
def ahead(
    work: Callable[[Item], Result], items: Iterable[Item], most: int
) -> Iterator[Iterator[Result]]:
    """Yield the results of `work` for each item, in order; what is left at the end is not begun.

    Args:
        work: called in a thread; what it raises is raised where its result would be.
        items: taken one by one, as far as `most` reaches.
        most: results that are ready, or in work, at a time.
    """
    pool = ThreadPoolExecutor(THREADS)
    rest, waiting = iter(items), deque[Future[Result]]()

    def results() -> Iterator[Result]:
        waiting.extend(pool.submit(work, item) for item in islice(rest, most))
        while waiting:
            result = waiting.popleft().result()
            waiting.extend(pool.submit(work, item) for item in islice(rest, 1))
            yield result

    try:
        yield results()
    finally:
        pool.shutdown(cancel_futures=True)
