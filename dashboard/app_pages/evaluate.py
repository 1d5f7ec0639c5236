"""Evaluate: how far to trust a model, and which photos it gets wrong."""

import streamlit as st
from components.evaluate import report as reports
from components.evaluate.compare import compared, in_order, pick_other, retrain, show_comparison
from components.evaluate.embedding_map import map_stamp, show_map
from components.evaluate.history import show_journal
from components.evaluate.inspect_photo import look_closer
from components.evaluate.photo_source import choose, ordered, pick, pick_order, sources, still_asked
from components.evaluate.published import show_measured
from components.evaluate.reasons import TITLES, prepared, show_reasons, tested
from components.evaluate.report import html_of
from components.shared.background import wait_for
from components.shared.models import shared_model
from components.shared.predictions import stamp_of_photos
from components.shared.state import chosen_dataset
from components.shared.streamlit_patch import set_by_page

from fingercount.data.dataset import list_datasets
from fingercount.diagnosis import Focus, cell_sentence, class_sentence, explain
from fingercount.diagnosis.sentences import new_and_known
from fingercount.errors import FingercountError
from fingercount.evaluation.evaluator import SPLITS
from fingercount.models.registry import list_models, live_model

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
    if st.session_state.get("evaluate_model") not in models:
        st.session_state["evaluate_model"] = live_model()
    name = st.selectbox("Model", models, key=set_by_page("evaluate_model"), persist_state="session")
with columns[1]:
    dataset = chosen_dataset("evaluate_dataset")
snapshot = dataset.snapshot()  # all of this page is about these photos
with columns[2]:
    split = st.selectbox(
        "Photos",
        SPLITS,
        index=0 if snapshot.sides["test"] else SPLITS.index("all"),
        format_func=SPLIT_NAMES.get,
        key=f"evaluate_split_{dataset.name}",
    )

try:
    stamp = stamp_of_photos(snapshot)
    report = reports.measure(name, snapshot, split, stamp)
    classes = shared_model(name).classes
except FingercountError as error:
    st.error(str(error))
    st.stop()

st.markdown(reports.headline(report))
for note in filter(None, [new_and_known(report), *report.notes]):
    st.caption(note)

left, right = st.columns(2, gap="large")
with left:
    st.subheader("Confusion matrix")
    st.caption("Rows are what the photos show, columns what the model says. Click a cell.")
    clicked = reports.show_matrix(report)
with right:
    st.subheader("Classes")
    st.caption("Recall: how many of its photos are found. Precision: how often its name is right.")
    reports.show_class_table(report)
    preparation, case = prepared(report, dataset, snapshot, stamp)
    reports.downloads(report, classes, html_of(name, dataset, preparation.result))

# A click on the matrix asks about that cell, a click on a class about the class.
about, asked = (name, dataset.name, split), st.session_state.get("evaluate_asked")
before = st.session_state.get("evaluate_clicked")
asked = still_asked(asked, before, clicked, about, stamp)
st.session_state["evaluate_clicked"], st.session_state["evaluate_asked"] = clicked, asked
if clicked and clicked != before:
    choose("cell")
    if clicked[0] in report.classes:
        st.session_state["evaluate_class"] = clicked[0]


def ask_class() -> None:
    st.session_state["evaluate_asked"] = None
    choose("missed")


st.subheader("Why")
shown = st.pills(
    "Of class",
    report.classes,
    default=reports.first_class(report),
    required=True,
    key=set_by_page("evaluate_class"),
    on_change=ask_class,
)
cell = asked[2] if asked and asked[0] == about else None
if cell and not set(cell) <= set(report.classes):
    cell = None
focus = Focus(*cell) if cell and cell[0] != cell[1] else Focus(cell[0] if cell else shown)
with st.container(horizontal=True, vertical_alignment="center"):
    st.markdown(cell_sentence(report, *cell) if cell else class_sentence(report, shown))
    if cell:
        st.button(f"All of {shown}", key="evaluate_ask_class", on_click=ask_class)
wait_for(preparation, tested(case))
reasons = explain(case, focus) if case and set(focus.labels) <= set(case.report.classes) else []
if case:
    show_reasons(reasons, lambda reason: choose(f"reason:{reason}"))

lasso = []
if case:
    title = "The map: all photos by what the network sees in them"
    # What is open stays open through a rerun, and what is not open costs nothing.
    with st.expander(title, key="evaluate_map_open", on_change="rerun") as the_map:
        if the_map.open:
            st.caption(
                "Photos near each other look alike to the network. Point at one to see it, draw "
                "around some to open them below."
            )
            lasso = show_map(case, dataset.root, map_stamp(case))
if lasso != st.session_state.get("evaluate_last_lasso", []):
    st.session_state["evaluate_last_lasso"] = lasso
    if lasso:
        choose("lasso")

other = st.session_state.get("evaluate_compare_with")
comparison = compared(*in_order(name, other), snapshot, split) if other else None
changes = {"right": comparison.gained, "wrong": comparison.lost} if comparison else {}

st.subheader("Photos")
columns = st.columns([3, 2])
with columns[0]:
    there = {photo.path for photo in snapshot.photos}
    source = pick(sources(report, focus.actual, cell, reasons, lasso, changes, TITLES, there))
with columns[1]:
    order = pick_order()
items = {item.path: item for item in report.items}
selected = reports.show_paths(
    dataset, ordered(source, items, classes, order), items, source, classes, snapshot.labels
)
if len(selected) == 1:
    item = items.get(selected[0]) or reports.ask(name, snapshot, selected[0])
    if item:
        look_closer(dataset, item, classes, name, case)
elif source.paths:
    st.caption("Select one photo to see where the network looked, and what it is most like.")

st.subheader("The proof")
st.caption("Does the mended data make a better model? Both are asked about the same test photos.")
retrain(shared_model(name), dataset, snapshot.fingerprint)
pick_other(name)
if comparison:
    show_comparison(comparison)

with st.expander("Changes to these photos", key="evaluate_changes_open", on_change="rerun"):
    show_journal(dataset)
show_measured(name, expanded=False)
