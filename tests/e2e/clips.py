"""Clips for Chromium's fake camera: real webcam frames where they are, drawn hands elsewhere."""

import io
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

FRAMES = Path(__file__).resolve().parents[3] / "shared" / "hands" / "frames"
FPS = 30  # how fast Chromium plays an .mjpeg file, over and over
RAISED = {"zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5}


def write_clip(path: Path, labels: list[str], seconds: float = 4.0) -> Path:
    """Write a clip that shows each label's hands for some seconds, then starts over.

    Args:
        path: an .mjpeg file, which is nothing but JPEG files one after another.
        labels: in the order they appear.
    """
    shown = [hands(label) for label in labels]
    return write_stills(path, shown, seconds)


def write_colour(path: Path, colour: tuple[int, int, int]) -> Path:
    """Write a clip of nothing but a colour, by which its photos can be told from others."""
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
        return [drawn_hand(RAISED[label], shift) for shift in range(n)]
    boxes = dict(_boxes())
    return [_centred(Image.open(path).convert("RGB"), boxes[path.name]) for path in paths]


def drawn_hand(fingers: int, shift: int = 0) -> np.ndarray:
    """Return a simple hand that holds up some fingers: uint8 RGB [480, 640, 3]."""
    image = Image.new("RGB", (640, 480), (70, 90 + 4 * shift, 120))
    draw = ImageDraw.Draw(image)
    skin, x, y = (224, 172, 140), 320 + 6 * shift, 330 - 5 * shift
    draw.rounded_rectangle((x - 80, y - 70, x + 80, y + 90), 40, fill=skin)
    draw.rectangle((x - 50, y + 60, x + 50, 480), fill=skin)
    for n in range(min(fingers, 4)):
        left = x - 78 + 40 * n
        draw.rounded_rectangle((left, y - 210 + 8 * abs(n - 1), left + 34, y), 17, fill=skin)
    if fingers == 5:
        draw.line((x + 60, y + 20, x + 150, y - 70), fill=skin, width=36)
    return np.asarray(image)


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
