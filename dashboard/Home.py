"""The app's entry: `streamlit run dashboard/Home.py`. What all pages share stands here.

The server imports this file for `app`, and runs it as a script for each visitor.
"""

from pathlib import Path

import streamlit as st
from components.server.start import announce, guards
from components.shared.streamlit_patch import patch_fragment_reruns
from components.shared.tidy import tidy_once
from streamlit.starlette import App

# An icon of our own: an emoji or a Material icon here would be fetched from a font server.
ICON = str(Path(__file__).with_name("icon.svg"))


def show() -> None:
    """Show the page that the address names."""
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


if __name__ == "__main__":
    show()
else:  # `streamlit run` looks for an App by that name
    app = App(__file__, middleware=guards(), lifespan=announce)
