import base64
import io
import struct
import sys
import zlib

import numpy as np
import pytest
from PIL import Image

from fingercount.errors import FingercountError
from fingercount.imaging.read import content_hash, encode_jpeg, plain_photo, read_image, read_rgba

GREY_RAMP = np.linspace(0, 255, 12 * 20).reshape(12, 20).astype(np.uint8)


def saved(image: Image.Image, kind: str = "PNG", **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def colour(size=(20, 12), rgb=(200, 30, 40)) -> Image.Image:
    return Image.new("RGB", size, rgb)


@pytest.mark.parametrize(
    ("image", "kind", "expected"),
    [
        pytest.param(colour(), "PNG", (200, 30, 40), id="rgb"),
        pytest.param(colour(), "BMP", (200, 30, 40), id="bmp"),
        pytest.param(colour(), "TIFF", (200, 30, 40), id="tiff"),
        pytest.param(colour().quantize(), "GIF", (200, 30, 40), id="palette"),
        pytest.param(Image.new("L", (20, 12), 90), "PNG", (90, 90, 90), id="grey"),
        pytest.param(Image.new("1", (20, 12), 1), "PNG", (255, 255, 255), id="black-and-white"),
        pytest.param(Image.new("RGBA", (20, 12), (9, 9, 9, 0)), "PNG", (255,) * 3, id="clear"),
        pytest.param(Image.new("LA", (20, 12), (9, 0)), "PNG", (255,) * 3, id="clear-grey"),
        pytest.param(colour().convert("CMYK"), "TIFF", (200, 30, 40), id="cmyk"),
    ],
)
def test_every_mode_becomes_rgb(image, kind, expected):
    rgb = read_image(saved(image, kind))
    assert rgb.shape == (12, 20, 3)
    assert rgb.dtype == np.uint8
    assert np.abs(rgb[5, 5].astype(int) - expected).max() <= 8


def test_sixteen_bits_are_scaled_not_cut():
    deep = Image.fromarray(GREY_RAMP.astype(np.uint16) * 257)
    assert np.abs(read_image(saved(deep))[..., 0].astype(int) - GREY_RAMP).max() <= 1


def test_orientation_flag_is_obeyed():
    exif = Image.Exif()
    exif[0x0112] = 6  # turn clockwise to be upright
    wide = colour((40, 20))
    wide.paste((0, 0, 255), (0, 0, 20, 20))
    rgb = read_image(saved(wide, "JPEG", exif=exif))
    assert rgb.shape == (40, 20, 3)
    assert rgb[5, 10, 2] > 200, "the left half of the file is the top of the picture"


def huge_png(width: int = 60_000, height: int = 60_000) -> bytes:
    """A few bytes that claim to be a picture of this size."""

    def chunk(name: bytes, body: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(name + body))
        return struct.pack(">I", len(body)) + name + body + checksum

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = (
        chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize(
    ("data", "advice"),
    [
        pytest.param(b"", "empty", id="empty"),
        pytest.param(b"hello, I am a text", "not a photo", id="text"),
        pytest.param(encode_jpeg(np.zeros((64, 64, 3), np.uint8))[:-300], "broken", id="cut-short"),
        pytest.param(huge_png(), "million pixels", id="bomb"),
        pytest.param(huge_png(90_000_000, 1), "which is no photo", id="one-row"),
        pytest.param(huge_png(1, 90_000_000), "which is no photo", id="one-column"),
        pytest.param(b"\0\0\0\x18ftypheic" + b"\0" * 20, "not a photo|broken", id="heic"),
        pytest.param(b"%!PS-Adobe-3.0 EPSF-3.0\n", "not a photo", id="postscript"),
    ],
)
def test_bad_files_are_one_line_of_advice_naming_the_file(tmp_path, data, advice):
    file = tmp_path / "hand.jpg"
    file.write_bytes(data)
    for read in (read_image, plain_photo):
        with pytest.raises(FingercountError, match=advice) as caught:
            read(file)
        assert "hand.jpg" in str(caught.value)
        assert "\n" not in str(caught.value)


def test_a_missing_file_says_so(tmp_path):
    with pytest.raises(FingercountError, match="does not exist"):
        read_image(tmp_path / "none.jpg")


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_plain_photos_keep_their_bytes(kind):
    data = saved(colour(), kind)
    kept, suffix, rgb = plain_photo(data)
    assert kept == data
    assert suffix == {"JPEG": ".jpg", "PNG": ".png"}[kind]
    assert rgb.shape == (12, 20, 3)


@pytest.mark.parametrize(
    ("image", "kind", "suffix"),
    [
        pytest.param(Image.fromarray(GREY_RAMP), "PNG", ".png", id="grey-png"),
        pytest.param(Image.fromarray(GREY_RAMP), "JPEG", ".jpg", id="grey-jpeg"),
        pytest.param(colour().convert("RGBA"), "PNG", ".png", id="alpha"),
        pytest.param(colour().convert("CMYK"), "JPEG", ".jpg", id="cmyk"),
        pytest.param(colour(), "BMP", ".png", id="bmp"),
        pytest.param(colour(), "WEBP", ".jpg", id="webp"),
        pytest.param(colour((4200, 8)), "PNG", ".png", id="too-wide"),
    ],
)
def test_others_become_plain_ones_that_look_the_same(image, kind, suffix):
    data = saved(image, kind)
    stored = plain_photo(data)
    assert stored.suffix == suffix
    assert plain_photo(stored.data).data == stored.data, "what is stored is plain"
    assert max(stored.rgb.shape) <= 4096
    if max(image.size) <= 4096:
        difference = np.abs(read_image(stored.data).astype(int) - read_image(data))
        assert difference.mean() < 4


def test_a_turned_photo_is_stored_upright():
    exif = Image.Exif()
    exif[0x0112] = 8
    stored = plain_photo(saved(colour((40, 20)), "JPEG", exif=exif))
    assert read_image(stored.data).shape == (40, 20, 3)
    assert Image.open(io.BytesIO(stored.data)).getexif().get(0x0112, 1) == 1


def test_jpegs_keep_colour_at_full_resolution():
    rgb = np.zeros((32, 32, 3), np.uint8)
    rgb[:, ::2] = (255, 0, 0)
    rgb[:, 1::2] = (0, 0, 255)
    seen = read_image(encode_jpeg(rgb)).astype(int)
    assert np.abs(seen - rgb).mean() < 12, "halved colours would blend the stripes"


def test_content_hash_is_the_start_of_the_files_sha256():
    assert content_hash(b"abc") == "ba7816bf8f01cfea"


def test_rgba_keeps_what_is_transparent(tmp_path):
    pixels = np.zeros((4, 6, 4), np.uint8)
    pixels[:, :3] = (10, 20, 30, 255)
    Image.fromarray(pixels).save(tmp_path / "thing.png")
    assert np.array_equal(read_rgba(tmp_path / "thing.png"), pixels)
    Image.fromarray(pixels[..., :3]).save(tmp_path / "plain.png")
    assert (read_rgba(tmp_path / "plain.png")[..., 3] == 255).all()
    with pytest.raises(FingercountError, match="not a photo that can be read"):
        read_rgba(b"no picture")


# 32 x 16 pixels, blue on the left and red on the right, written by pillow-heif 1.8.
HEIC = base64.b85decode(
    "0000SW^{RQXk}?*00000ZE0pPXk}?*ZE0a<0004eZDn*}000000000XXk=`10000000000aA{+700000000000000"
    "000000B57=IV*mgE07O6l0RRC200001pa1~?00000001@s001LtX>Mi!000000RR916=`l}WdZ;I000310BCk&F#r"
    "Gn01j|zbZr0t000010002|X>f9I0002oX>en20001WXm(>m0RwOV0058x000009`FGC{rLC*01pFT0096PKmiN^|N"
    "jGU00093kN^M!000939=ZZRVE_RDDMA4O18@KU0|1Z!00RI30{|YNAb|yz>aLpR;31&EfB*mtfB*mk0EA)y0RRR>0"
    "l{;@i2wiq6Ju{|a&BX6cmM$a4FCp!0000KX>)L8000000000$0000$0000eV{Bn?0000W000010000G00001|NsBs"
    "00002|NsBc000020000GaA|mH000000|*ER0000OX>e^}0000000001009Mo0s{qv0000!ZDe6|0000oC;_h-A#ze"
    "c?_H(8|H5eq_eQtiSvy(ZgCFVDa`XWeD`>UyqTgnKt9EDfD5mXht$+"
)


@pytest.mark.parametrize("kind", ["heic", "avif"])
def test_what_phones_and_browsers_save_is_read(kind):
    picture = colour((32, 16))
    picture.paste((0, 0, 255), (0, 0, 16, 16))
    data = HEIC if kind == "heic" else saved(picture, "AVIF")
    stored = plain_photo(data)
    assert stored.suffix == ".jpg" and stored.rgb.shape == (16, 32, 3)
    assert stored.rgb[8, 4, 2] > 180 > 80 > stored.rgb[8, 4, 0]
    assert stored.rgb[8, 28, 0] > 150 > 80 > stored.rgb[8, 28, 2]


def test_without_its_decoder_a_heic_photo_is_advice(monkeypatch):
    monkeypatch.delitem(Image.OPEN, "HEIF", raising=False)
    monkeypatch.setitem(sys.modules, "pi_heif", None)
    with pytest.raises(FingercountError, match=r"a HEIC photo.*JPEG"):
        read_image(HEIC)
    monkeypatch.delitem(Image.OPEN, "AVIF")
    with pytest.raises(FingercountError, match=r"an AVIF photo.*JPEG"):
        read_image(saved(colour(), "AVIF"))
