"""Numbers in sentences, and what must be said beside them."""

from fingercount.data.splits import SAME_SESSION


def percent(share: float, digits: int = 0) -> str:
    """Return a share as "93%"; all is told as 100%, and nothing as 0%, only where it is just that.

    Args:
        share: 0 to 1.
        digits: after the point.
    """
    text, step = f"{share:.{digits}%}", 10.0**-digits
    if share < 1 and text == f"{1:.{digits}%}":
        return f"over {100 - step:.{digits}f}%"
    if share > 0 and text == f"{0:.{digits}%}":
        return f"under {step:.{digits}f}%"
    return text


def several(n: int, word: str) -> str:
    """Return a number with its noun: "1 session", "1,200 sessions"."""
    return f"{n:,} {word}" if n == 1 else f"{n:,} {word}s"


def cautions(card: dict, side: str) -> list[str]:
    """Return what makes a training's figures for a side ("test") better than they will be.

    Args:
        card: a model's.
    """
    found = []
    if side == "test" and (card.get("data") or {}).get("split") == "within":
        found.append(SAME_SESSION)
    figures = (card.get("metrics") or {}).get(side) or {}
    if known := figures.get("backbone_seen"):
        found.append(f"its backbone was trained on {known:,} of them")
    return found
