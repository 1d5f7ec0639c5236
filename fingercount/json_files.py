"""JSON that may come from anybody: read without surprises, and compared with what it should be.

    card = read_json(folder / "card.json")
    wrong = fault(card, {"classes": [str], "threshold": SHARE})   # None, or "threshold"

A shape is a type; a kind of number; `[shape]`, a list of these; `(shape, ...)`, a list of just as
many; `{key: shape}`, an object in which a key that ends in "!" must be there, and others may be;
`{str: shape}`, an object with any keys; or `AnyOf(shape, ...)`.
"""

import json
import math
from collections.abc import Callable
from itertools import repeat
from pathlib import Path
from typing import Any, NoReturn, TypeAlias

from fingercount.own_files import read_plain

Shape: TypeAlias = Any  # recursive, which type checkers cannot follow here


class AnyOf:
    """One of several shapes."""

    def __init__(self, *shapes: Shape):
        self.shapes = shapes


class Number:
    """A finite number in a range; a whole one if `whole`."""

    def __init__(self, low: float = -math.inf, high: float = math.inf, whole: bool = False):
        self.low, self.high, self.kinds = low, high, (int,) if whole else (int, float)

    def holds(self, value: object) -> bool:
        """Say whether a value is such a number."""
        if isinstance(value, bool) or not isinstance(value, self.kinds):
            return False
        return abs(value) < 1e300 and self.low <= value <= self.high


NUMBER, COUNT, SHARE = Number(), Number(0, 2**63, whole=True), Number(0, 1)
POSITIVE = Number(1e-6, 1e6)


def read_json(path: Path) -> Any:
    """Return what a JSON file holds.

    Raises:
        OSError: where it cannot be read, or is no file.
        ValueError: where it is not JSON, is nested too deeply, or has a number that is not finite.
    """
    return parse_json(read_plain(path))


def parse_json(text: bytes | str) -> Any:
    """Return what a JSON text holds, as `read_json`."""
    try:
        return json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def fault(value: object, shape: Shape, where: str = "") -> str | None:
    """Return where a value first differs from its shape, such as "metrics.test.n"; else None."""
    if isinstance(shape, AnyOf):
        faults = [fault(value, one, where) for one in shape.shapes]
        return None if None in faults else max(filter(None, faults), key=len)
    if shape is None:
        return None if value is None else where
    if isinstance(shape, Number):
        return None if shape.holds(value) else where
    if isinstance(shape, type):
        return None if isinstance(value, shape) else where
    if isinstance(shape, dict):
        return _fault_in_object(value, shape, where)
    if not isinstance(value, list) or (isinstance(shape, tuple) and len(value) != len(shape)):
        return where
    shapes = shape if isinstance(shape, tuple) else repeat(shape[0])
    # Where it is, is only written out for what is wrong: lists may be long.
    wrong = (n for n, one in enumerate(zip(value, shapes)) if fault(*one) is not None)
    n = next(wrong, None)
    return None if n is None else fault(value[n], shape[n % len(shape)], f"{where}[{n}]")


def _fault_in_object(value: object, shape: dict[Any, Shape], where: str) -> str | None:
    if not isinstance(value, dict):
        return where
    if str in shape:
        keys = list(value)
        return _first(
            fault, value.values(), [shape[str]] * len(keys), [_at(where, k) for k in keys]
        )
    for key, inner in shape.items():
        name = key.rstrip("!")
        if name in value:
            if (wrong := fault(value[name], inner, _at(where, name))) is not None:
                return wrong
        elif key.endswith("!"):
            return _at(where, name)
    return None


def _first(check: Callable[..., str | None], *columns: Any) -> str | None:
    return next((wrong for row in zip(*columns) if (wrong := check(*row)) is not None), None)


def _at(where: str, key: str) -> str:
    return f"{where}.{key[:40]}" if where else key[:40]


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text[:40]} is too large a number")
    return value


def as_told(fields: dict[str, Any]) -> dict[str, Any]:
    """Return a result's fields as the command line's JSON names them: a backend is a "form"."""
    return {("form" if name == "backend" else name): value for name, value in fields.items()}
