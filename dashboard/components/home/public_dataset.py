"""Photos for a person who has none: a public data set, downloaded when asked for."""

import streamlit as st
from components.shared.plain import plain
from components.shared.state import sticky_button

from fingercount.data.importing.importer import import_photos
from fingercount.errors import FingercountError
from fingercount.paths import data_dir
from fingercount.text import plural

URL = "https://github.com/ardamavi/Sign-Language-Digits-Dataset/archive/refs/heads/master.zip"
NAME = "sign-digits"
# Its 6 to 9 are signs of one hand, not six to nine fingers; Examples repeats a few photos.
MAP = {**{str(n): str(n) for n in range(6)}, **dict.fromkeys(["6", "7", "8", "9", "Examples"], "")}


def sign_digits() -> None:
    """Offer the Sign Language Digits set, where it is not here yet."""
    if (data_dir() / NAME).exists():
        return
    with st.expander(
        "No photos of your own yet? Download a public data set", icon=":material/download:"
    ):
        st.caption(
            "Sign Language Digits: 218 students of Ankara Ayrancı Anadolu High School show zero to "
            "five in front of a plain wall, about 200 photos of each, 100 pixels wide. By Arda "
            "Mavi and Zeynep Dikle, Apache-2.0. About 20 MB from github.com. The model that ships "
            "was trained on these photos: use them to try things out, not to judge that model."
        )
        if not sticky_button("Download it", key="home_fetch", icon=":material/download:"):
            return
        bar = st.progress(0.0, text="Downloading …")

        def show(done: int, total: int) -> None:
            bar.progress(min(1.0, done / max(1, total)), text=f"Photo {done:,} of {total:,}")

        try:
            result = import_photos(URL, data_dir() / NAME, label_map=MAP, progress=show)
        except FingercountError as error:
            bar.empty()
            st.error(plain(error))
            return
        bar.empty()
        st.success(f"{plural(result.added, 'photo')} came into {NAME}. Train a model on them.")
        st.page_link("app_pages/train.py", label="Train", icon=":material/model_training:")
