"""Read any photo as upright 8-bit RGB, and the few things done with a photo's bytes."""

import contextlib
import hashlib
import io
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, UnidentifiedImageError

from fingercount.errors import FingercountError
from fingercount.imaging.file_types import HEAD, is_avif, is_heif, kind_of_bytes
from fingercount.imaging.location import without_location
from fingercount.imaging.types import RGB, UInt8Array

MAX_PIXELS = 100_000_000  # 300 MB once unpacked; above what any phone saves by default
MAX_SIDE = 65_535  # as in a JPEG; a row of a hundred million takes a decoder many times its size
MAX_STORED_SIDE = 4096  # larger photos only cost time: the network looks at a few hundred pixels

# Named one by one, so that no file reaches a decoder that starts other programs (EPS does).
_FORMATS = ("JPEG", "PNG", "BMP", "DIB", "GIF", "WEBP", "TIFF", "PPM", "AVIF", "HEIF")
_GPS = 0x8825  # where EXIF says where a photo was taken
_COMMON = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")  # how a JPEG and a PNG begin
_LOSSLESS = ("PNG", "BMP", "DIB", "GIF", "TIFF", "PPM")


def read_image(source: Path | bytes) -> RGB:
    """Return a photo as uint8 RGB [H, W, 3], upright, whatever its file's type, size and mode.

    Transparent parts become white, 16 bits become 8, and of an animation the first picture is read.

    Raises:
        FingercountError: naming the file, if it is not a photo, broken, or far too large.
    """
    data, name = _bytes_of(source)
    with _decoding(name):
        return np.array(_upright_rgb(_open(data, name)))  # a copy: PIL's own cannot be written to


def read_rgba(source: Path | bytes) -> UInt8Array:
    """Return a picture as uint8 RGBA [H, W, 4]: opacity 255 everywhere if it has none.

    Raises:
        FingercountError: as `read_image`.
    """
    data, name = _bytes_of(source)
    with _decoding(name):
        return np.array(_open(data, name).convert("RGBA"))


class PlainPhoto(NamedTuple):
    """A photo as it is stored: the file's bytes, their suffix, and what they show."""

    data: bytes
    suffix: str  # ".jpg" or ".png"
    rgb: RGB


def plain_photo(
    source: Path | bytes, name: str | None = None, *, keep_location: bool = False
) -> PlainPhoto:
    """Return what to store of a photo.

    A plain upright RGB JPEG or PNG of at most 4096 pixels a side keeps its bytes; everything else
    is converted, lossless types to PNG and the others to JPEG. The whole photo is decoded, so a
    broken one never gets in. Where it was taken is taken out of either.

    Args:
        source: a file or its bytes.
        name: what to call it in an error.
        keep_location: whether the place stays in.

    Raises:
        FingercountError: as `read_image`.
    """
    data, own_name = _bytes_of(source)
    name = name or own_name
    with _decoding(name):
        image = _open(data, name)
        kind = image.format
        plain = _is_plain(image, data)
        upright = _upright_rgb(image)
        if plain:
            data = data if keep_location else without_location(data)
            return PlainPhoto(data, ".jpg" if kind == "JPEG" else ".png", np.asarray(upright))
        upright.thumbnail((MAX_STORED_SIDE, MAX_STORED_SIDE), Image.Resampling.LANCZOS)
        rgb = np.asarray(upright)
        clean = Image.fromarray(rgb)  # nothing of what was written about the photo comes along
        about = {"exif": place} if keep_location and (place := _place(image)) else {}
        if kind in _LOSSLESS:
            return PlainPhoto(_encode(clean, "PNG", **about), ".png", rgb)
        options = {"quality": 95, "subsampling": 0, **about}
        return PlainPhoto(_encode(clean, "JPEG", **options), ".jpg", rgb)


def encode_jpeg(rgb: RGB, quality: int = 95) -> bytes:
    """Return uint8 RGB [H, W, 3] as JPEG bytes, colours at full resolution (4:4:4)."""
    return _encode(Image.fromarray(rgb), "JPEG", quality=quality, subsampling=0)


def content_hash(data: bytes) -> str:
    """Return the first 16 hex digits of the SHA-256 of a file's bytes."""
    return hashlib.sha256(data).hexdigest()[:16]


def _bytes_of(source: Path | bytes) -> tuple[bytes, str]:
    if isinstance(source, bytes | bytearray | memoryview):
        return bytes(source), "The photo"
    path = Path(source)
    try:
        return path.read_bytes(), str(path)
    except FileNotFoundError as error:
        raise FingercountError(f"{path} does not exist; check the path.") from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise FingercountError(f"{path} cannot be read: {reason}.") from error


@contextlib.contextmanager
def _decoding(name: str) -> Iterator[None]:
    """Turn whatever a decoder throws at broken bytes into one line of advice."""
    try:
        yield
    except FingercountError:
        raise
    except MemoryError as error:
        raise FingercountError(f"{name} is too large for this machine's memory.") from error
    except Exception as error:  # decoders raise nearly every type there is
        raise FingercountError(
            f"{name} is broken: {_first_line(error)}. Leave it out or save it again as JPEG."
        ) from error


def _first_line(error: Exception) -> str:
    text = str(error).strip().splitlines()
    return text[0].rstrip(".") if text else type(error).__name__


def _open(data: bytes, name: str) -> Image.Image:
    """Return the opened, not yet decoded photo; its size is checked before any pixel is made."""
    if not data:
        raise FingercountError(f"{name} is empty (0 bytes); leave it out or save it again.")
    if data.startswith(_COMMON):
        Image.preinit()
    else:
        Image.init()  # loads all decoders once, which takes longer than to read a small photo
    if is_heif(data):
        _know_heif(name)
    elif is_avif(data) and "AVIF" not in Image.OPEN:
        raise FingercountError(
            f"{name} is an AVIF photo, which Pillow cannot read here; save it as JPEG."
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            known = [name for name in _FORMATS if name in Image.OPEN]
            image = Image.open(io.BytesIO(data), formats=known)
    except Image.DecompressionBombError as error:
        raise _too_large(name) from error
    except UnidentifiedImageError as error:
        if kind_of_bytes(data[:HEAD]) == "video":
            raise FingercountError(f"{name} is a video, not a photo; import it.") from error
        raise FingercountError(
            f"{name} is not a photo that can be read; save it as JPEG or PNG."
        ) from error
    if image.width * image.height > MAX_PIXELS:
        raise _too_large(name)
    if max(image.size) > MAX_SIDE:
        raise FingercountError(
            f"{name} is {image.width:,} by {image.height:,} pixels, which is no photo; leave it "
            "out."
        )
    return image


def _know_heif(name: str) -> None:
    """Let Pillow open HEIC photos, which it does not by itself."""
    if "HEIF" in Image.OPEN:
        return
    try:
        import pi_heif
    except ImportError as error:
        raise FingercountError(
            f"{name} is a HEIC photo, and pi-heif, which reads it, is not installed; save it as "
            "JPEG, or install pi-heif."
        ) from error
    pi_heif.register_heif_opener()


def _place(image: Image.Image) -> bytes | None:
    """Return the EXIF of a photo that says where it was taken, to be kept; None without any."""
    exif = Image.Exif()
    exif[_GPS] = dict(image.getexif().get_ifd(_GPS))
    return exif.tobytes() if exif[_GPS] else None


def _too_large(name: str) -> FingercountError:
    return FingercountError(
        f"{name} has more than {MAX_PIXELS // 1_000_000} million pixels; save it smaller."
    )


def _is_plain(image: Image.Image, data: bytes) -> bool:
    sixteen_bit = image.format == "PNG" and data[24] > 8  # PIL calls 16-bit colour "RGB" too
    return (
        image.format in ("JPEG", "PNG")
        and image.mode == "RGB"
        and not sixteen_bit
        and not image.has_transparency_data
        and getattr(image, "n_frames", 1) == 1
        and _orientation(image) == 1
        and max(image.size) <= MAX_STORED_SIDE
    )


def _orientation(image: Image.Image) -> int:
    with contextlib.suppress(Exception):  # a broken EXIF block does not make the photo broken
        turned: int = image.getexif().get(0x0112, 1)
        return turned
    return 1


def _upright_rgb(image: Image.Image) -> Image.Image:
    image.load()
    if _orientation(image) != 1:
        image = ImageOps.exif_transpose(image)
    if image.mode.startswith(("I", "F")):
        return Image.fromarray(_eight_bits(np.asarray(image))).convert("RGB")
    if image.has_transparency_data:
        front = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", front.size, "white"), front).convert("RGB")
    return image.convert("RGB")


def _eight_bits(grey: npt.NDArray[Any]) -> UInt8Array:
    """Return deep grey values as 0..255: floats up to 1 and 16-bit numbers by their full range."""
    values = np.nan_to_num(grey.astype(np.float64))
    if grey.dtype.kind == "f" and values.max(initial=0) <= 1:
        scale = 255.0
    elif grey.dtype.itemsize == 2 or values.max(initial=0) > 255:
        scale = 1 / 257  # 65535 -> 255
    else:
        scale = 1.0
    return np.clip(np.rint(values * scale), 0, 255).astype(np.uint8)


def _encode(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()
