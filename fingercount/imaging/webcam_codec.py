"""A picture as it arrives from a browser: colours at half the resolution, compressed as video.

arrived = through_camera(rgb)                  # uint8 RGB [H, W, 3] -> the same shape
arrived = through_camera(rgb, stretched=True)  # from a webcam that sends MJPEG

Many webcams send MJPEG, whose levels reach from 0 to 255. Chromium hands them to its video encoder
as they are, where 16 to 235 is meant, and so contrast comes out 16 % stronger: measured there, 64
becomes 55, 128 stays 130, 192 becomes 204, and skin of (224, 172, 140) becomes (241, 180, 144).
Cameras that send raw pictures are within a level.
"""

from fractions import Fraction
from typing import Final, cast

import av
import numpy as np

from fingercount.imaging.types import RGB

SIZE = (640, 480)  # width and height of a webcam's frame
CODEC: Final = "libvpx"  # VP8, which browsers offer first
BIT_RATE = 1_000_000  # a browser begins lower and climbs higher
FRAMES_PER_SECOND = 30
FRAMES = 6  # a still picture has settled by then: 0.2 seconds


def through_camera(rgb: RGB, stretched: bool = False) -> RGB:
    """Return a picture as it is after being sent by a browser: uint8 RGB [H, W, 3] -> [H, W, 3].

    It is shown still in the middle of a webcam's frame, or of a larger one where it is larger. The
    rest of the frame is its mirror image, so that it takes its share of the bits, as a room does.

    Args:
        rgb: the picture.
        stretched: whether its levels are taken for others, as those of MJPEG are.
    """
    height, width = rgb.shape[:2]
    frame, top, left = in_frame(rgb)
    return compress(frame, stretched)[top : top + height, left : left + width].copy()


def in_frame(rgb: RGB) -> tuple[RGB, int, int]:
    """Return (frame, top, left): a frame of even sides with the picture in it at that place."""
    height, width = rgb.shape[:2]
    rows, columns = max(SIZE[1], height + height % 2), max(SIZE[0], width + width % 2)
    top, left = (rows - height) // 2, (columns - width) // 2
    around = ((top, rows - height - top), (left, columns - width - left), (0, 0))
    return np.pad(rgb, around, mode="symmetric"), top, left


def compress(frame: RGB, stretched: bool = False) -> RGB:
    """Return the last of some frames of a still video: uint8 RGB [H, W, 3], even sides."""
    encoder, decoder = av.CodecContext.create(CODEC, "w"), av.CodecContext.create("vp8", "r")
    encoder.height, encoder.width = frame.shape[:2]
    encoder.pix_fmt, encoder.bit_rate = "yuv420p", BIT_RATE
    encoder.time_base = Fraction(1, FRAMES_PER_SECOND)
    encoder.framerate = Fraction(FRAMES_PER_SECOND)
    encoder.options = {"deadline": "realtime", "cpu-used": "6", "lag-in-frames": "0"}
    levels = "JPEG" if stretched else "MPEG"
    sent = av.VideoFrame.from_ndarray(frame, "rgb24").reformat(
        format="yuv420p", dst_color_range=levels
    )
    packets = []
    for time in range(FRAMES):
        sent.pts = time
        packets += encoder.encode(sent)
    packets += encoder.encode(None)
    arrived = [picture for packet in packets for picture in decoder.decode(packet)]
    arrived += decoder.decode(None)
    return cast(RGB, arrived[-1].to_ndarray(format="rgb24"))
