"""Train: teach a network with the photos, and watch it learn."""

from dataclasses import replace

import streamlit as st
from components.shared.plain import plain
from components.shared.state import chosen_dataset
from components.shared.streamlit_patch import set_by_page
from components.train.jobs import jobs
from components.train.model_table import runs
from components.train.progress import show_progress
from components.train.settings_form import preview, settings_form, transform_sliders

from fingercount.data.dataset import list_datasets
from fingercount.errors import FingercountError
from fingercount.models.registry import free_name
from fingercount.training.preflight import check_trainable

st.title("Train")
st.caption(
    "A network that has already learned to see now learns your labels. If only its last layer "
    "learns, that takes seconds."
)

if not list_datasets():
    st.info("There are no photos yet to train on.", icon=":material/photo_camera:")
    st.page_link("app_pages/collect.py", label="Collect photos", icon=":material/arrow_forward:")
    runs()
    st.stop()

left, right = st.columns([2, 3], gap="large")
with left:
    dataset = chosen_dataset("train_dataset")
    listing = dataset.listing()
    counts = listing.counts
    st.caption(
        " · ".join(f"{plain(label)} {n:,}" for label, n in counts.items())
        + f" · {listing.session_count.words}"
    )
    try:
        warnings, problem = check_trainable(listing), None
    except FingercountError as error:
        warnings, problem = [], str(error)
    for warning in warnings:
        st.warning(plain(warning), icon=":material/info:")
    if problem:
        st.error(plain(problem))
        st.page_link("app_pages/collect.py", label="Collect", icon=":material/arrow_forward:")
with right:
    settings = settings_form()

with st.expander("Transforms: changes to a photo that keep its count"):
    settings = replace(settings, augment=transform_sliders())
    if sum(counts.values()):
        preview(listing, settings.augment)

with st.container(horizontal=True, vertical_alignment="bottom"):
    proposed = free_name(dataset.name)
    if st.session_state.get("train_name") in (None, st.session_state.get("train_proposed")):
        st.session_state["train_name"] = proposed  # what a person typed stays
    st.session_state["train_proposed"] = proposed
    name = st.text_input("Name of the model", key=set_by_page("train_name"), width=260)
    start = st.button(
        "Train",
        type="primary",
        key="train_start",
        icon=":material/model_training:",
        disabled=problem is not None,
    )
if start:
    try:
        jobs().start(dataset, name, settings)
    except FingercountError as error:
        st.error(plain(error))

show_progress()
st.subheader("Models")
runs()
