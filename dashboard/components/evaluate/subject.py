"""What is measured: a model, a data set, and which of its photos."""

from dataclasses import dataclass

import streamlit as st
from components.evaluate.published import show_measured
from components.shared.access import page_link
from components.shared.models import pick_model
from components.shared.state import chosen_dataset

from fingercount.data.dataset import Dataset, list_datasets
from fingercount.data.snapshot import Snapshot
from fingercount.evaluation.evaluator import SPLITS
from fingercount.models.registry import list_models, live_model

SPLIT_NAMES = {
    "test": "Test (held out)",
    "val": "Validation",
    "train": "Training",
    "all": "Everything",
}


@dataclass(frozen=True)
class Choice:
    """What a person chose to measure.

    Attributes:
        model: its name.
        dataset, snapshot: the data set, and its photos as they were when the page was drawn.
        split: one of SPLITS.
    """

    model: str
    dataset: Dataset
    snapshot: Snapshot
    split: str


def pick_subject() -> Choice:
    """Show the pickers; where there is nothing to measure, say what to do first and stop."""
    models = list_models()
    if not models or not list_datasets():
        _nothing_to_measure(models)
        st.stop()
    columns = st.columns(3)
    with columns[0]:
        model = pick_model("evaluate_model", models, width="stretch")
    with columns[1]:
        dataset = chosen_dataset("evaluate_dataset")
    snapshot = dataset.snapshot()  # all of the page is about these photos
    with columns[2]:
        split = st.selectbox(
            "Photos",
            SPLITS,
            index=SPLITS.index("test" if snapshot.sides["test"] else "all"),
            format_func=SPLIT_NAMES.get,
            key=f"evaluate_split_{dataset.name}",
        )
    return Choice(model, dataset, snapshot, split)


def _nothing_to_measure(models: list[str]) -> None:
    missing = "are no photos yet to test it on" if models else "is no model yet to test"
    st.info(f"There {missing}.", icon=":material/fact_check:")
    if models:
        page_link("app_pages/collect.py", label="Collect photos", icon=":material/photo_camera:")
        show_measured(live_model(), expanded=True)
    else:
        page_link("app_pages/train.py", label="Train", icon=":material/model_training:")
