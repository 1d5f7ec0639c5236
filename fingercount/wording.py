"""Numbers in sentences."""


def several(n: int, word: str) -> str:
    """Return a number with its noun: "1 session", "1,200 sessions"."""
    return f"{n:,} {word}" if n == 1 else f"{n:,} {word}s"
