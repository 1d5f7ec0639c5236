"""One photo looked at closely: where the network looked, and what it is like."""

import streamlit as st
from components.shared.models import shared_model, stamp_of
from components.shared.plain import plain
from components.shared.thumbnails import show_photo, stamp_of_file, within

from fingercount.data.dataset import Dataset
from fingercount.diagnosis import Case
from fingercount.diagnosis.gradcam import paint, where_it_looked
from fingercount.diagnosis.neighbours import nearest
from fingercount.errors import FingercountError
from fingercount.evaluation.report import PhotoResult


def look_closer(
    dataset: Dataset, item: PhotoResult, classes: list[str], name: str, case: Case | None
):
    """Show a photo's heat maps, for the label it got and the right one, and its nearest photos."""
    st.markdown(f"**A closer look: {plain(item.actual)}, called {plain(item.predicted)}**")
    labels = list(dict.fromkeys([item.predicted, item.actual]))
    columns = st.columns(1 + len(labels), width=190 * (1 + len(labels)))
    with columns[0]:
        show_photo(dataset, item.path)
        st.caption(plain(item.path))
    for column, label in zip(columns[1:], labels):
        with column:
            _heat(dataset, item, label, classes, name)
    if case is None or item.path not in case.paths:
        st.caption("The photos most like it are shown once the reasons are ready.")
        return
    whose = "training photos" if case.trained.any() else "photos of this data set"
    for label in dict.fromkeys([item.actual, item.predicted]):
        found = nearest(case, item.path, label)
        st.caption(f"The {whose} of **{plain(label)}** most like it" + ("" if found else ": none"))
        with st.container(horizontal=True, gap="small"):
            for suspect in found:
                with st.container(width=96, gap="xsmall"):
                    show_photo(dataset, suspect.path)
                    st.caption(f"{suspect.score:.2f}")


def _heat(dataset: Dataset, item: PhotoResult, label: str, classes: list[str], name: str) -> None:
    word = "its answer" if label == item.predicted else "the right label"
    if item.right:
        word = "its answer, and the right label"
    if label not in classes:
        st.caption(f"The model does not know {plain(label)}.")
        return
    try:
        stamp = (stamp_of_file(dataset.absolute(item.path)), *stamp_of(name))
        st.image(
            _picture(str(dataset.root), item.path, label, name, stamp, dataset),
            width="stretch",
            alt=f"Where the network looked for {label}",
        )
        st.caption(f"What speaks for **{plain(label)}**, {word}")
    except (FingercountError, OSError) as error:
        st.caption(plain(error))


LARGEST = 640  # pixels of the longer side: it fills a column, and many are kept


@st.cache_data(max_entries=200, show_spinner="Looking …")
def _picture(root: str, path: str, label: str, name: str, stamp: tuple, _dataset: Dataset):
    rgb = _dataset.image(path)
    return within(paint(rgb, where_it_looked(shared_model(name), rgb, label)), LARGEST)
