"""Where you are, to be seen at a glance: your labels' photos, the live model's score, what runs."""

from collections.abc import Mapping

import streamlit as st
from components.evaluate.published import measured_sets
from components.home.next_step import figures_in_words
from components.shared.access import may_open, page_link
from components.shared.figures import note_of
from components.shared.names import shown_name
from components.shared.plain import plain
from components.shared.thumbnails import show_photo
from components.train.jobs import latest_job

from fingercount.data.dataset import SAMPLE, open_dataset
from fingercount.data.snapshot import Listing
from fingercount.errors import FingercountError
from fingercount.evaluation.published import Measured
from fingercount.models.card import Card
from fingercount.models.registry import live_model
from fingercount.text import percent, plural
from fingercount.training.jobs import Job

TILE = 96  # pixels; seven of them fit beside the score on a laptop


def pictured(listings: Mapping[str, Listing], chosen: str | None) -> str | None:
    """Return the data set whose photos are shown: the chosen one, else one's own largest.

    Args:
        listings: {data set: what is in it}.
        chosen: what was picked last on any page.
    """
    filled = {name: len(listing.photos) for name, listing in listings.items() if listing.photos}
    if chosen in filled:
        return chosen
    return max(filled, key=lambda name: (name != SAMPLE, filled[name]), default=None)


def newest_of_each(listing: Listing) -> dict[str, str | None]:
    """Return {label: path of its last photo by name}, None where it has none, in count order."""
    last: dict[str, str | None] = dict.fromkeys(listing.labels)
    for photo in listing.photos:  # sorted by name within a label
        last[photo.label] = photo.path
    return last


def score_of(card: Card, measured: list[Measured]) -> tuple[str, str] | None:
    """Return a model's score, and in words what it is of; None where nothing was measured.

    Args:
        card: the model's; a figure on one's own photos comes first.
        measured: what it was measured to do before it came with the app.
    """
    if found := figures_in_words(card):
        return found
    if not measured:
        return None
    one = measured[0]
    low, high = one.interval
    return percent(one.accuracy, 1), (
        f"of {plural(one.n, 'photo')} of others: {one.name} (95 % interval {low:.0%} to {high:.0%})"
    )


def job_in_words(job: Job | None) -> str:
    """Return what is being trained, and how far it is; empty where nothing runs."""
    if job is None or job.state != "running":
        return ""
    return f"{job.name} is being trained: {job.progress:.0%}"


def show_picture(
    listings: Mapping[str, Listing], cards: Mapping[str, Card], changed: Mapping[str, str]
) -> None:
    """Show the photos of the labels beside the score of the model that runs live.

    Args:
        changed: {model: what has changed since its figure was measured}.
    """
    name = pictured(listings, st.session_state.get("dataset"))
    if name is None and not cards:
        return
    left, right = st.columns([5, 2], gap="large")
    with left:
        if name:
            _show_photos(name, listings[name])
        else:
            st.markdown("**No photos of yours yet**")
            st.caption("Take some with your webcam: twenty of each label, in a minute or two.")
    with right:
        _show_live(cards, changed)
    _show_job()


def _show_photos(name: str, listing: Listing) -> None:
    try:
        dataset = open_dataset(name)
    except FingercountError as error:  # it has just gone
        st.warning(plain(error))
        return
    st.markdown(f"**{plain(name)}** · {plain(listing.session_count.photos_in_words())}")
    with st.container(horizontal=True, gap="small", key="home_strip"):
        for label, path in newest_of_each(listing).items():
            with st.container(width=TILE, gap="xxsmall"):
                if path:
                    show_photo(dataset, path)
                st.caption(f"**{plain(label)}** {listing.counts[label]:,}")


def _show_live(cards: Mapping[str, Card], changed: Mapping[str, str]) -> None:
    name = live_model()
    if name not in cards:
        st.caption("No model runs live yet. Train one.")
        return
    found = score_of(cards[name], measured_sets(name))
    label = f"{plain(shown_name(name))} runs live"
    if found is None:
        st.metric(label, "not measured")
        return
    score, words = found
    old = note_of(changed.get(name, ""))
    st.metric(label, score)
    st.caption(plain(f"right, {words}{f'; {old}' if old else ''}"))
    page_link("app_pages/live.py", label="Go live", icon=":material/videocam:")


def _show_job() -> None:
    job = latest_job()
    running = bool(job_in_words(job))
    if running and may_open("app_pages/train.py"):
        st.fragment(_progress, run_every=1.0)(job)


def _progress(job: Job) -> None:
    words = job_in_words(job)
    if not words:
        st.rerun()  # there is one more model now
    st.progress(job.progress, text=plain(words))
    page_link("app_pages/train.py", label="Watch it", icon=":material/model_training:")
