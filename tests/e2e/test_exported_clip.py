"""A clip shown to the exported page's module, and the same clip by `watch`: the same counts."""

import av
import numpy as np
import pytest

from fingercount.imaging.roi import Square
from fingercount.imaging.two_squares import TwoSquares
from fingercount.imaging.video import clip_frames
from fingercount.live.watch import commits
from fingercount.models.loading import load_model
from fingercount.synthetic import clip
from fingercount.web.browser import served
from tests.e2e.clips import FRAMES, hands
from tests.e2e.conftest import REPO

pytestmark = pytest.mark.e2e

FPS = 15
LATE = 1.5 / FPS  # seconds; the browser may skip a frame
LABELS = ("zero", "one", "two", "three", "four", "five")
# The clip goes on to its next frame once there is an answer, so that a slow machine sees the same.
WATCH = """async ({ address, twoHands, fps, n }) => {
  const { Counter } = await import(`${address}fingercount.js`);
  const counter = await Counter.load(`${address}model/`);
  const video = document.createElement("video"), told = [], ending = new AbortController();
  // Only a clip that is wholly here can be wound: the server knows no ranges.
  const src = URL.createObjectURL(await (await fetch("clip.webm")).blob());
  Object.assign(video, { muted: true, preload: "auto", src });
  document.body.append(video); // which shows the first frame
  let at = 0, frames = 0;
  const step = () => ++at < n ? (video.currentTime = (at + 0.5) / fps) : ending.abort();
  const ask = counter.network.ask.bind(counter.network);
  counter.network.ask = async (...given) => {
    frames++;
    const rows = await ask(...given);
    setTimeout(step);
    return rows;
  };
  const stuck = setTimeout(() => ending.abort(), 300_000);
  for await (const one of counter.watch(video, { twoHands, signal: ending.signal })) told.push(one);
  clearTimeout(stuck);
  counter.close();
  return { told, frames };
}"""


def write_clip(path, frames):
    """Write frames, uint8 RGB [480, 640, 3], as a clip that hardly loses anything."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libvpx", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = 640, 480, "yuv420p"
        stream.bit_rate, stream.options = 40_000_000, {"crf": "4", "deadline": "good", "g": "10"}
        for frame in frames:
            for packet in stream.encode(av.VideoFrame.from_ndarray(frame, "rgb24")):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
    return path


def drawn():
    """A rendered hand that moves from count to count before the same wall."""
    return [frame for frame, _ in clip(3, [2, 5, None, 1], 1.0, FPS)]


def real():
    """Twelve webcam frames of each count, each shown for a fifth of a second."""
    if not FRAMES.is_dir():
        pytest.skip("the webcam frames are not here")
    return [frame for label in LABELS for frame in hands(label, 12) for _ in range(FPS // 5)]


def side_by_side():
    """One hand in the left half of the picture, another in the right one."""
    halves = [
        [frame for frame, _ in clip(seed, counts, 1.0, FPS, size=(320, 480), extent=0.45)]
        for seed, counts in ((3, [2, 2, 5, 5]), (5, [4, 1, 1, None]))
    ]
    return [np.concatenate(both, 1) for both in zip(*halves)]


@pytest.mark.parametrize(
    "make, two_hands",
    [(drawn, False), (real, False), (side_by_side, True)],
    ids=["drawn", "webcam", "two hands"],
)
def test_a_clip_gives_the_counts_of_watch(open_browser, with_ort, tmp_path, make, two_hands):
    path = write_clip(with_ort / "clip.webm", make())
    square = TwoSquares() if two_hands else Square()
    frames = list(clip_frames(path))
    model = load_model(REPO / "models" / "hands")
    expected = [one.to_json() for one in commits(model, frames, square)]
    page = open_browser(None).new_page()
    page.set_default_timeout(120_000)
    with served(with_ort) as address:
        page.goto(f"{address}model/model.json")
        page.goto(f"{address}empty.html")
        said = page.evaluate(
            WATCH, {"address": address, "twoHands": two_hands, "fps": FPS, "n": len(frames)}
        )
    told = said["told"]
    print(f"{len(frames)} frames, {said['frames']} seen: {told}, expected {expected}")
    assert said["frames"] > 0.9 * len(frames)
    assert [one["label"] for one in told] == [one["label"] for one in expected]
    assert [one["count"] for one in told] == [one["count"] for one in expected]
    times = [one["time"] for one in expected]
    assert [one["time"] for one in told] == pytest.approx(times, abs=LATE)
    assert len({one["label"] for one in told}) >= 3, "there was something to count"
    if two_hands:
        for one, other in zip(told, expected):
            for hand, same in zip(one["hands"], other["hands"], strict=True):
                assert (hand["count"], hand["label"]) == (same["count"], same["label"])
