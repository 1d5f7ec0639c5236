"""The figures in a model's card: what they were measured on, and whether that is still the same.

    if changed(card, "test", snapshot):       # other photos or other labels since
        measure_again("mine-1", snapshot)

How often a model is right is about some photos under some labels. Once a photo is added, deleted or
corrected, the figure is of another test than today's, and may not stand beside one of today.
"""

from collections.abc import Sequence
from typing import Any

from fingercount.data.hashes import fingerprint
from fingercount.data.snapshot import Photo, Snapshot
from fingercount.evaluation.evaluator import Known, evaluate
from fingercount.evaluation.report import Report
from fingercount.models.card import Card
from fingercount.models.loading import load_model
from fingercount.models.registry import keep_figures

LABELS, PHOTOS, UNKNOWN = "labels", "photos", "unknown"  # what may have changed
SHOWN = ("test", "val", "train")  # the side whose figure tables show: the first there is


def shown_side(card: Card) -> str | None:
    """Return the side whose figure stands for a model, or None where nothing was measured."""
    metrics = card.get("metrics") or {}
    return next((side for side in SHOWN if metrics.get(side)), None)


def figures_of(report: Report, snapshot: Snapshot) -> dict[str, Any]:
    """Return a report's figures as a card keeps them, with what they were measured on.

    Args:
        snapshot: the photos that the report is about.
    """
    return {
        "n": report.n,
        "sessions": report.sessions,
        **report.session_count.to_json(),
        "accuracy": report.accuracy,
        "interval": report.interval,
        "backbone_seen": sum(item.backbone_seen for item in report.items),
        **measured_on(snapshot, report.split),
    }


def measured_on(snapshot: Snapshot, side: str) -> dict[str, str]:
    """Return hashes of a side's photos with their labels, and of the photos alone."""
    photos = snapshot.sides[side]
    return {
        "fingerprint": fingerprint(_contents(snapshot, photos)),
        "contents": fingerprint(("", content) for _, content in _contents(snapshot, photos)),
    }


def _contents(snapshot: Snapshot, photos: Sequence[Photo]) -> list[tuple[str, str]]:
    hashes = snapshot.hashes
    return [(photo.label, hashes[photo.path]) for photo in photos if photo.path in hashes]


def changed(card: Card, side: str, snapshot: Snapshot) -> str:
    """Return what is other than when a figure was measured; empty where nothing is.

    Args:
        card: a model's, with figures of that side.
        snapshot: the photos of the data set it was trained on, as they are now.

    Returns:
        LABELS where the same photos have other labels, PHOTOS where photos came or went, UNKNOWN
        where the card is too old to say which of them.
    """
    data, figures = card.get("data") or {}, card["metrics"][side]
    now = snapshot.without(data.get("left_out") or ())  # as the training could not read them
    if not figures.get("fingerprint"):
        return "" if data.get("fingerprint") == now.fingerprint else UNKNOWN
    today = measured_on(now, side)
    if today["fingerprint"] == figures["fingerprint"]:
        return ""
    return LABELS if today["contents"] == figures.get("contents") else PHOTOS


def measure_again(name: str, snapshot: Snapshot, known: Known | None = None) -> Card:
    """Measure a model on the photos as they are now, write that into its card, and return it.

    Only the side that tables show is measured. The other arguments are as for `evaluate`.

    Raises:
        FingercountError: where there is nothing to measure on, or the card cannot be written.
    """
    model = load_model(name)
    side = shown_side(model.card) or "test"
    left_out = (model.card.get("data") or {}).get("left_out") or ()
    now = snapshot.without(left_out)
    report = evaluate(model, now, side, known=known)
    return keep_figures(name, {side: figures_of(report, now)})
