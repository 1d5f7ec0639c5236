"""The exported page and its module in a real browser: the same answers as in Python."""

import itertools
import json
import os
import re
import shutil
import subprocess
import sys

import numpy as np
import pytest
from playwright.sync_api import expect

from fingercount.data.importing.importer import import_photos
from fingercount.imaging.roi import Square
from fingercount.live.recognizer import LiveSettings, Recognizer
from fingercount.web.browser import served
from fingercount.web.page import ORT, export_web
from tests.conftest import HANDS
from tests.e2e.clips import write_clip
from tests.e2e.conftest import REPO
from tests.e2e.walk import PATIENCE

pytestmark = pytest.mark.e2e

CLASSES = ["zero", "one", "thumbs up", "none"]
SAYS = """async ({ address, about, settings, rows }) => {
  const { Steady } = await import(`${address}decide.js`);
  const steady = new Steady(about, settings);
  return rows.map(([now, row]) => steady.update(row, now));
}"""
BOXES = """async ({ address, squares }) => {
  const { Square } = await import(`${address}square.js`);
  return squares.map(([x, y, size, width, height]) => {
    const { left, top, side } = new Square(x, y, size).box(width, height);
    return [left, top, left + side, top + side];
  });
}"""


class Says:
    """A model that is only asked for its classes and its threshold."""

    classes, threshold = CLASSES, 0.5


@pytest.fixture(scope="module")
def page_folder(tmp_path_factory):
    """A page of the model that ships, with onnxruntime-web where $FINGERCOUNT_ORT has it."""
    if not (REPO / "models" / "hands" / "card.json").is_file():
        pytest.skip("models/hands is not here")
    folder = tmp_path_factory.mktemp("web")
    export_web(REPO / "models" / "hands", folder / "page", ort=os.environ.get("FINGERCOUNT_ORT"))
    return folder / "page"


@pytest.fixture
def with_ort(page_folder):
    if not (page_folder / "ort").is_dir():
        pytest.skip(f"npm install onnxruntime-web@{ORT}, and say where in FINGERCOUNT_ORT")
    return page_folder


def test_answers_become_steady_as_in_python(open_browser, page_folder):
    rng = np.random.default_rng(3)
    sure = np.eye(4)[rng.integers(0, 4, 40).repeat(5)]
    rows = rng.dirichlet(np.full(4, 0.5), 200) * 0.4 + sure * 0.6
    rows[::7] *= 0.7  # a model without "none" that asks its backbone: they sum to less than 1
    times = np.cumsum(rng.choice([0.02, 0.03, 0.05, 0.4], 200))
    page = open_browser(None).new_page()
    for classes, settings in itertools.product(
        (CLASSES, ["zero", "one", "two", "three"]),
        (LiveSettings(), LiveSettings(0.5, 0.3, 0.8), LiveSettings(0, 0, 0)),
    ):
        model = Says()
        model.classes = classes
        recognizer = Recognizer(model, settings)
        expected = [recognizer.update(row, now) for now, row in zip(times, rows)]
        with served(page_folder) as address:
            page.goto(f"{address}model/model.json")
            about = json.loads((page_folder / "model/model.json").read_text())
            counts = {**about["counts"], "thumbs up": None}
            about = {**about, "classes": classes, "threshold": 0.5, "counts": counts}
            given = {"smooth": settings.smooth, "hold": settings.hold}
            if settings.threshold is not None:
                given["threshold"] = settings.threshold
            said = page.evaluate(
                SAYS,
                {
                    "address": address,
                    "about": about,
                    "settings": given,
                    "rows": [[now, row.tolist()] for now, row in zip(times.tolist(), rows)],
                },
            )
        assert [one["label"] for one in said] == [one.answer for one in expected]
        assert [one["committed"] for one in said] == [one.committed for one in expected]
        assert [one["count"] for one in said] == [one.count for one in expected]
        assert [one["words"] for one in said] == [one.words for one in expected]
        wanted = [one.confidence for one in expected]
        assert [one["confidence"] for one in said] == pytest.approx(wanted, abs=1e-9)
    assert len({one.answer for one in expected}) > 2


def test_the_square_is_where_python_has_it(open_browser, page_folder):
    shares, sizes = (0, 0.13, 0.5, 0.77, 1), (0.1, 0.333, 0.5, 1)
    frames = ((640, 480), (481, 641), (5, 5), (641, 5))
    squares = [
        (x, y, size, *frame)
        for x, y, size, frame in itertools.product(shares, shares, sizes, frames)
    ]
    page = open_browser(None).new_page()
    with served(page_folder) as address:
        page.goto(f"{address}model/model.json")
        boxes = page.evaluate(BOXES, {"address": address, "squares": squares})
    assert boxes == [list(Square(x, y, size).box(w, h)) for x, y, size, w, h in squares]


def test_without_its_runtime_the_page_says_what_to_do(open_browser, tmp_path, page_folder):
    shutil.copytree(page_folder, tmp_path / "page", ignore=shutil.ignore_patterns("ort"))
    page = open_browser(None).new_page()
    with served(tmp_path / "page") as address:
        page.goto(address)
        expect(page.get_by_text("run npm install")).to_be_visible(timeout=PATIENCE)
        expect(page.get_by_role("button", name="Start")).to_be_disabled()


def test_the_page_answers_as_evaluation_does(with_ort):
    # In a process of its own: Playwright runs once in each.
    words = ["parity", "--model", REPO / "models" / "hands", "--data", REPO / "data" / "sample"]
    words += ["--web", with_ort, "--split", "all", "--limit", "12", "--json", "-"]
    ran = subprocess.run(
        [sys.executable, "-m", "fingercount", *map(str, words)], cwd=REPO, capture_output=True
    )
    assert ran.returncode == 0, ran.stderr.decode()
    ways = {way["name"]: way for way in json.loads(ran.stdout)["ways"]}
    assert ways["web"]["answers_changed"] == 0
    assert ways["web"]["max_difference"] <= ways["onnx"]["max_difference"] + 0.02


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)], ids=["wide", "phone"])
def test_a_hand_is_counted_and_the_page_lives_without_a_network(
    open_browser, with_ort, tmp_path, size
):
    clip = write_clip(tmp_path / "two.mjpeg", ["two"])
    browser = open_browser(clip)
    context = browser.new_context(viewport=dict(zip(("width", "height"), size)))
    page, asked = context.new_page(), []
    page.set_default_timeout(PATIENCE)
    page.on("request", lambda request: asked.append(request.url))
    with served(with_ort) as address:
        page.goto(address)
        expect(page.get_by_role("button", name="Start")).to_be_enabled(timeout=PATIENCE)
        page.wait_for_function("self.crossOriginIsolated && navigator.serviceWorker.controller")
        page.get_by_role("button", name="Start").click()
        expect(page.locator("#answer")).to_have_text("2", timeout=PATIENCE)
        expect(page.locator("#speed")).to_contain_text(re.compile(r"[1-9]\d* answers per second"))
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(overflow) == 0
        page.locator("#labels").get_by_role("button", name="three").click()
        expect(page.get_by_text("Noted: three. 1 photo")).to_be_visible()
        page.locator("#labels").get_by_role("button", name="no hand").click()
        expect(page.get_by_text("2 photos")).to_be_visible()
        with page.expect_download() as saving:
            page.get_by_role("button", name="Save these photos").click()
        saving.value.save_as(tmp_path / "wrong.zip")
    own = [url for url in asked if url.startswith((address, "blob:"))]
    assert own == asked, "nothing is fetched from elsewhere"
    result = import_photos(tmp_path / "wrong.zip", tmp_path / "set")
    assert result.by_label == {"three": 1, "none": 1}
    assert not result.sessions_unknown
    # The server is gone.
    again = context.new_page()
    again.goto(address)
    expect(again.get_by_role("button", name="Start")).to_be_enabled(timeout=PATIENCE)


def test_another_page_counts_with_the_module(open_browser, with_ort, tmp_path):
    clip = write_clip(tmp_path / "hands.mjpeg", ["five", "two"], seconds=3)
    page = open_browser(clip).new_page()
    page.set_default_timeout(PATIENCE)
    with served(with_ort) as address:
        page.goto(f"{address}model/model.json")
        said = page.evaluate(
            """async (address) => {
              const { Counter } = await import(`${address}fingercount.js`);
              const counter = await Counter.load(`${address}model/`);
              const video = document.createElement("video");
              video.srcObject = await navigator.mediaDevices.getUserMedia({ video: true });
              await video.play();
              const ending = new AbortController(), told = [];
              setTimeout(() => ending.abort(), 20_000);
              for await (const one of counter.watch(video, { signal: ending.signal })) {
                told.push(one);
                if (new Set(told.map(({ count }) => count)).has(2)
                    && told.some(({ count }) => count === 5)) ending.abort();
              }
              return told;
            }""",
            address,
        )
    assert {2, 5} <= {one["count"] for one in said}
    assert all(one["label"] in (*HANDS, "not sure") for one in said)
    assert all(said[n]["label"] != said[n + 1]["label"] for n in range(len(said) - 1))
