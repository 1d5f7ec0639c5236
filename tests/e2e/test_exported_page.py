"""The exported page and its module in a real browser: the same answers as in Python."""

import itertools
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from zipfile import ZipFile

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from fingercount.data.importing.importer import import_photos
from fingercount.imaging.roi import Square
from fingercount.imaging.two_squares import TwoSquares
from fingercount.live.recognizer import LiveSettings, Recognizer
from fingercount.live.two_hands import TwoHandsRecognizer
from fingercount.web.browser import served
from fingercount.web.page import ORT, export_web
from tests.conftest import HANDS
from tests.e2e.clips import write_clip, write_stills
from tests.e2e.conftest import REPO
from tests.e2e.walk import PATIENCE, expect_to_fit

pytestmark = pytest.mark.e2e

CLASSES = ["zero", "one", "thumbs up", "none"]
SAYS = """async ({ address, about, settings, rows, hands }) => {
  const { Steady, TwoHands } = await import(`${address}fingercount.js`);
  const steady = new (hands === 2 ? TwoHands : Steady)(about, settings);
  return rows.map(([now, row, second]) => steady.update(row, now, second));
}"""
BOXES = """async ({ address, squares }) => {
  const { Square } = await import(`${address}square.js`);
  return squares.map(([x, y, size, width, height]) => {
    const { left, top, side } = new Square(x, y, size).box(width, height);
    return [left, top, left + side, top + side];
  });
}"""


TWO_BOXES = """async ({ address, squares }) => {
  const { TwoSquares } = await import(`${address}fingercount.js`);
  return squares.map(([x, y, size, width, height]) => {
    return new TwoSquares(x, y, size).at(width, height).map((square) => {
      const { left, top, side } = square.box(width, height);
      return [left, top, left + side, top + side];
    });
  });
}"""


@dataclass
class Says:
    """A model that says what it is told to say."""

    classes: list[str]
    threshold: float = 0.5
    rows: np.ndarray | None = None

    def predict(self, crops):
        return self.rows


def rows_of_answers(seed):
    """Return probabilities [200, 4]: each class for a few frames, now and then unsure."""
    rng = np.random.default_rng(seed)
    sure = np.eye(4)[rng.integers(0, 4, 40).repeat(5)]
    rows = rng.dirichlet(np.full(4, 0.5), 200) * 0.4 + sure * 0.6
    rows[::7] *= 0.7  # a model without "none" that asks its backbone: they sum to less than 1
    return rows


def times_of_frames():
    return np.cumsum(np.random.default_rng(3).choice([0.02, 0.03, 0.05, 0.4], 200)).tolist()


@pytest.fixture
def said_by_page(open_browser, page_folder):
    """Return what asks the page's own rules about probabilities."""
    page = open_browser(None).new_page()
    about = json.loads((page_folder / "model/model.json").read_text())
    counts = {**about["counts"], "thumbs up": None}
    about = {**about, "threshold": 0.5, "counts": counts}
    with served(page_folder) as address:
        page.goto(f"{address}model/model.json")

        def said(classes, settings, rows, hands=1, seconds=(None,) * 200):
            given = {"smooth": settings.smooth, "hold": settings.hold}
            if settings.threshold is not None:
                given["threshold"] = settings.threshold
            told = {"address": address, "about": {**about, "classes": classes}, "settings": given}
            frames = zip(times_of_frames(), rows, seconds)
            timed = [[now, row.tolist(), second] for now, row, second in frames]
            return page.evaluate(SAYS, {**told, "rows": timed, "hands": hands})

        yield said


SETTINGS = (LiveSettings(), LiveSettings(0.5, 0.3, 0.8), LiveSettings(0, 0, 0))


def same_reading(said, expected):
    assert (said["label"], said["count"]) == (expected.answer, expected.count)
    assert said["words"] == expected.words
    assert said["confidence"] == pytest.approx(expected.confidence, abs=1e-9)
    committed = expected.committed
    assert said["committed"] == (list(committed) if isinstance(committed, tuple) else committed)


@pytest.mark.parametrize("classes", [CLASSES, ["zero", "one", "two", "three"]], ids=" ".join)
def test_answers_become_steady_as_in_python(said_by_page, classes):
    rows = rows_of_answers(3)
    for settings in SETTINGS:
        recognizer = Recognizer(Says(classes), settings)
        expected = [recognizer.update(row, now) for now, row in zip(times_of_frames(), rows)]
        for one, other in zip(said_by_page(classes, settings, rows), expected, strict=True):
            same_reading(one, other)
    assert len({one.answer for one in expected}) > 2


def test_a_second_hand_is_noticed_as_in_python(said_by_page):
    rows, settings = rows_of_answers(3), LiveSettings()
    often = np.random.default_rng(4).choice([0.05, 0.95], 8).repeat(25)
    seconds = np.clip(often + np.random.default_rng(5).normal(0, 0.2, 200), 0, 1).tolist()
    recognizer = Recognizer(Says(CLASSES), settings)
    expected = [
        recognizer.update(row, now, second).second_hand
        for now, row, second in zip(times_of_frames(), rows, seconds)
    ]
    said = said_by_page(CLASSES, settings, rows, seconds=seconds)
    assert [one["secondHand"] for one in said] == expected and 20 < sum(expected) < 180
    unknown = said_by_page(CLASSES, settings, rows)
    assert not any(one["secondHand"] for one in unknown)


@pytest.mark.parametrize("classes", [CLASSES, ["zero", "one", "two", "three"]], ids=" ".join)
def test_two_hands_are_added_as_in_python(said_by_page, classes):
    # The right hand changes at other times, or one frame later.
    left = rows_of_answers(3)
    rows = np.stack([left, np.concatenate([rows_of_answers(5)[:80], np.roll(left, 1, 0)[80:]])], 1)
    told: set[str] = set()
    for settings in SETTINGS:
        model = Says(classes)
        recognizer = TwoHandsRecognizer(model, settings)
        for one, pair, now in zip(
            said_by_page(classes, settings, rows, hands=2), rows, times_of_frames(), strict=True
        ):
            model.rows = pair
            expected = recognizer.read(None, None, now)
            same_reading(one, expected)
            for hand, other in zip(one["hands"], (expected.left, expected.right), strict=True):
                same_reading(hand, other)
            told.add(expected.words)
    assert {"0 + 1 = 1", "1 + 1 = 2", "1 + not sure"} <= told
    if "none" in classes:
        assert {"no hand", "1", "thumbs up + 1"} <= told


def test_two_squares_are_where_python_has_them(open_browser, page_folder):
    shares, sizes = (0, 0.2, 0.25, 0.26, 0.33, 0.4), (0.1, 0.47, 1)
    frames = ((640, 480), (1280, 720), (480, 640), (101, 33), (103, 103), (33, 101))
    squares = [
        (x, y, size, *frame)
        for x, y, size, frame in itertools.product(shares, (0.3, 1), sizes, frames)
    ]
    page = open_browser(None).new_page()
    with served(page_folder) as address:
        page.goto(f"{address}model/model.json")
        boxes = page.evaluate(TWO_BOXES, {"address": address, "squares": squares})
    expected = [
        [list(square.box(w, h)) for square in TwoSquares(x, y, size).at(w, h)]
        for x, y, size, w, h in squares
    ]
    assert boxes == expected


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


def test_the_newest_frame_is_given_at_once_and_each_only_once(open_browser, page_folder):
    page = open_browser(None).new_page()
    with served(page_folder) as address:
        page.goto(f"{address}model/model.json")
        told = page.evaluate(
            """async (address) => {
              const { Frames } = await import(`${address}frames.js`);
              class Video extends EventTarget {
                calls = [];
                requestVideoFrameCallback(call) { this.calls.push(call); }
                show(mediaTime) { this.calls.splice(0).forEach((call) => call(0, { mediaTime })); }
              }
              const video = new Video(), frames = new Frames(video), told = [];
              video.show(1); // nobody asked
              video.show(2);
              told.push(await frames.next());
              const later = frames.next().then((time) => told.push(time));
              await new Promise((done) => setTimeout(done, 50));
              told.push("waits");
              video.show(3);
              await later;
              video.show(4);
              video.dispatchEvent(new Event("ended"));
              told.push(await frames.next(), await frames.next());
              const ending = new AbortController(), other = new Video();
              const aborted = new Frames(other, ending.signal);
              other.show(5);
              ending.abort();
              told.push(await aborted.next());
              other.show(6);
              return [...told, other.calls.length];
            }""",
            address,
        )
    assert told == [2, "waits", 3, 4, None, None, 0]


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


def test_a_page_by_webgpu_answers_the_same(hands, tmp_path, make_photos):
    ort = os.environ.get("FINGERCOUNT_ORT")
    if not ort:
        pytest.skip(f"npm install onnxruntime-web@{ORT}, and say where in FINGERCOUNT_ORT")
    export_web("hands", tmp_path / "page", ort=ort)
    data = make_photos(n=2)
    # In a process of its own: Playwright runs once in each.
    words = ["parity", "--model", hands, "--data", data, "--split", "all", "--limit", "2"]
    words += ["--web", tmp_path / "page", "--webgpu", "--json", "-"]
    ran = subprocess.run(
        [sys.executable, "-m", "fingercount", *map(str, words)], capture_output=True
    )
    assert ran.returncode == 0, ran.stderr.decode()
    ways = {way["name"]: way for way in json.loads(ran.stdout)["ways"]}
    assert ways["webgpu"]["answers_changed"] == 0
    assert ways["webgpu"]["max_difference"] == pytest.approx(0, abs=1e-3)


def test_without_webgpu_the_module_stays_with_the_processor_and_says_why(open_browser, with_ort):
    page = open_browser(None).new_page()
    page.set_default_timeout(PATIENCE)
    with served(with_ort) as address:
        page.goto(f"{address}model/model.json")
        backend, why, refused = page.evaluate(
            """async (address) => {
              const { Counter } = await import(`${address}fingercount.js`);
              const { network } = await Counter.load(`${address}model/`, { backend: "webgpu" });
              const wrong = Counter.load(`${address}model/`, { backend: "gpu" });
              return [network.backend, network.why, await wrong.catch(({ message }) => message)];
            }""",
            address,
        )
    assert backend == "wasm" and "WebGPU" in why
    assert refused == 'The backend is "wasm" or "webgpu", not "gpu".'


def test_a_graphics_card_that_answers_nonsense_is_seen(open_browser, page_folder):
    page = open_browser(None).new_page()
    with served(page_folder) as address:
        page.goto(f"{address}model/model.json")
        apart = page.evaluate(
            """async (address) => {
              const { deviation } = await import(`${address}deviation.js`);
              const seen = new Set();
              const ask = async ({ rgb }, wrong) => [0, 1, 2, 3].map((n) => {
                const level = rgb[(n + 1) * rgb.length / 4 - 1];
                seen.add(level);
                const row = [level / 255, n === 2 ? 0.25 + wrong : 0.25];
                return { probabilities: Float32Array.from(row) };
              });
              const told = await Promise.all([0, 0.5, NaN].map((w) => deviation(ask, 0, w)));
              return [seen.size > 1, ...told.map(String)];
            }""",
            address,
        )
    assert apart == [True, "0", "0.5", "NaN"]


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
        expect(page.locator("#speed")).to_contain_text(re.compile(r"[1-9]\d* answers? per second"))
        expect_to_fit(page)
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


@pytest.mark.parametrize("mirrored", [True, False], ids=["mirrored", "as the camera sees it"])
def test_of_two_hands_each_photo_is_of_its_own_square(open_browser, with_ort, tmp_path, mirrored):
    frame = np.full((480, 640, 3), (200, 30, 30), np.uint8)
    frame[:, 320:] = 30, 30, 200
    page = open_browser(write_stills(tmp_path / "two.mjpeg", [[frame]], 1)).new_page()
    page.set_default_timeout(PATIENCE)
    page.set_viewport_size({"width": 360, "height": 740})
    with served(with_ort) as address:
        page.goto(address)
        page.get_by_role("checkbox", name="Two hands").check(timeout=PATIENCE)
        page.get_by_role("checkbox", name="Mirror").set_checked(mirrored)
        page.get_by_role("button", name="Start").click()
        for side, label in (("left", "one"), ("right", "two")):
            group = page.get_by_role("group", name=f"The hand in the {side} square")
            group.get_by_role("button", name=label).click()
            expect(page.get_by_text(f"Noted: {label} in the {side} square")).to_be_visible()
        expect_to_fit(page)
        with page.expect_download() as saving:
            page.get_by_role("button", name="Save these photos").click()
        saving.value.save_as(tmp_path / "wrong.zip")
        # One hand again: one square, and its photos say so.
        page.get_by_role("checkbox", name="Two hands").uncheck()
        expect(page.get_by_role("group", name="It is")).to_be_visible()
        expect(page.locator(".square:visible")).to_have_count(1)
    photos = {}
    with ZipFile(tmp_path / "wrong.zip") as unpacked:
        for name in unpacked.namelist():
            picture = Image.open(unpacked.open(name)).convert("RGB")
            assert picture.size == (320, 320)
            red, _, blue = np.asarray(picture).mean((0, 1))
            photos[name.split("/")[0]] = "red" if red > blue else "blue"
    assert photos == ({"one": "blue", "two": "red"} if mirrored else {"one": "red", "two": "blue"})


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
