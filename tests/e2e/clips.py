"""Clips for Chromium's fake camera: real webcam frames where they are, rendered ones elsewhere."""

import io
from pathlib import Path

import numpy as np
from PIL import Image

from fingercount.labels import count_of
from fingercount.synthetic import clip

FRAMES = Path(__file__).resolve().parents[3] / "shared" / "hands" / "frames"
FPS = 30  # how fast Chromium plays an .mjpeg file, over and over


def write_clip(path: Path, labels: list[str], seconds: float = 4.0) -> Path:
    """Write a clip that shows each label's hands for some seconds, then starts over.

    Args:
        path: an .mjpeg file, which is nothing but JPEG files one after another.
        labels: in the order they appear.
    """
    shown = [hands(label) for label in labels]
    return write_stills(path, shown, seconds)


def write_colour(path: Path, colour: tuple[int, int, int]) -> Path:
    """Write a clip of nothing but a colour, by which its photos are known."""
    return write_stills(path, [[np.full((480, 640, 3), colour, np.uint8)]], 1)


def write_stills(path: Path, shown: list[list[np.ndarray]], seconds: float) -> Path:
    """Write a clip in which each group of stills fills the same time."""
    n = int(seconds * FPS)
    with path.open("wb") as file:
        for group in shown:
            stills = [_jpeg(still) for still in group]
            file.writelines(stills[i * len(stills) // n] for i in range(n))
    return path


def hands(label: str, n: int = 4) -> list[np.ndarray]:
    """Return webcam frames with a hand in the middle: uint8 RGB [480, 640, 3] each."""
    paths = sorted(FRAMES.glob(f"{label}_*.jpg"))[:n]
    if not paths:
        return rendered_hand(count_of(label), n)
    boxes = dict(_boxes())
    return [_centred(Image.open(path).convert("RGB"), boxes[path.name]) for path in paths]


def side_by_side(left: str, right: str) -> np.ndarray:
    """Return a webcam frame with a hand in the middle of each half: uint8 RGB [480, 640, 3]."""
    frame = np.full((480, 640, 3), 128, np.uint8)
    for n, label in enumerate((left, right)):
        small = Image.fromarray(hands(label, 1)[0]).resize((427, 320), Image.Resampling.BILINEAR)
        frame[80:400, 320 * n : 320 * (n + 1)] = np.asarray(small)[:, 53:373]
    return frame


def rendered_hand(fingers: int, n: int) -> list[np.ndarray]:
    """Return n frames of a rendered hand that holds up some fingers: uint8 RGB [480, 640, 3]."""
    fps = 15.0
    return [frame for frame, _ in clip(seed=1, counts=[fingers], seconds_each=n / fps, fps=fps)]


def _centred(image: Image.Image, box: tuple[int, int, int, int]) -> np.ndarray:
    """Return a 640x480 view of a frame whose middle is the hand, which fills about 60 %."""
    left, top, right, bottom = box
    height = max(bottom - top, right - left) / 0.6
    x, y = (left + right) / 2, (top + bottom) / 2
    width = height * 4 / 3
    view = image.transform(
        (640, 480),
        Image.Transform.EXTENT,
        (x - width / 2, y - height / 2, x + width / 2, y + height / 2),
        Image.Resampling.BILINEAR,
        fillcolor=(128, 128, 128),
    )
    return np.asarray(view)


def _boxes():
    for line in (FRAMES / "boxes.csv").read_text().splitlines()[1:]:
        name, _, *edges = line.split(",")
        yield name, tuple(int(float(edge)) for edge in edges)


def _jpeg(rgb: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(rgb).save(buffer, "JPEG", quality=85)
    return buffer.getvalue()
