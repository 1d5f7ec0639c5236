"""Figures: what they show is decided here, and tested without a browser."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fingercount.evaluation.published import Measured
from fingercount.evaluation.report import Report
from fingercount.training.events import Epoch

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from fingercount.training.sweep import Tried

RIGHT, WRONG = "16, 135, 85", "214, 84, 44"  # red, green, blue of a right and a wrong cell
TRAIN, VALIDATION = "#8a968f", "#10a566"
MARGIN_LEFT, MARGIN_TOP, MARGIN_END = 86, 60, 8


def curves(epochs: Sequence[Epoch], total: int, kind: str) -> "go.Figure":
    """Return training and validation over epochs; kind is "loss" or "accuracy"."""
    import plotly.graph_objects as go  # where a chart is drawn: Home and Live do without

    figure = go.Figure()
    x = [epoch.epoch for epoch in epochs]
    for name, prefix, color in (("train", "train", TRAIN), ("validation", "val", VALIDATION)):
        y = [getattr(epoch, f"{prefix}_{kind}") for epoch in epochs]
        if any(value is not None for value in y):
            figure.add_scatter(x=x, y=y, name=name, mode="lines", line={"color": color, "width": 2})
    figure.update_layout(
        title={"text": kind.capitalize(), "x": 0, "font": {"size": 14}},
        height=240,
        margin={"l": 40, "r": 10, "t": 44, "b": 36},
        # Beside the title, above all curves: one at 100 % runs along the top of the plot.
        legend={"orientation": "h", "x": 1, "xanchor": "right", "y": 1.04, "yanchor": "bottom"},
        xaxis={
            "title": "epoch",
            "range": [0.5, max(2, total) + 0.5],
            "tick0": 1,
            "dtick": epoch_step(total),
        },
        yaxis={"tickformat": ".0%", "range": [0, 1.02]} if kind == "accuracy" else {},
        hovermode="x unified",
    )
    return figure


def sweep_curve(tried: "Sequence[Tried]", word: str, now: float) -> "go.Figure":
    """Return what a training reaches with each value of a setting, with 95 % intervals.

    Args:
        word: what the setting is called.
        now: the value that its slider stands at.
    """
    import plotly.graph_objects as go  # where a chart is drawn: Home and Live do without

    names = [f"{one.value:g}" for one in tried]
    shares = [one.accuracy for one in tried]
    figure = go.Figure(
        go.Scatter(
            x=names,
            y=shares,
            mode="lines+markers",
            line={"color": VALIDATION, "width": 2},
            marker={"size": [13 if one.value == now else 8 for one in tried]},
            error_y={
                "type": "data",
                "symmetric": False,
                "array": [one.interval[1] - one.accuracy for one in tried],
                "arrayminus": [one.accuracy - one.interval[0] for one in tried],
                "color": TRAIN,
                "thickness": 1.5,
                "width": 5,
            },
            customdata=[[one.right, one.n, *one.interval] for one in tried],
            hovertemplate="%{x}: %{y:.1%}, %{customdata[0]} of %{customdata[1]}<br>"
            "95 % interval %{customdata[2]:.0%} to %{customdata[3]:.0%}<extra></extra>",
        )
    )
    least = min(one.interval[0] for one in tried)
    figure.update_layout(
        title={"text": "Right on the validation photos", "x": 0, "font": {"size": 14}},
        height=280,
        margin={"l": 40, "r": 10, "t": 40, "b": 44},
        # Each value has the same room: they are not evenly spaced, and are read off, not measured.
        xaxis={"title": f"{word} (large dot: as it is set)", "type": "category"},
        yaxis={"tickformat": ".0%", "range": [max(0.0, least - 0.05), 1.03]},
        showlegend=False,
    )
    return figure


def epoch_step(total: int) -> int:
    """Return how many epochs lie between two ticks: whole ones, and at most ten ticks."""
    return max(1, -(-total // 10))


def cell_size(classes: int) -> int:
    """Return the side of a matrix cell in pixels: large while few, never too small to click."""
    return max(40, min(76, 420 // max(1, classes)))


def matrix(report: Report | Measured, dark: bool = False) -> "go.Figure":
    """Return the confusion matrix: rows actual, columns predicted, counts and shares of the row.

    Every cell has a square marker that cannot be seen, because a click on a Plotly heatmap selects
    nothing in Streamlit; its customdata is [actual, predicted].
    """
    import plotly.graph_objects as go  # where a chart is drawn: Home and Live do without

    classes, counts = report.classes, report.confusion
    size, n = cell_size(len(classes)), len(classes)
    cells = [(a, p) for a in range(n) for p in range(n)]
    totals = counts.sum(1)
    shares = [counts[a, p] / totals[a] if totals[a] else 0.0 for a, p in cells]
    figure = go.Figure(
        go.Scatter(
            x=[p for _, p in cells],
            y=[a for a, _ in cells],
            mode="markers",
            customdata=[[classes[a], classes[p]] for a, p in cells],
            text=[cell_text(counts[a, p], share) for (a, p), share in zip(cells, shares)],
            hovertemplate="%{customdata[0]}, called %{customdata[1]}: %{text}<extra></extra>",
            marker={"symbol": "square", "size": size, "color": "rgba(0, 0, 0, 0)"},
        )
    )
    # Painted beneath the markers, in the axes' own units: a marker's size is in pixels, which no
    # longer fit where the page is narrow, and Plotly fades what is not selected. All at once,
    # because Plotly checks every one again for each that is added.
    shapes, texts = [], []
    for (a, p), share in zip(cells, shares):
        shapes.append(
            {
                "type": "rect",
                "x0": p - 0.48,
                "x1": p + 0.48,
                "y0": a - 0.48,
                "y1": a + 0.48,
                "fillcolor": paint(a == p, share),
                "line": {"width": 0},
                "layer": "below",
            }
        )
        ink = "#ffffff" if dark or share > 0.5 else "#17211c"
        if text := cell_text(counts[a, p], share):
            font = {"color": ink, "size": 13}
            texts.append({"x": p, "y": a, "text": text, "showarrow": False, "font": font})
    axis = {
        "tickvals": list(range(n)),
        "ticktext": classes,
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
        # Plotly would widen the margins for the names and squeeze the cells.
        "automargin": False,
    }
    figure.update_layout(
        shapes=shapes,
        annotations=texts,
        width=MARGIN_LEFT + n * size + MARGIN_END,
        height=MARGIN_TOP + n * size + MARGIN_END,
        margin={
            "l": MARGIN_LEFT,
            "r": MARGIN_END,
            "t": MARGIN_TOP,
            "b": MARGIN_END,
            "pad": 0,
        },
        xaxis={**axis, "title": "predicted", "side": "top", "range": [-0.5, n - 0.5]},
        yaxis={**axis, "title": "actual", "range": [n - 0.5, -0.5]},
        dragmode=False,
        clickmode="event+select",
    )
    return figure


def width_of_matrix(report: Report | Measured) -> int:
    """Return how wide a matrix is, in pixels."""
    n = len(report.classes)
    return MARGIN_LEFT + n * cell_size(n) + MARGIN_END


def outline_css(row: int, column: int, classes: int, chart: str) -> str:
    """Return the style that outlines one cell of a matrix.

    It lies above the figure: another figure would be another chart to the browser, which would
    forget what is selected. Where the page is narrow the cells shrink and the margins stay.

    Args:
        row, column: of the cell, from the top left.
        classes: how many rows and columns there are.
        chart: the key of the chart.
    """
    room_x, room_y = MARGIN_LEFT + MARGIN_END, MARGIN_TOP + MARGIN_END
    return (
        f"<style>.st-key-{chart} .js-plotly-plot {{position: relative}}"
        f".st-key-{chart} .js-plotly-plot::after {{content: ''; position: absolute; "
        f"left: calc({MARGIN_LEFT}px + (100% - {room_x}px) * {column} / {classes}); "
        f"top: calc({MARGIN_TOP}px + (100% - {room_y}px) * {row} / {classes}); "
        f"width: calc((100% - {room_x}px) / {classes}); "
        f"height: calc((100% - {room_y}px) / {classes}); "
        "border: 3px solid var(--st-text-color, currentColor); border-radius: 4px; "
        "box-sizing: border-box; pointer-events: none}</style>"
    )


def cell_text(count: int, share: float) -> str:
    """Return what stands in a cell: the count, and its share of the row below; nothing for 0."""
    return f"{count}<br>{share:.0%}" if count else ""


def clicked_cell(selection) -> tuple[str, str] | None:
    """Return (actual, predicted) of the clicked cell from Streamlit's selection, or None."""
    points = (selection or {}).get("points") or []
    data = points[0].get("customdata") if points else None
    return (data[0], data[1]) if data else None


def paint(right: bool, share: float) -> str:
    """Return a cell's colour: green where right, red where wrong, stronger with its share."""
    # Transparent, so that the same colours work on a light and on a dark page.
    strength = 0.06 if share == 0 else 0.18 + 0.82 * share
    color = "128, 140, 133" if share == 0 else RIGHT if right else WRONG
    return f"rgba({color}, {strength:.2f})"
