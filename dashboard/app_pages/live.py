"""Live: the model counts what the camera sees."""

import streamlit as st
from components.camera.camera import show_camera
from components.live.answer import show_live
from components.live.clip import show_clip
from components.live.corrections import show_keys, show_tray
from components.live.parity import show_parity
from components.live.snapshot import snapshot
from components.live.threshold import pick_steadiness, show_cost
from components.shared.access import may_change, page_link
from components.shared.models import pick_model, shared_model, stamp_of
from components.shared.names import shown_name
from components.shared.plain import plain
from components.shared.state import chosen_dataset, session_object

from fingercount.data.dataset import list_datasets
from fingercount.errors import FingercountError
from fingercount.imaging.roi import Square
from fingercount.live.live_view import LiveView
from fingercount.models.registry import list_models

names = list_models()
if not names:
    st.title("Live")
    st.caption("There is no model yet. Train one, and it will count here.")
    page_link("app_pages/train.py", label="Train a model", icon=":material/arrow_forward:")
    st.stop()

view = session_object("live_view", lambda: LiveView(Square()))
gone = st.session_state.get("live_gone")
if view.model and view.model.name not in names:
    gone = st.session_state["live_gone"] = view.model.name
with st.container(horizontal=True, vertical_alignment="bottom"):
    st.title("Live", width=110)
    chosen = pick_model("live_model", names, follows=True)
# It has a place of its own: what came in between would move the video, and that ends it.
notice = st.empty()
if gone and gone not in names:
    notice.warning(
        f"The model {plain(gone)} was deleted while it ran; {plain(shown_name(chosen))} counts now."
    )
try:
    # The stamp first: what changes while the model is read is seen afterwards.
    loaded, model = stamp_of(chosen), shared_model(chosen)
except FingercountError as error:
    st.error(plain(error))
    st.stop()
view.use(model)

left, right = st.columns([5, 4], gap="medium")
with left:
    camera = show_camera("live", view, may_pair=True)
    if view.pair:
        st.caption("Hold a hand in each green square. The model counts both and adds them up.")
    else:
        st.caption("Hold your hand in the green square. The model says how many fingers it sees.")
with right:
    show_live(chosen, view, camera.on, loaded)
    if may_change():
        show_keys("live", view, camera)
    snapshot("live", model, view, camera)

title = "Confidence and smoothing"
with st.expander(title, key="live_cost_open", on_change="rerun") as the_cost:
    settings = pick_steadiness("live", model)
    view.tune(settings)
    if the_cost.open:
        show_cost("live", model, settings.threshold)
with st.expander(
    "A clip instead of the camera", key="live_clip_open", on_change="rerun"
) as the_clip:
    if the_clip.open:
        if view.pair:
            st.caption("In a clip, one hand is counted, in the square that one hand has.")
        show_clip("live", model, view.square, settings)
with st.expander(
    "Does Live answer as Evaluate does?", key="live_parity_open", on_change="rerun"
) as the_check:
    if the_check.open and list_datasets():
        show_parity(model, chosen_dataset("live_parity_dataset"))
    elif the_check.open:
        st.caption("Once there are photos, this compares every way in which the model can answer.")
if may_change():
    show_tray("live")
