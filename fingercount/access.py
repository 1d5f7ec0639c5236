"""Who does something, and whether they may: editors change what is kept, viewers only look.

In a terminal and in Python whoever runs it is an editor without a name. The pages say who is asking
(`find_user_with`), from what their server knows of the browser.
"""

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

from fingercount.errors import FingercountError
from fingercount.paths import data_dir, models_dir

CACHE = "cache"  # in a data set: what can be worked out again, also by looking


@dataclass(frozen=True)
class User:
    """Who does something.

    Attributes:
        name: as a proxy's login has it; None where nobody logged in.
        may_change: whether they may change photos and models, or only look.
    """

    name: str | None = None
    may_change: bool = True


_find: Callable[[], User] = User
_acting: ContextVar[User | None] = ContextVar("acting", default=None)


def find_user_with(find: Callable[[], User]) -> None:
    """Let a function say who is asking; it is called in the thread that does something."""
    global _find
    _find = find


def current_user() -> User:
    """Return who does what is done now."""
    return _acting.get() or _find()


@contextlib.contextmanager
def acting_as(user: User) -> Iterator[None]:
    """Let a block be done by somebody, such as work they began that another thread goes on with."""
    token = _acting.set(user)
    try:
        yield
    finally:
        _acting.reset(token)


def refuse_viewers(path: Path) -> None:
    """Refuse a viewer's change; every write of photos, models and records comes by here.

    Args:
        path: what would be written. A viewer's look may fill a data set's cache.

    Raises:
        FingercountError: where whoever asks may only look.
    """
    if not current_user().may_change and not _is_cache(Path(path)):
        raise FingercountError(
            "You may look, but not change anything here. Ask whoever runs the app to do it, or for "
            "leave to."
        )


def _is_cache(path: Path) -> bool:
    folder = path.parent
    tops = (data_dir().resolve(), models_dir().resolve())
    # A data set or model that is itself called so is no cache.
    return folder.name == CACHE and folder.parent.resolve() not in tops
