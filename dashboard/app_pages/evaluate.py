"""Evaluate: how far to trust a model, and which photos it gets wrong."""

import streamlit as st
from components.evaluate.compare import chosen_comparison, pick_other, retrain, show_comparison
from components.evaluate.embedding_map import show_map
from components.evaluate.focus import outline, pick_focus, take_click
from components.evaluate.history import show_changes
from components.evaluate.photo_source import pick_source
from components.evaluate.photos import show_photos
from components.evaluate.published import show_measured
from components.evaluate.reasons import prepared, reasons_for, show_reasons, tested
from components.evaluate.report import (
    downloads,
    measure_or_stop,
    show_class_table,
    show_headline,
    show_matrix,
)
from components.evaluate.subject import pick_subject
from components.shared.access import may_change
from components.shared.background import wait_for
from components.shared.charts import width_of_matrix
from components.shared.models import shared_model

st.title("Evaluate")

choice = pick_subject()
name, dataset, snapshot = choice.model, choice.dataset, choice.snapshot
report, stamp = measure_or_stop(name, snapshot, choice.split)
show_headline(report)

left, photos = st.columns([width_of_matrix(report), 620], gap="medium")
with left:
    take_click(report, stamp, show_matrix(report))
    outline(report)
    st.caption("Rows are what the photos show, columns what the model says. Click a cell.")
preparation, case = prepared(report, dataset, snapshot, stamp, begin=False)

st.subheader("Why")
focus = pick_focus(report)
if preparation:
    wait_for(preparation, tested(case))
reasons = reasons_for(case, focus)
if case:
    show_reasons(reasons)
show_map(case, dataset.root)

comparison = chosen_comparison(name, dataset, snapshot, choice.split)
with photos:  # beside the matrix, though they wait for what stands below it
    source, order = pick_source(report, focus, reasons, comparison, snapshot)
    show_photos(report, dataset, snapshot, source, order, case)

st.subheader("Classes")
st.caption(
    "Recall: how many photos of a class are found. Precision: how often the model is right when it "
    "names that class."
)
show_class_table(report)
downloads(report, dataset, preparation.result if preparation else None)

st.subheader("Is it better now?")
if may_change():
    st.caption(
        "Train again on the corrected photos, and compare both models on the same test photos."
    )
    retrain(shared_model(name), dataset, snapshot.fingerprint)
pick_other(name)
if comparison:
    show_comparison(comparison)

with st.expander("Changes to these photos", key="evaluate_changes_open", on_change="rerun"):
    show_changes(dataset)
show_measured(name, expanded=False)
if preparation is None:  # the photos are in sight; now the machine may work out why
    prepared(report, dataset, snapshot, stamp)
    st.rerun()
