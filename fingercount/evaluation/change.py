"""How many of the same photos were right before and after, and whether that is more than chance."""

import math
from dataclasses import dataclass
from typing import Any

from fingercount.evaluation.metrics import Z, sign_test

LEVEL = 0.05  # a smaller p is taken for more than chance


@dataclass(frozen=True)
class Change:
    """A paired comparison of right and wrong on the same photos.

    Attributes:
        n: photos.
        before, after: how many were right.
        gained, lost: newly right, newly wrong.
        p: of McNemar's exact test; 1 if nothing changed.
    """

    n: int
    before: int
    after: int
    gained: int
    lost: int

    @property
    def p(self) -> float:
        return sign_test(self.gained, self.lost)

    @property
    def difference(self) -> float | None:
        """Change of the share that is right, -1 to 1."""
        return (self.after - self.before) / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """95 % interval of the difference, by Agresti and Min (2005)."""
        if not self.n:
            return None
        gained, lost, n = self.gained + 0.5, self.lost + 0.5, self.n + 2
        middle = (gained - lost) / n
        error = math.sqrt(gained + lost - (gained - lost) ** 2 / n) / n
        return max(-1.0, middle - Z * error), min(1.0, middle + Z * error)

    @property
    def certain(self) -> bool:
        """Whether the change is more than chance."""
        return self.p < LEVEL

    @property
    def sentence(self) -> str:
        difference, interval = self.difference, self.interval
        if difference is None or interval is None:
            return "no photos"
        low, high = interval
        told = (
            f"{self.before / self.n:.1%} before, {self.after / self.n:.1%} after "
            f"({100 * difference:+.1f} points, 95 % interval {100 * low:+.1f} to "
            f"{100 * high:+.1f}; {self.gained:,} newly right, {self.lost:,} newly wrong, "
            f"p = {self.p:.2g})"
        )
        if self.gained + self.lost == 0:
            return f"{self.after / self.n:.1%} before and after, on the same photos"
        return told if self.certain else f"{told}: within chance"

    def to_json(self) -> dict[str, Any]:
        return {
            "n": self.n,
            "before": self.before,
            "after": self.after,
            "difference": self.difference,
            "interval": list(self.interval) if self.interval else None,
            "gained": self.gained,
            "lost": self.lost,
            "p": self.p,
            "certain": self.certain,
        }
