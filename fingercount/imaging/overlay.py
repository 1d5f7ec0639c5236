"""Words on a video frame, drawn once per word and size and then only copied."""

from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from fingercount.imaging.types import RGB, Float32Array

DARKER = 0.35  # how much of the picture's light is left behind the words
MARGIN = 0.04  # of the frame's height


@lru_cache(maxsize=64)
def _word(text: str, pixels: int, widest: int) -> Float32Array:
    """Return the word's coverage, 0 to 1: float32 [h, w, 1], with room around it."""
    font = ImageFont.load_default(pixels)
    wide = font.getlength(text) + pixels // 2
    if wide > widest:
        font = ImageFont.load_default(max(8, int(pixels * widest / wide)))
    bold = pixels // 40
    left, top, right, bottom = font.getbbox(text, stroke_width=bold)
    room = max(2, pixels // 5)
    mask = Image.new("L", (round(right - left) + 2 * room, round(bottom - top) + 2 * room))
    pen = ImageDraw.Draw(mask)
    pen.text((room - left, room - top), text, fill=255, font=font, stroke_width=bold)
    return np.asarray(mask, np.float32)[:, :, None] / np.float32(255)


def write(rgb: RGB, text: str, pixels: int | None = None) -> RGB:
    """Write a word large into the frame's top left corner, in place: white on a dark plate.

    Args:
        rgb: uint8 [H, W, 3]; changed.
        text: a count fills a quarter of the height; longer words are written smaller. A word
            with letters beyond ASCII is left out: Pillow's own font would draw boxes.
        pixels: the size of its font, instead of that.

    Returns:
        The same array.
    """
    if not text.isascii():
        return rgb
    height, width = rgb.shape[:2]
    edge = round(MARGIN * height)
    pixels = pixels or height // (4 if len(text) <= 2 else 11)
    ink = _word(text, max(8, pixels), width - 2 * edge)
    spot = rgb[edge : edge + ink.shape[0], edge : edge + ink.shape[1]]
    ink = ink[: spot.shape[0], : spot.shape[1]]
    spot[:] = spot * DARKER * (1 - ink) + 255 * ink
    return rgb


def write_over(rgb: RGB, box: tuple[int, int, int, int], text: str) -> None:
    """Write a word above a box where there is room, else into its top left corner, in place.

    Args:
        rgb: uint8 [H, W, 3]; changed.
        box: left, top, right, bottom in pixels.
        text: as for `write`.
    """
    left, top, right, bottom = box
    pixels = rgb.shape[0] // (6 if len(text) <= 2 else 11)
    room = min(top, round(1.3 * pixels))  # a plate around the letters included
    if room < pixels // 2:
        write(rgb[top:bottom, left:right], text, min(pixels, (bottom - top) // 3))
    else:
        write(rgb[top - room : top, left:right], text, min(pixels, round(0.75 * room)))
