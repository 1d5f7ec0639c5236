"""Whether what is evaluated is what runs: the check, its table, and the model as one file."""

from typing import TYPE_CHECKING

import streamlit as st
from components.shared.background import Work, wait_for
from components.shared.models import shared_model, stamp_of
from components.shared.plain import plain
from components.shared.predictions import stamp_of_photos
from components.shared.state import sticky_button

from fingercount.checks.parity import Parity, parity
from fingercount.data.dataset import Dataset
from fingercount.data.snapshot import Snapshot
from fingercount.models.model import Model
from fingercount.models.registry import find_model

if TYPE_CHECKING:
    import pandas as pd

LIMIT = 200  # photos; enough to see a difference, and soon done
KEPT = 8  # checks


@st.cache_resource
def _checks() -> dict[tuple, Work]:
    """Return the checks that run or ran, the newest last, shared by all viewers."""
    return {}


def show_parity(model: Model, dataset: Dataset) -> None:
    """Offer the check on a data set's photos, show its result, and offer the export.

    Args:
        model: one of those in models/.
        dataset: where the photos come from: its test side where there is one, else all.
    """
    snapshot = dataset.snapshot()
    photos = stamp_of_photos(snapshot)
    key = (model.name, stamp_of(model.name), str(dataset.root.resolve()), photos)
    work = _checks().get(key)
    with st.container(horizontal=True, vertical_alignment="center"):
        pressed = sticky_button(
            "Compare all ways to answer",
            key="parity_start",
            icon=":material/compare_arrows:",
            disabled=work is not None and work.running,
            help=f"Up to {LIMIT} photos of {plain(dataset.name)}: evaluation, live, after the "
            "camera's compression, PyTorch and the exported file.",
        )
        st.download_button(
            "Model as one file (ONNX)",
            lambda: exported(model.name),
            f"{model.name}.onnx",
            "application/octet-stream",
            key="parity_onnx",
            icon=":material/download:",
            on_click="ignore",
            help="For other programs. It takes a photo of any size and returns probabilities. The "
            "file is made, and compared with the model, when you press.",
        )
    if pressed:
        work = _start(key, model, snapshot)
    if work is None:
        return
    wait_for(work)
    if work.result:
        _show(work.result)


def exported(name: str) -> bytes:
    """Return a model in models/ as an ONNX file."""
    # Not before someone asks for it: onnxruntime has no place in a page that only looks.
    from fingercount.export.to_onnx import checked_onnx

    return checked_onnx(shared_model(name), find_model(name))[0]


def _start(key: tuple, model: Model, snapshot: Snapshot) -> Work:
    checks = _checks()
    for old in list(checks)[: max(0, len(checks) + 1 - KEPT)]:
        checks.pop(old).cancel()

    def check(progress) -> Parity:
        return parity(
            model,
            snapshot,
            find_model(model.name),
            limit=LIMIT,
            progress=lambda done, total: progress("Comparing photo", done, total),
        )

    checks[key] = Work(check, "The comparison")
    return checks[key].soon()


def _show(result: Parity) -> None:
    if result.warning:
        st.error(plain(result.warning))
    st.markdown(plain(result.sentence))
    st.dataframe(
        table(result),
        key="parity_table",
        placeholder="",
        hide_index=True,
        column_config={
            column: st.column_config.NumberColumn(format="%.2g", help=words)
            for column, words in (
                ("largest", "The largest difference in probability on any photo"),
                ("mean", "The mean over the photos of each one's largest difference"),
            )
        },
    )
    st.caption(
        "Live and evaluation must agree. Compression and rounding may change probabilities a "
        "little; an answer that changes with them was a close one."
    )


def table(result: Parity) -> "pd.DataFrame":
    """Return a row for each way that was compared with evaluation."""
    import pandas as pd  # 60 MB that Live does without until someone compares

    return pd.DataFrame(
        {
            "way": way.name,
            "what it is": way.about,
            "largest": way.max_difference,
            "mean": way.mean_difference,
            "answers changed": f"{way.answers_changed} of {result.n}",
            "differs most": way.worst,
        }
        for way in result.ways
    )
