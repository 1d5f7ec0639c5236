"""Clips as frames with times."""

import gc
import struct

import av
import numpy as np
import pytest
from PIL import Image

from fingercount.errors import FingercountError
from fingercount.imaging.video import clip_frames


def write_video(path, colours, fps=25, codec="libx264"):
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=fps)
        stream.width, stream.height = 64, 48
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        for colour in colours:
            rgb = np.broadcast_to(np.uint8(colour), (48, 64, 3))
            for packet in stream.encode(av.VideoFrame.from_ndarray(rgb, "rgb24")):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
    return path


@pytest.mark.parametrize(
    "name, codec", [("a.mp4", "libx264"), ("a.mkv", "libx264"), ("a.mjpeg", "mjpeg")]
)
def test_every_frame_of_a_clip_is_read_with_its_time(tmp_path, name, codec):
    path = write_video(tmp_path / name, [n * 8 for n in range(30)], codec=codec)
    read = list(clip_frames(path))
    assert len(read) == 30
    assert read[0][0] == 0
    assert np.diff([now for now, _ in read]) == pytest.approx(1 / 25, abs=2e-3)
    brightness = [frame.mean() for _, frame in read]
    assert read[0][1].shape == (48, 64, 3) and np.all(np.diff(brightness) > 0)


@pytest.mark.parametrize(
    "matrix, top",
    [
        pytest.param((1, 0, 0, 1), "first", id="upright"),
        # Displayed x and y of the stored right and down, as a phone held upright writes them.
        pytest.param((0, 1, -1, 0), "left", id="a quarter clockwise"),
        pytest.param((0, -1, 1, 0), "right", id="a quarter counterclockwise"),
        pytest.param((-1, 0, 0, -1), "last", id="upside down"),
        pytest.param((-1, 0, 0, 1), "first", id="mirrored"),
        pytest.param((0, 1, 1, 0), "left", id="mirrored on its side"),
    ],
)
def test_a_clip_stands_upright(tmp_path, matrix, top):
    sides = {"first": np.s_[:12], "last": np.s_[-12:], "left": np.s_[:, :12]}
    sides["right"] = np.s_[:, -12:]
    rgb = np.zeros((48, 64, 3), np.uint8)
    rgb[sides[top]] = 255
    path = write_video(tmp_path / "a.mp4", [rgb])
    raw = path.read_bytes()
    a, b, c, d = (int(n) * 0x10000 for n in matrix)
    turned = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 0x40000000)
    straight = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    place = raw.index(straight, raw.index(b"tkhd"))
    path.write_bytes(raw[:place] + turned + raw[place + 36 :])
    ((_, frame),) = clip_frames(path)
    assert frame.shape == ((48, 64, 3) if matrix[0] else (64, 48, 3))
    assert frame[:10].mean() > 200 and frame[20:].mean() < 60


def test_frames_go_without_the_garbage_collector(tmp_path):
    path = write_video(tmp_path / "a.mp4", range(60))
    gc.collect()
    gc.disable()
    try:
        most = 0
        for _ in clip_frames(path):
            most = max(
                most, sum(isinstance(one, av.VideoFrame) for one in gc.get_objects(generation=0))
            )
    finally:
        gc.enable()
    assert most < 20


def test_what_a_clip_says_besides_does_not_matter(tmp_path):
    """Cameras write EXIF into each frame, which PyAV has no name for."""
    exif = Image.Exif()
    exif[0x010F] = "a camera"
    with (tmp_path / "a.mjpeg").open("wb") as file:
        for shade in (40, 200):
            Image.new("RGB", (64, 48), (shade,) * 3).save(file, "JPEG", exif=exif)
    frames = [frame for _, frame in clip_frames(tmp_path / "a.mjpeg")]
    assert [frame.shape for frame in frames] == [(48, 64, 3)] * 2
    assert frames[0].mean() < 60 < 180 < frames[1].mean()


@pytest.mark.parametrize(
    "content, advice",
    [(None, "no video file"), (b"", "not a video"), (b"not a video at all" * 99, "not a video")],
    ids=["missing", "empty", "foreign"],
)
def test_what_is_no_video_is_advice(tmp_path, content, advice):
    path = tmp_path / "a.mp4"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(FingercountError, match=advice):
        list(clip_frames(path))


def test_a_clip_that_breaks_off_tells_what_it_has(tmp_path):
    path = write_video(tmp_path / "a.mkv", [n * 8 for n in range(30)])
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 2 // 3])
    assert 1 <= len(list(clip_frames(path))) < 30


def test_clips_put_together_go_on_in_time(tmp_path):
    """Recorders cut into parts of which each begins at nought; together they are one file."""
    part = write_video(tmp_path / "part.ts", [n * 8 for n in range(30)], codec="libx264")
    (tmp_path / "both.ts").write_bytes(part.read_bytes() * 2)
    times = [now for now, _ in clip_frames(tmp_path / "both.ts")]
    assert len(times) > 50 and np.all(np.diff(times) > 0)
    assert times[-1] == pytest.approx(2 * 30 / 25, abs=0.2)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_still_is_called_a_still(tmp_path, kind):
    path = tmp_path / f"a.{kind.lower()}"
    Image.new("RGB", (64, 48)).save(path)
    with pytest.raises(FingercountError) as told:
        next(clip_frames(path))
    assert str(told.value).startswith(f"{path} is a still photo")


def test_a_clip_is_read_from_an_open_file(tmp_path):
    path = write_video(tmp_path / "a.mp4", [n * 8 for n in range(5)])
    with path.open("rb") as file:
        assert len(list(clip_frames(file, "one/a.mp4"))) == 5
