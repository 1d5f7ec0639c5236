"""What the figures show, without a browser."""

import pytest

from fingercount.evaluation.report import PhotoResult, Report
from fingercount.training.events import Epoch


@pytest.fixture(autouse=True)
def path(open_page):
    """Make `components` importable."""


def report(pairs, classes=("one", "two")):
    items = [
        PhotoResult(f"{a}/{i}.jpg", a, p, p, (0.9, 0.1), "s") for i, (a, p) in enumerate(pairs)
    ]
    return Report("m", "d", "all", list(classes), items)


# Four of one: three found, one called two. Two of two: both called one.
SIX = [("one", "one")] * 3 + [("one", "two")] + [("two", "one")] * 2


def test_matrix_rows_are_actual_and_columns_predicted():
    from components.shared.charts import matrix

    figure = matrix(report(SIX))
    (cells,) = figure.data
    shown = {
        tuple(data): (x, y, text)
        for data, x, y, text in zip(cells.customdata, cells.x, cells.y, cells.text)
    }
    assert shown == {
        ("one", "one"): (0, 0, "3<br>75%"),
        ("one", "two"): (1, 0, "1<br>25%"),
        ("two", "one"): (0, 1, "2<br>100%"),
        ("two", "two"): (1, 1, ""),
    }
    assert figure.layout.xaxis.title.text == "predicted"
    assert figure.layout.yaxis.title.text == "actual"
    assert list(figure.layout.yaxis.range) == [1.5, -0.5], "the first class stands at the top"


def test_right_and_wrong_cells_differ_in_colour():
    from components.shared.charts import RIGHT, WRONG, matrix

    figure = matrix(report(SIX))
    (cells,) = figure.data
    colors = {
        tuple(data): shape.fillcolor for data, shape in zip(cells.customdata, figure.layout.shapes)
    }
    assert RIGHT in colors["one", "one"]
    assert WRONG in colors["one", "two"] and WRONG in colors["two", "one"]
    assert RIGHT not in colors["two", "two"] and WRONG not in colors["two", "two"]


def test_a_class_without_photos_divides_by_nothing():
    from components.shared.charts import matrix

    (cells,) = matrix(report(SIX, ("one", "two", "three"))).data
    assert len(cells.text) == 9 and list(cells.text[6:]) == ["", "", ""]


@pytest.mark.parametrize("classes", [2, 5, 7, 12, 40])
def test_cells_stay_large_enough_to_click(classes):
    from components.shared.charts import cell_size

    assert 40 <= cell_size(classes) <= 76


@pytest.mark.parametrize(
    "selection, cell",
    [
        pytest.param(None, None, id="nothing"),
        pytest.param({}, None, id="empty"),
        pytest.param({"points": []}, None, id="no-point"),
        pytest.param({"points": [{"x": 1}]}, None, id="a-point-without-its-cell"),
        pytest.param({"points": [{"customdata": ["two", "one"]}]}, ("two", "one"), id="a-cell"),
    ],
)
def test_a_click_gives_actual_then_predicted(selection, cell):
    from components.shared.charts import clicked_cell

    assert clicked_cell(selection) == cell


@pytest.mark.parametrize("kind", ["loss", "accuracy"])
def test_curves_show_training_and_validation(kind):
    from components.shared.charts import curves

    epochs = [Epoch(1, 2, 0.9, 0.5, 0.8, 0.6), Epoch(2, 2, 0.4, 0.9, 0.5, 0.7)]
    lines = {line.name: (list(line.x), list(line.y)) for line in curves(epochs, 2, kind).data}
    expected = {
        "loss": {"train": ([1, 2], [0.9, 0.4]), "validation": ([1, 2], [0.8, 0.5])},
        "accuracy": {"train": ([1, 2], [0.5, 0.9]), "validation": ([1, 2], [0.6, 0.7])},
    }
    assert lines == expected[kind]


@pytest.mark.parametrize("total", [1, 2, 9, 60, 200])
def test_ticks_are_whole_epochs_and_the_legend_is_above_the_curves(total):
    from components.shared.charts import curves

    layout = curves([Epoch(1, total, 0.9, 1.0)], total, "accuracy").layout
    assert layout.xaxis.tick0 == 1 and layout.xaxis.dtick == int(layout.xaxis.dtick) >= 1
    assert total / layout.xaxis.dtick <= 10
    assert layout.legend.y > 1 and layout.legend.yanchor == "bottom"


def test_curves_without_validation_show_training_alone():
    from components.shared.charts import curves

    figure = curves([Epoch(1, 5, 0.9, 0.5)], 5, "accuracy")
    assert [line.name for line in figure.data] == ["train"]
    assert figure.layout.xaxis.range[1] > 5, "the axis is as long as the training will be"


def test_the_curve_of_a_sweep_has_every_value_with_its_interval():
    from components.shared.charts import sweep_curve

    from fingercount.training.sweep import Tried

    tried = [Tried(value, right, 40) for value, right in ((1e-4, 10), (1e-3, 38), (1e-2, 40))]
    figure = sweep_curve(tried, "learning rate", now=1e-3)
    (line,) = figure.data
    assert list(line.x) == ["0.0001", "0.001", "0.01"] and list(line.y) == [0.25, 0.95, 1.0]
    low, high = tried[1].interval
    assert line.error_y.array[1] == pytest.approx(high - 0.95)
    assert line.error_y.arrayminus[1] == pytest.approx(0.95 - low)
    sizes = list(line.marker.size)
    assert sizes[1] == max(sizes) > sizes[0], "the value that is set stands out"
    assert figure.layout.yaxis.range[0] < tried[0].interval[0] + 0.01


def test_the_outline_lies_on_its_cell_whatever_the_width():
    from components.shared.charts import outline_css

    css = outline_css(3, 2, 7, "evaluate_matrix")
    assert "left: calc(86px + (100% - 94px) * 2 / 7)" in css
    assert "top: calc(60px + (100% - 68px) * 3 / 7)" in css
    assert "pointer-events: none" in css, "the cell below it can still be clicked"
