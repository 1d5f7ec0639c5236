"""Photos for a person who has none: a public set, fetched when asked for."""

import streamlit as st

from fingercount.data.importing.importer import import_photos
from fingercount.errors import FingercountError
from fingercount.paths import data_dir

URL = "https://github.com/ardamavi/Sign-Language-Digits-Dataset/archive/refs/heads/master.zip"
NAME = "sign-digits"
# Its 6 to 9 are signs of one hand, not six to nine fingers; Examples repeats a few photos.
MAP = {**{str(n): str(n) for n in range(6)}, **dict.fromkeys(["6", "7", "8", "9", "Examples"], "")}


def sign_digits() -> None:
    """Offer the Sign Language Digits set, where it is not here yet."""
    if (data_dir() / NAME).exists():
        return
    with st.expander("No photos of your own yet? Fetch a public set", icon=":material/download:"):
        st.caption(
            "Sign Language Digits: zero to five by 218 students of Ankara Ayrancı Anadolu High "
            "School, about 200 photos each, 100 pixels, plain wall. By Arda Mavi and Zeynep Dikle, "
            "Apache-2.0. Fetched from github.com, about 20 MB. The model that ships was "
            "trained on them: to learn by, not to judge it by."
        )
        if not st.button("Fetch it", key="home_fetch", icon=":material/download:"):
            return
        bar = st.progress(0.0, text="Fetching …")

        def show(done: int, total: int) -> None:
            bar.progress(min(1.0, done / max(1, total)), text=f"Photo {done:,} of {total:,}")

        try:
            result = import_photos(URL, data_dir() / NAME, label_map=MAP, progress=show)
        except FingercountError as error:
            bar.empty()
            st.error(str(error))
            return
        bar.empty()
        st.success(f"{result.added:,} photos are in {NAME}. Train a model on them.")
        st.page_link("app_pages/train.py", label="Train", icon=":material/model_training:")
