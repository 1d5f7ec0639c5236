"""Models in memory once, for all viewers."""

import streamlit as st

from fingercount.models import Model, find_model, load_model


@st.cache_resource(max_entries=4, show_spinner="Loading the model …")
def _loaded(name: str, stamp: tuple[int, ...]) -> Model:
    return load_model(name)


def shared_model(name: str) -> Model:
    """Return a model, in memory once for all viewers; one that was trained anew is loaded anew.

    Raises:
        FingercountError: where it cannot be loaded.
    """
    files = sorted(find_model(name).iterdir())
    return _loaded(name, tuple(file.stat().st_mtime_ns for file in files))
