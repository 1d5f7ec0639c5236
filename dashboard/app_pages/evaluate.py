"""Evaluate: how far to trust a model, and which photos it gets wrong."""

import streamlit as st
from components import report as reports
from components.models import shared_model
from components.shipped import show_measured
from components.state import chosen_dataset

from fingercount.dataset import list_datasets
from fingercount.errors import FingercountError
from fingercount.evaluation import SPLITS
from fingercount.models import list_models, live_model

SPLIT_NAMES = {
    "test": "Test (held out)",
    "val": "Validation",
    "train": "Training",
    "all": "Everything",
}

st.title("Evaluate")
st.caption("How often the model is right, on which photos it is not, and what to do about them.")

models, datasets = list_models(), list_datasets()
if not models or not datasets:
    what = "are no photos yet to measure on" if models else "is no model yet to measure"
    st.info(f"There {what}.", icon=":material/fact_check:")
    if models:
        st.page_link("app_pages/collect.py", label="Collect photos", icon=":material/photo_camera:")
        show_measured(live_model(), expanded=True)
    else:
        st.page_link("app_pages/train.py", label="Train", icon=":material/model_training:")
    st.stop()

columns = st.columns(3)
with columns[0]:
    name = st.selectbox(
        "Model",
        models,
        index=models.index(live_model()),
        key="evaluate_model",
        persist_state="session",
    )
with columns[1]:
    dataset = chosen_dataset("evaluate_dataset")
has_test = any(photo.split == "test" for photo in dataset.photos())
with columns[2]:
    split = st.selectbox(
        "Photos",
        SPLITS,
        index=0 if has_test else SPLITS.index("all"),
        format_func=SPLIT_NAMES.get,
        key=f"evaluate_split_{dataset.name}",
    )

try:
    report = reports.measure(name, dataset, split)
    classes = shared_model(name).classes
except FingercountError as error:
    st.error(str(error))
    st.stop()

st.markdown(reports.headline(report))
for note in report.notes:
    st.caption(note)

left, right = st.columns(2, gap="large")
with left:
    st.subheader("Confusion matrix")
    st.caption("Rows are what the photos show, columns what the model says. Click a cell.")
    cell = reports.show_matrix(report)
with right:
    st.subheader("Classes")
    st.caption("Recall: how many of its photos are found. Precision: how often its name is right.")
    reports.show_class_table(report)
    reports.downloads(report, classes)

if cell:
    items = reports.in_cell(report, cell)
    actual, predicted = cell
    st.subheader(f"{actual}, called {predicted}: {len(items):,}")
    reports.show_photos(dataset, items, classes, "evaluate_cell", f"{actual}-{predicted}")

st.subheader("Misclassified photos")
shown = st.pills(
    "Of class",
    report.classes,
    default="two" if "two" in report.classes else report.classes[0],
    required=True,
    key="evaluate_class",
)
for title, items, key in (
    (f"{shown}, called something else", reports.missed(report, shown), "evaluate_missed"),
    (f"others, called {shown}", reports.mistaken(report, shown), "evaluate_mistaken"),
):
    st.markdown(f"**{title}: {len(items):,}**")
    reports.show_photos(dataset, items, classes, key, shown)

show_measured(name, expanded=False)
