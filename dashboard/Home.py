"""The app's entry: `streamlit run dashboard/Home.py`. What all pages share stands here.

The server imports this file for `app`, and runs it as a script for each visitor.
"""

from pathlib import Path

import streamlit as st
from components.camera.hand_over import turn_to_page
from components.collect.recordings import stop_if_left
from components.server.start import announce, guards
from components.server.user import user_of_page
from components.shared.access import may_open, say_who
from components.shared.keyboard import keys_everywhere
from components.shared.plain import plain
from components.shared.streamlit_patch import patch_fragment_reruns
from components.shared.style import show_style
from components.shared.tidy import tidy_once
from streamlit.starlette import App

from fingercount.access import find_user_with
from fingercount.errors import FingercountError
from fingercount.extras import advised
from fingercount.telemetry import leave_out_conversion

leave_out_conversion()  # before the first model is loaded

# An icon of our own: an emoji or a Material icon here would be fetched from a font server.
ICON = str(Path(__file__).with_name("icon.svg"))
PAGES = (
    ("home", "home"),
    ("collect", "photo_camera"),
    ("train", "model_training"),
    ("evaluate", "fact_check"),
    ("live", "videocam"),
)


def show() -> None:
    """Show the page that the address names."""
    patch_fragment_reruns()
    tidy_once()
    st.set_page_config(page_title="fingercount", page_icon=ICON, layout="wide")
    show_style()
    places = {f"app_pages/{name}.py": (name, icon) for name, icon in PAGES}
    page = st.navigation(
        [
            st.Page(
                place,
                title=name.capitalize(),
                icon=f":material/{icon}:",
                default=name == "home",
            )
            for place, (name, icon) in places.items()
            if may_open(place)
        ],
        position="top",
    )
    say_who()
    keys_everywhere()
    stop_if_left("collect", on_page=page.title == "Collect")
    turn_to_page(page.title)
    try:
        with advised():
            page.run()
    except FingercountError as error:  # a page that needs more than is installed
        st.error(plain(error))


find_user_with(user_of_page)
if __name__ == "__main__":
    show()
else:  # `streamlit run` looks for an App by that name
    app = App(__file__, middleware=guards(), lifespan=announce)
