"""Train: teach a network with the photos, and watch it learn."""

from dataclasses import replace

import streamlit as st
from components.shared.plain import plain
from components.shared.state import chosen_dataset, sticky_button
from components.shared.style import next_link
from components.shared.widget_values import set_by_page, set_widget
from components.train.jobs import jobs
from components.train.model_table import runs
from components.train.progress import show_progress
from components.train.settings_form import (
    in_words,
    preview,
    reset,
    settings_form,
    transform_sliders,
)
from components.train.sweep import show_sweep, stop_sweep

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
    next_link("app_pages/collect.py", "Collect photos", ":material/photo_camera:", "train")
    runs()
    st.stop()

with st.container(horizontal=True, vertical_alignment="bottom", key="train_begin"):
    with st.container(width=300):
        dataset = chosen_dataset("train_dataset")
    listing = dataset.listing()
    proposed = free_name(dataset.name)
    if st.session_state.get("train_name") in (None, st.session_state.get("train_proposed")):
        set_widget("train_name", proposed)  # what a person typed stays
    st.session_state["train_proposed"] = proposed
    name = st.text_input("Name of the model", key=set_by_page("train_name"), width=300)
    try:
        warnings, problem = check_trainable(listing), None
    except FingercountError as error:
        warnings, problem = [], str(error)
    start = sticky_button(
        "Train",
        type="primary",
        key="train_start",
        icon=":material/model_training:",
        disabled=problem is not None,
        width=240,
    )
st.caption(
    " · ".join(f"{plain(label)} {n:,}" for label, n in listing.counts.items())
    + f" · {listing.session_count.words}"
)
for warning in warnings:
    st.warning(plain(warning), icon=":material/info:")
if problem:
    st.error(plain(problem))
    next_link("app_pages/collect.py", "Collect", ":material/photo_camera:", "train")
training = st.container()  # above the settings, which it needs

with st.expander("Settings", icon=":material/tune:", key="train_settings_open", on_change="rerun"):
    settings = settings_form()
with st.expander(
    "Transforms: changes to a photo that keep its count",
    icon=":material/animation:",
    key="train_transforms_open",
    on_change="rerun",
) as transforms:
    settings = replace(settings, augment=transform_sliders())
    if transforms.open and listing.photos:
        preview(listing, settings.augment)
with st.expander(
    "Try many values of a setting",
    icon=":material/query_stats:",
    key="train_sweep_open",
    on_change="rerun",
) as tries:
    if tries.open and not problem:
        show_sweep(dataset, settings)
with st.container(horizontal=True, vertical_alignment="center"):
    st.caption(f"A training now: {in_words(settings)}.")
    st.button(
        "Reset",
        key="train_reset",
        icon=":material/restart_alt:",
        on_click=reset,
        help="Puts all settings and transforms back to what a training begins with.",
    )

with training:
    if start:
        try:
            stop_sweep()
            jobs().start(dataset, name, settings)
        except FingercountError as error:
            st.error(plain(error))
    show_progress()
st.subheader("Models")
runs()
