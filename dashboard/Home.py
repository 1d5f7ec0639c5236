"""The app's entry: `streamlit run dashboard/Home.py`. What all pages share stands here."""

from pathlib import Path

import streamlit as st
from components.shared.start import tidy_once
from components.shared.streamlit_patch import patch_fragment_reruns

# An icon of our own: an emoji or a Material icon here would be fetched from a font server.
ICON = str(Path(__file__).with_name("icon.svg"))

patch_fragment_reruns()
tidy_once()
st.set_page_config(page_title="fingercount", page_icon=ICON, layout="wide")

page = st.navigation(
    [
        st.Page("app_pages/home.py", title="Home", icon=":material/home:", default=True),
        st.Page("app_pages/collect.py", title="Collect", icon=":material/photo_camera:"),
        st.Page("app_pages/train.py", title="Train", icon=":material/model_training:"),
        st.Page("app_pages/evaluate.py", title="Evaluate", icon=":material/fact_check:"),
        st.Page("app_pages/live.py", title="Live", icon=":material/videocam:"),
    ],
    position="top",
)
page.run()
