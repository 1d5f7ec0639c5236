"""Numbers in sentences."""


def percent(share: float | None, digits: int = 0) -> str:
    """Return a share as "93%": 100% and 0% only if it is exactly that.

    Args:
        share: 0 to 1, or None, which gives "-".
        digits: how many after the point.
    """
    if share is None:
        return "-"
    text, step = f"{share:.{digits}%}", 10.0**-digits
    if share < 1 and text == f"{1:.{digits}%}":
        return f"over {100 - step:.{digits}f}%"
    if share > 0 and text == f"{0:.{digits}%}":
        return f"under {step:.{digits}f}%"
    return text


def plural(n: int, word: str) -> str:
    """Return a number with its noun: "1 session", "1,200 sessions"."""
    return f"{n:,} {word}" if n == 1 else f"{n:,} {word}s"
