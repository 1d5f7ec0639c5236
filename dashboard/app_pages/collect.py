"""Collect: photograph hands, label by label, and sort the photos."""

import streamlit as st
from components.camera.camera import show_camera
from components.camera.session import current_session, end_session
from components.collect.bin import show_bin
from components.collect.gallery import gallery
from components.collect.own_copy import is_for_own_photos, offer_copy
from components.collect.shutter import shutter
from components.collect.uploads import uploads
from components.shared.plain import plain
from components.shared.state import pick_dataset, pick_label, session_object

from fingercount.data.dataset import Dataset, dataset_folder
from fingercount.errors import FingercountError
from fingercount.imaging.roi import Square
from fingercount.live.viewfinder import Viewfinder

st.title("Collect")
st.caption(
    "Hold your hand in the green square, pick its label, and take a burst of photos. Turn and move "
    "your hand meanwhile: what varies here will not mislead the model later."
)

with st.container(horizontal=True, vertical_alignment="bottom"):
    name = pick_dataset("collect_dataset", new=True)
    person = st.text_input(
        "Who is photographed",
        placeholder="A name or a letter",
        key="collect_person",
        bind="query-params",
        help="When some photos are held out for the test, one person's photos stay together.",
    )
    st.button(
        "New session",
        key="collect_new_session",
        icon=":material/restart_alt:",
        on_click=end_session,
        args=("collect",),
    )
try:
    root = dataset_folder(name)
    dataset = Dataset(root) if root.is_dir() else None
    labels = dataset.labels if dataset else []
except FingercountError as error:
    st.error(plain(error))
    st.stop()
session = current_session("collect", name, person)
view = session_object("collect_view", lambda: Viewfinder(Square()))

left, right = st.columns([3, 2], gap="large")
with left:
    camera = show_camera("collect", view)
with right:
    own = is_for_own_photos("collect", name)
    if own:
        label = pick_label("collect_label", labels, in_address=True)
        shutter("collect", root, label, session, view, camera)
        st.caption(
            f"Session {plain(session.session)}: one person, all labels. Press *New session* "
            "when the place, the light or the clothes change."
        )

if own:
    with st.expander("Add photos from files", icon=":material/upload_file:"):
        uploads("collect", label, root)

st.subheader("Photos")
offer_copy("collect", root)
if labels:
    gallery(dataset, "collect")
else:
    st.caption(
        "Nothing here yet. Two labels with twenty photos each are enough for a first model. For "
        "one that you can trust, take photos on several days."
    )
if dataset:
    show_bin(dataset, "collect")
if len(labels) > 1:
    st.page_link(
        "app_pages/train.py", label="Train on these photos", icon=":material/arrow_forward:"
    )
