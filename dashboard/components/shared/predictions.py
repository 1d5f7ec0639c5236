"""What models said of photos so far, shared by all viewers and pages."""

import streamlit as st

from fingercount.data.snapshot import Snapshot


@st.cache_resource(max_entries=8)
def answers(name: str, stamp: tuple[int, ...]) -> dict:
    """Return what a model said of photos so far, by their content; `stamp` is of its files."""
    return {}


def stamp_of_photos(snapshot: Snapshot) -> tuple[str, int]:
    """Return what changes with any photo's content, label, name, side or session."""
    sides = hash(tuple((p.path, p.split, p.session) for p in snapshot.photos))
    return snapshot.fingerprint, sides
