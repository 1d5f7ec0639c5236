"""Evaluate's photos: a grid of those that were picked, and a closer look at one."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st
from components.evaluate.inspect_photo import look_closer
from components.evaluate.photo_source import Source, ordered
from components.shared.models import shared_model
from components.shared.photo_filter import about_photo, pick_photos
from components.shared.photo_grid import Tile, photo_grid
from components.shared.plain import plain

from fingercount.data.dataset import Dataset
from fingercount.data.snapshot import Snapshot
from fingercount.diagnosis import Case
from fingercount.evaluation.evaluator import make_report
from fingercount.evaluation.report import PhotoResult, Report


def show_photos(
    report: Report,
    dataset: Dataset,
    snapshot: Snapshot,
    source: Source,
    order: str,
    case: Case | None,
) -> None:
    """Show a source's photos in an order; of a single selected one, a closer look.

    Args:
        report: what the model said of the evaluated ones.
        dataset, snapshot: what a change is made to, and the photos that there are.
        case: for the photos most like it; None while it is worked out.
    """
    items = {item.path: item for item in report.items}
    classes = shared_model(report.model).classes
    paths = ordered(source, items, classes, order)
    selected = show_paths(dataset, paths, items, source, classes, snapshot)
    if len(selected) == 1:
        item = items.get(selected[0]) or ask(report.model, snapshot, selected[0])
        if item:
            look_closer(dataset, item, classes, report.model, case)
    elif source.paths:
        st.caption(
            "Select one photo to see where the network looked, and which photos are most like it."
        )


def tile(item: PhotoResult, classes: Sequence[str]) -> Tile:
    """Return how a photo stands in the grid: its label, what it was called, how surely."""
    words = item.actual if item.right else f"{item.actual}, called {item.predicted}"
    return Tile(item.path, words, caption(item, classes))


def caption(item: PhotoResult, classes: Sequence[str], most: int = 3) -> str:
    """Return the largest probabilities of a photo: "two 61 % · one 30 %"."""
    ranked = sorted(zip(item.probabilities, classes), reverse=True)[:most]
    return " · ".join(f"{label} {p:.0%}" for p, label in ranked if p >= 0.005)


def show_paths(
    dataset: Dataset,
    paths: Sequence[str],
    items: dict[str, PhotoResult],
    source: Source,
    classes: Sequence[str],
    snapshot: Snapshot,
) -> list[str]:
    """Show photos in the grid, wide enough for two lines; return the selected ones' paths."""
    photos = {photo.path: photo for photo in snapshot.photos}
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{plain(source.title)}: {len(paths):,}**", width="content")
        wanted = pick_photos([photos[path] for path in paths if path in photos], "evaluate_photos")
    allowed = {photo.path for photo in wanted}
    paths = [path for path in paths if path in allowed or path not in photos]
    tiles = []
    for path in paths:
        label = path.split("/")[-2]
        shown = tile(items[path], classes) if path in items else Tile(path, label, "not evaluated")
        words = source.words.get(path)
        if words:
            shown = replace(shown, caption=f"{words} · {shown.caption}")
        known = about_photo(photos[path]) if path in photos else path
        tiles.append(replace(shown, about=f"{shown.words} · {shown.caption} · {known}"))
    return photo_grid(
        dataset,
        tiles,
        "evaluate_photos",
        labels=snapshot.labels,
        shows=f"{source.key}-{source.title}",
        cell=150,
        fine=True,
    )


def ask(name: str, snapshot: Snapshot, path: str) -> PhotoResult | None:
    """Return what a model says of one photo that was not evaluated; None where it is gone."""
    model = shared_model(name)
    photo = next((photo for photo in snapshot.photos if photo.path == path), None)
    if photo is None:
        return None
    row = model.predict([snapshot.image(photo)])
    return make_report(model, snapshot, [photo], row, "all").items[0]
