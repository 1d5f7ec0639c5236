"""Numbers and names in sentences."""

import unicodedata

_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # write backwards


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


def cell(text: str) -> str:
    """Return a text as a cell of a CSV file, which no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def one_line(text: str) -> str:
    """Return a text on one line; signs that steer a terminal are shown, not obeyed."""
    return "".join(_shown(sign) for sign in text)


def _shown(sign: str) -> str:
    steers = unicodedata.category(sign) in ("Cc", "Zl", "Zp") or sign in _TURNS
    return sign.encode("unicode_escape").decode() if steers else sign


def plural(n: int, word: str) -> str:
    """Return a number with its noun: "1 session", "1,200 sessions"."""
    return f"{n:,} {word}" if n == 1 else f"{n:,} {word}s"
