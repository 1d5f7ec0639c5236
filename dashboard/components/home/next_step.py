"""What a person should do next, decided from what is there."""

from dataclasses import dataclass

from fingercount.data.dataset import SAMPLE
from fingercount.data.session_count import SessionCount
from fingercount.models.storage import cautions, session_count
from fingercount.text import percent

ENOUGH = 20  # photos a label, as below it nothing is held out


@dataclass(frozen=True)
class Step:
    """One sentence, and the page to do it on."""

    text: str
    page: str
    label: str
    icon: str


TRY_LIVE = Step(
    "Hold up your fingers. The model that ships counts them right away.",
    "app_pages/live.py",
    "Try it live",
    ":material/videocam:",
)


def next_step(
    counts: dict[str, dict[str, int]],
    models: list[str],
    sessions: dict[str, SessionCount],
    may_change: bool = True,
) -> Step:
    """Return the next sensible step.

    Args:
        counts: {dataset: {label: photos}}.
        models: names of the models, the shipped one included.
        sessions: {dataset: its sessions}.
        may_change: whether whoever asks may change something, or only look.
    """
    if not may_change:
        return TRY_LIVE
    own = {n: c for n, c in counts.items() if n != SAMPLE}
    filled = {n: {k: v for k, v in c.items() if v} for n, c in own.items()}
    best = max(filled, key=lambda name: sum(filled[name].values()), default=None)
    labels = filled.get(best) or {}
    trained = [name for name in models if name != "hands"]
    if not labels and "hands" in models:
        return TRY_LIVE
    if len(labels) < 2:
        return Step(
            "Photograph your hand with two labels or more, about twenty photos each.",
            "app_pages/collect.py",
            "Collect photos",
            ":material/photo_camera:",
        )
    if few := [label for label, n in labels.items() if n < ENOUGH]:
        return Step(
            f"{best} has few photos of {', '.join(few)}. With {ENOUGH} or more of each label, some "
            "are held out and show how good the model is.",
            "app_pages/collect.py",
            "Collect more",
            ":material/photo_camera:",
        )
    if not trained:
        return Step(
            f"{best} has enough photos to learn from.",
            "app_pages/train.py",
            "Train a model",
            ":material/model_training:",
        )
    if sessions[best].known < 3:
        return Step(
            "One more session, on another day or with another person, shows how good the model is "
            "on hands it has not seen.",
            "app_pages/collect.py",
            "Collect another session",
            ":material/photo_camera:",
        )
    return Step(
        "See which photos your model gets wrong, and fix them.",
        "app_pages/evaluate.py",
        "Evaluate",
        ":material/fact_check:",
    )


def result_of(card: dict) -> str:
    """Return in one line what a model reached, with what it rests on; empty where not measured."""
    found = figures_in_words(card)
    return " ".join(found) if found else ""


def figures_in_words(card: dict) -> tuple[str, str] | None:
    """Return (a model's accuracy, what that is of), in words; None where it was not measured."""
    metrics = card.get("metrics") or {}
    side = next((side for side in ("test", "val", "train") if metrics.get(side)), None)
    if side is None or metrics[side]["interval"] is None:
        return None
    figures = metrics[side]
    low, high = figures["interval"]
    where = {"test": "held-out", "val": "validation", "train": "training"}[side]
    caution = "".join(f"; {caution}" for caution in cautions(card, side))
    return percent(figures["accuracy"], 1), (
        f"of {session_count(card, side).photos_in_words(f'{where} photo')} "
        f"(95 % interval {low:.0%} to {high:.0%}{caution})"
    )
