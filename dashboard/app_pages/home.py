"""Home: what is here, and what to do next."""

import streamlit as st
from components.home.next_step import next_step, result_of
from components.home.overview import newest, show_datasets, show_models, survey
from components.home.picture import show_picture
from components.home.public_dataset import sign_digits
from components.shared.access import may_change, page_link
from components.shared.figures import note_of, offer_again, outdated, states
from components.shared.models import read_cards
from components.shared.plain import plain
from components.shared.style import next_link

from fingercount.data.dataset import SAMPLE
from fingercount.models.registry import list_models
from fingercount.paths import data_dir, models_dir

st.title("fingercount")
st.caption(
    "Teach a computer to count the fingers you hold up, and know how far to trust it. Everything "
    "happens on this computer: no photo leaves it."
)

listings = survey()
models = list_models()
counts = {name: listing.counts for name, listing in listings.items()}
sessions = {name: listing.session_count for name, listing in listings.items()}

step = next_step(counts, models, sessions, may_change())
with st.container(border=True, key="home_next"):
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**Next:** {plain(step.text)}")
        next_link(step.page, step.label, step.icon, "home")
    if list(counts) == [SAMPLE] and may_change():
        st.caption(
            "No camera at hand? The data set *sample* has drawn hands. Train on them and evaluate, "
            "to see how it all works."
        )

cards = read_cards()
changed = states(cards, listings)
show_picture(listings, cards, changed)
last = newest(cards)
if last and result_of(cards[last]):
    note = f", {note_of(changed[last])}" if changed.get(last) else ""
    st.markdown(
        f"**Last result:** {plain(last)} is right on {plain(result_of(cards[last]))}{note}."
    )

left, right = st.columns(2, gap="large")
with left:
    st.subheader("Photos")
    show_datasets(listings)
    if may_change():
        sign_digits()
with right:
    st.subheader("Models")
    show_models(cards, changed)
    offer_again(outdated(cards, changed), "home")

st.caption(f"Photos are in `{data_dir()}`, models in `{models_dir()}`.")

st.subheader("How it works")
for column, (icon, title, text) in zip(
    st.columns(4),
    (
        ("photo_camera", "Collect", "Photograph your hand, one label after the other."),
        ("model_training", "Train", "A network learns your labels, in seconds on a laptop."),
        ("fact_check", "Evaluate", "See how often it is right, and which photos it gets wrong."),
        ("videocam", "Live", "Hold up your fingers and it counts them."),
    ),
):
    with column:
        page = f"app_pages/{title.lower()}.py"
        page_link(page, label=f"**{title}**", icon=f":material/{icon}:")
        st.caption(text)
