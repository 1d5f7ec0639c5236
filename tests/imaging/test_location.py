"""Where a photo was taken is taken out of its file, and nothing else."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from fingercount.imaging.location import without_location
from fingercount.imaging.read import plain_photo

GPS = 0x8825
XMP = '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description exif:GPSLatitude="48,8N"/></x:xmpmeta>'


def photo(kind: str = "JPEG", place: bool = True, order: str = "<", **options) -> bytes:
    exif = Image.Exif()
    exif.endian = order
    exif[0x010F] = "a camera"
    exif[0x0131] = "a program that has a long name"
    if place:
        exif[GPS] = {1: "N", 2: (48.0, 8.0, 30.123), 3: "E", 4: (11.0, 34.0, 9.5)}
    buffer = io.BytesIO()
    rng = np.random.default_rng(0)
    picture = Image.fromarray(rng.integers(0, 256, (24, 32, 3), np.uint8))
    picture.save(buffer, kind, exif=exif, **options)
    return buffer.getvalue()


def place_of(data: bytes) -> dict:
    return dict(Image.open(io.BytesIO(data)).getexif().get_ifd(GPS))


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("order", ["<", ">"])
def test_the_place_goes_and_the_rest_stays(kind, order):
    data = photo(kind, order=order)
    assert place_of(data)
    clean = without_location(data)
    assert not place_of(clean)
    exif = Image.open(io.BytesIO(clean)).getexif()
    assert (exif[0x010F], exif[0x0131]) == ("a camera", "a program that has a long name")
    assert GPS not in exif and len(clean) == len(data)
    before, after = (np.asarray(Image.open(io.BytesIO(d))) for d in (data, clean))
    assert np.array_equal(before, after)
    packed = struct.pack(order + "II", 30123, 1000)
    assert packed in data and packed not in clean, "the numbers themselves are gone"


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_photo_without_a_place_keeps_its_bytes(kind):
    data = photo(kind, place=False)
    assert without_location(data) == data
    assert plain_photo(data).data == data


def test_xmp_and_iptc_that_say_where_go():
    xmp = photo(place=False, xmp=XMP.encode())
    assert b"GPSLatitude" in xmp and b"GPSLatitude" not in without_location(xmp)
    about = PngInfo()
    about.add_itxt("XML:com.adobe.xmp", XMP, zip=True)
    about.add_text("Title", "my hand")
    png = photo("PNG", place=False, pnginfo=about)
    clean = Image.open(io.BytesIO(without_location(png)))
    clean.load()
    assert list(clean.text) == ["Title"]
    iptc = b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x0b\x1c\x02\x5a\0\x06Munich"
    segment = b"\xff\xed" + struct.pack(">H", len(iptc) + 2) + iptc
    data = photo(place=False)
    assert without_location(data[:2] + segment + data[2:]) == data


@pytest.mark.parametrize("cut", [3, 10, 30, 60, 90, 130])
def test_broken_blocks_stay_as_they_are_or_lose_the_place(cut):
    data = photo()
    assert isinstance(without_location(data[:cut]), bytes)
    wrong = data.replace(b"Exif\0\0II*\0\x08\0\0\0", b"Exif\0\0II*\0\xff\xff\0\0")
    assert without_location(wrong) == wrong


def test_stored_photos_have_no_place_unless_asked():
    for data in (photo(), photo("PNG"), photo("WEBP")):
        assert not place_of(plain_photo(data).data)
        assert place_of(plain_photo(data, keep_location=True).data)[2] == pytest.approx(
            (48.0, 8.0, 30.123)
        )
    assert zlib.crc32(plain_photo(photo()).data) != zlib.crc32(photo())
