"""Collect: photograph hands, label by label, and sort the photos."""

import streamlit as st
from components.camera.camera import show_camera
from components.camera.session import current_session, end_session
from components.collect.advice import advice
from components.collect.bin import show_bin
from components.collect.gallery import gallery
from components.collect.label_chips import pick_label
from components.collect.own_copy import is_for_own_photos, offer_copy
from components.collect.shutter import shutter
from components.collect.uploads import uploads
from components.shared.plain import plain
from components.shared.state import pick_dataset, session_object

from fingercount.data.dataset import Dataset, dataset_folder
from fingercount.errors import FingercountError
from fingercount.imaging.roi import Square
from fingercount.live.viewfinder import Viewfinder

with st.container(horizontal=True, vertical_alignment="bottom"):
    st.title("Collect", width=170)
    name = pick_dataset("collect_dataset", new=True, width=260)
    person = st.text_input(
        "Who is photographed",
        placeholder="A name or a letter",
        key="collect_person",
        bind="query-params",
        width=260,
        help="When some photos are held out for the test, one person's photos stay together.",
    )
    st.button(
        "New session",
        key="collect_new_session",
        icon=":material/restart_alt:",
        on_click=end_session,
        args=("collect",),
        help="One person, all labels. Press it when the place, the light or the clothes change.",
    )
try:
    root = dataset_folder(name)
    dataset = Dataset(root) if root.is_dir() else None
    counts = dataset.counts() if dataset else {}
except FingercountError as error:
    st.error(plain(error))
    st.stop()
session = current_session("collect", name, person)
view = session_object("collect_view", lambda: Viewfinder(Square()))

left, right = st.columns([5, 4], gap="medium")
with left:
    camera = show_camera("collect", view)
    st.caption(
        "Hold your hand in the green square and record each label. Turn and move your hand "
        "meanwhile: what varies here will not mislead the model later."
    )
with right:
    own = is_for_own_photos("collect", name)
    if own:
        label = pick_label("collect", counts)
        running = shutter("collect", root, label, session, view, camera)
        if dataset and not running and (said := advice(dataset)):
            st.caption(f":material/lightbulb: {said}")

if own:
    with st.expander("Add photos from files", icon=":material/upload_file:"):
        uploads("collect", label, root)

st.subheader("Photos")
offer_copy("collect", root)
if counts:
    gallery(dataset, "collect")
else:
    st.caption(
        "Nothing here yet. Two labels with twenty photos each are enough for a first model. For "
        "one that you can trust, take photos on several days."
    )
if dataset:
    show_bin(dataset, "collect")
if len(counts) > 1:
    st.page_link(
        "app_pages/train.py", label="Train on these photos", icon=":material/arrow_forward:"
    )
