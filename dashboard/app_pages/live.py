"""Live: the model counts what the camera sees."""

import streamlit as st
from components.answer import show_live
from components.camera import camera
from components.models import pick_model, shared_model
from components.snapshot import snapshot
from components.state import once

from fingercount.errors import FingercountError
from fingercount.models import list_models
from fingercount.roi import Square
from fingercount.runtime import LiveView

st.title("Live")
names = list_models()
if not names:
    st.caption("There is no model yet. Train one, and it counts here.")
    st.page_link("app_pages/train.py", label="Train a model", icon=":material/arrow_forward:")
    st.stop()
st.caption("Hold a hand into the green square. The number is what the model makes of it.")

chosen = pick_model("live_model", names)
try:
    model = shared_model(chosen)
except FingercountError as error:
    st.error(str(error))
    st.stop()
view = once("live_view", lambda: LiveView(Square()))
view.use(model)

left, right = st.columns([3, 2], gap="large")
with left:
    eye = camera("live", view)
with right:
    show_live(view, eye.on)
    snapshot("live", model, view, eye)
