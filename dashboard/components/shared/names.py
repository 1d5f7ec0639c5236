"""What things are called on pages, where that is not what their folder is called."""

from fingercount.models.registry import is_shipped_model

BUILT_IN = "built-in"


def shown_name(model: str) -> str:
    """Return what a model is called on pages: the one that ships is "built-in", not "hands"."""
    return BUILT_IN if is_shipped_model(model) else model
