"""The map of all photos, coloured by label or by error, with pictures on hover and a lasso."""

import base64
import io
import zlib
from pathlib import Path

import cv2
import numpy as np
import streamlit as st
from components.evaluate.state import MapDrawn, dispatch
from components.shared.background import Work, wait_for
from PIL import Image

from fingercount.diagnosis import Case
from fingercount.diagnosis.case import PICTURE
from fingercount.diagnosis.embedding_map import lay_out
from fingercount.paths import is_shipped

HTML = """
<div class="map"><canvas></canvas><div class="tip" hidden><div></div><span></span></div>
<div class="legend"></div></div>
"""
CSS = """
.map { position: relative; font-family: var(--st-font); color: var(--st-text-color); }
canvas { width: 100%; height: 460px; touch-action: none; cursor: crosshair; display: block;
  border: 1px solid var(--st-border-color); border-radius: 8px; color: var(--st-text-color); }
.tip { position: absolute; pointer-events: none; width: 104px; padding: 4px; font-size: 12px;
  background: var(--st-background-color); border: 1px solid var(--st-border-color);
  border-radius: 6px; }
.tip div { width: 96px; height: 96px; border-radius: 4px; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 14px; padding: 6px 2px; font-size: 13px; }
.legend span { display: flex; align-items: center; gap: 5px; }
.legend i { width: 10px; height: 10px; border-radius: 50%; }
"""
SCRIPT = (Path(__file__).parent / "embedding_map.js").read_text(encoding="utf-8")
scatter = st.components.v2.component("fingercount_map", html=HTML, css=CSS, js=SCRIPT)

# Okabe and Ito's colours, which most colour-blind people can tell apart, then two more.
COLORS = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#8f8a1f", "#7a7f85"]
RIGHT, WRONG, UNASKED = "#10a566", "#d6542c", "#8a968f"
COLUMNS = 50
MANY = 2500  # photos from which the pictures are smaller: the browser holds them all at once


def show_map(case: Case | None, root: Path) -> None:
    """Show the map behind its title; what is picked on it goes to the page's state.

    Args:
        case: what the network sees in each photo; None while that is worked out.
        root: the data set's folder, whose cache keeps the layout.
    """
    picked: list[str] = []
    if case:
        title = "Map of all photos, by what the network sees in them"
        # What is open stays open through a rerun, and what is not open costs nothing.
        with st.expander(title, key="evaluate_map_open", on_change="rerun") as section:
            if section.open:
                st.caption(
                    "Photos near each other look alike to the network. Point at one to see it. "
                    "Draw around some to show them below."
                )
                picked = _show_open(case, root, map_stamp(case))
    dispatch(MapDrawn(tuple(picked)))


def _show_open(case: Case, root: Path, stamp: str) -> list[str]:
    """Show the map; return the paths of the photos that are picked with the lasso.

    Args:
        stamp: changes with the photos, so that an old pick does not name others.
    """
    by = st.segmented_control(
        "Colour by",
        ["Label", "Error"],
        default="Label",
        required=True,
        key="evaluate_map_colour",
    )
    layout = _layout(stamp, case, root).soon()
    wait_for(layout)
    if layout.result is None:
        return []
    places = layout.result
    names, colors, group, faint = colouring(case, by)
    result = scatter(
        key="evaluate_map",
        data={
            "x": (places[:, 0] * 1000).round().astype(int).tolist(),
            "y": (places[:, 1] * 1000).round().astype(int).tolist(),
            "names": names,
            "colors": colors,
            "group": group,
            "faint": faint,
            "words": words(case),
            "atlas": _atlas(stamp, case),
            "columns": COLUMNS,
            "stamp": stamp,
        },
        on_picked_change=lambda: None,
    )
    return picked_paths(result.picked, case, stamp)


def map_stamp(case: Case) -> str:
    """Return what changes with the photos, with what the network sees in them and what is said."""
    text = "\n".join([*case.paths, *case.labels, *case.predicted])
    seen = zlib.crc32(np.ascontiguousarray(case.raw_features))
    return f"{len(case.paths)}-{zlib.crc32(text.encode(), seen):08x}"


def picked_paths(picked: dict | None, case: Case, stamp: str) -> list[str]:
    """Return the paths that a browser's answer means; none where the photos are others by now."""
    if not picked or picked.get("stamp") != stamp:
        return []
    n = len(case.paths)
    places = [place for place in picked.get("places", []) if isinstance(place, int)]
    return [str(case.paths[place]) for place in places if 0 <= place < n]


def colouring(case: Case, by: str) -> tuple[list[str], list[str], list[int], list[bool]]:
    """Return (names, colours, number of each photo's group, whether it is drawn faint)."""
    asked = np.zeros(len(case.paths), bool)
    asked[case.at] = True
    faint = (~asked).tolist() if not asked.all() else [False] * len(asked)
    if by == "Label":
        names = list(case.classes)
        colors = [COLORS[n % len(COLORS)] for n in range(len(names))]
        return names, colors, case.numbers.tolist(), faint
    group = np.full(len(asked), 2)
    group[case.at] = np.where(case.right, 0, 1)
    return ["right", "wrong", "not evaluated"], [RIGHT, WRONG, UNASKED], group.tolist(), faint


def words(case: Case) -> list[str]:
    """Return what stands below each photo's picture."""
    said = dict(zip(case.at.tolist(), case.predicted))
    return [
        label if said.get(n, label) == label else f"{label}, called {said[n]}"
        for n, label in enumerate(case.labels)
    ]


@st.cache_resource(max_entries=3, show_spinner=False)
def _layout(stamp: str, _case: Case, _root: Path) -> Work:
    def lay(report_stage) -> np.ndarray:
        def progress(done: int, total: int) -> None:
            report_stage("Laying out the map, step", done, total)

        return lay_out(
            _case.raw_features,
            keep_in=None if is_shipped(_root) else _root / "cache",
            progress=progress,
        )

    return Work(lay, "The map")


@st.cache_resource(max_entries=3, show_spinner=False)
def _atlas(stamp: str, _case: Case) -> str:
    """Return all small pictures side by side as one JPEG's data URL."""
    n_photos = len(_case.photos)
    side = 32 if n_photos > MANY else PICTURE
    rows = -(-n_photos // COLUMNS)
    sheet = np.zeros((rows * side, COLUMNS * side, 3), np.uint8)
    for n in range(n_photos):
        y, x = side * (n // COLUMNS), side * (n % COLUMNS)
        sheet[y : y + side, x : x + side] = cv2.resize(_case.picture(n), (side, side))
    buffer = io.BytesIO()
    Image.fromarray(sheet).save(buffer, "JPEG", quality=72)
    return f"data:image/jpeg;base64,{base64.b64encode(buffer.getvalue()).decode()}"
