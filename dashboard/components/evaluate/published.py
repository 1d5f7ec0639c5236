"""What a model was measured to do before it came with the app."""

import streamlit as st
from components.shared.charts import matrix
from components.shared.models import stamp_of
from components.shared.names import shown_name
from components.shared.plain import plain

from fingercount.errors import FingercountError
from fingercount.evaluation.published import Measured, read_measured
from fingercount.models.backbones import weights_hash
from fingercount.models.registry import find_model
from fingercount.models.storage import read_tensors
from fingercount.text import plural


@st.cache_data(max_entries=8, show_spinner=False)
def _measured(name: str, stamp: tuple[int, ...]) -> list[Measured]:
    """Return the stored figures of a model; `stamp` is of its files."""
    folder = find_model(name)
    return read_measured(folder, weights_hash(read_tensors(folder)))


def measured_sets(name: str) -> list[Measured]:
    """Return the figures that a model brings with it; none where it brings none."""
    try:
        return _measured(name, stamp_of(name))
    except FingercountError:  # said where the model is used
        return []


def show_measured(name: str, expanded: bool) -> None:
    """Show the figures that a model brings with it, if it brings any.

    Args:
        name: the model's.
        expanded: whether they are open; below a person's own figures they need not be.
    """
    sets = measured_sets(name)
    if not sets:
        return
    title = f"How well {plain(shown_name(name))} was measured to work on other photos"
    with st.expander(title, expanded=expanded):
        st.caption(
            "On pictures that it was not trained on. The intervals count every picture as "
            "independent, so they are too narrow where few people are on them. Your photos may be "
            "easier or harder: measure it on them."
        )
        titles = [f"{plain(one.name)}: {one.accuracy:.1%}" for one in sets]
        for tab, one in zip(st.tabs(titles), sets):
            with tab:
                _show_set(one, key=f"shipped_{sets.index(one)}")


def _show_set(one: Measured, key: str) -> None:
    low, high = one.interval
    st.markdown(
        f"**{one.accuracy:.1%}** right: {one.right:,} of {plural(one.n, 'photo')}. 95 % interval: "
        f"{low:.1%} to {high:.1%}. {plain(one.about)}"
    )
    left, right = st.columns(2, gap="large")
    with left, st.container(key=f"{key}_scroll", horizontal=True):
        st.plotly_chart(
            matrix(one, dark=st.context.theme.type == "dark"),
            key=f"{key}_matrix",
            width="content",
            config={"displayModeBar": False},
        )
    with right:
        # Not for Home, which draws no table: diagnosis comes with it.
        from components.evaluate.report import show_class_table

        show_class_table(one)
        words = []
        if one.refused is not None:
            words.append(f"{one.refused:.1%} of the hands get no number: the model is not sure.")
        if one.none_counted is not None:
            words.append(f"{one.none_counted:.1%} of the photos without a hand get a number.")
        words.append(f"On average its confidence is off by {one.calibration_error:.1%}.")
        st.caption(" ".join(words))
