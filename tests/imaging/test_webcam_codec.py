"""The way from a browser keeps the picture's place and loses only what colours and video cost."""

import numpy as np
import pytest
from PIL import Image

from fingercount.imaging.webcam_codec import SIZE, in_frame, through_camera


def smooth(height, width, seed=0):
    small = np.random.default_rng(seed).integers(64, 192, (4, 4, 3), np.uint8)
    return np.asarray(Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC))


@pytest.mark.parametrize("shape", [(224, 171), (480, 480), (31, 17), (1, 1), (500, 701)])
def test_the_picture_keeps_its_shape_and_place(shape):
    rgb = smooth(*shape)
    arrived = through_camera(rgb)
    assert arrived.shape == rgb.shape and arrived.dtype == np.uint8
    assert np.abs(arrived.astype(int) - rgb).mean() < 8


def test_it_costs_something():
    noise = np.random.default_rng(0).integers(0, 256, (200, 200, 3), np.uint8)
    assert np.abs(through_camera(noise).astype(int) - noise).mean() > 10


def test_the_frame_is_a_webcams_or_as_large_as_the_picture():
    frame, top, left = in_frame(smooth(224, 171))
    assert frame.shape == (SIZE[1], SIZE[0], 3)
    assert np.array_equal(frame[top : top + 224, left : left + 171], smooth(224, 171))
    frame, top, left = in_frame(smooth(501, 701))
    assert frame.shape == (502, 702, 3) and (top, left) == (0, 0)


# What was measured of a webcam with MJPEG, through Chromium to the server.
STRETCHED = {
    (64, 64, 64): (55, 55, 55),
    (128, 128, 128): (130, 130, 130),
    (192, 192, 192): (204, 204, 204),
    (255, 255, 255): (255, 255, 255),
    (224, 172, 140): (241, 180, 144),
    (110, 70, 50): (109, 62, 39),
}


@pytest.mark.parametrize("sent, arrives", STRETCHED.items(), ids=map(str, STRETCHED))
def test_levels_of_mjpeg_are_stretched_as_measured(sent, arrives):
    flat = np.full((64, 64, 3), sent, np.uint8)
    assert through_camera(flat, stretched=True).mean((0, 1)) == pytest.approx(arrives, abs=6)
    assert through_camera(flat).mean((0, 1)) == pytest.approx(sent, abs=6), "raw ones are not"
