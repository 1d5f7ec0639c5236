"""Take the location out of a photo's file without touching its picture: EXIF, XMP and IPTC.

    data = without_location(data)     # the same bytes if they held no location

Phones write where a photo was taken. Sharing a data set should not reveal where people live.
"""

import re
import struct
import zlib
from collections.abc import Iterator

_GPS = 0x8825
_EXIF = b"Exif\0\0"
_XMP = (b"http://ns.adobe.com/xap/1.0/\0", b"http://ns.adobe.com/xmp/extension/\0")
_PNG = b"\x89PNG\r\n\x1a\n"
# Words of XMP, and fields of IPTC (city, place, state, country), that say where.
_SAYS_WHERE = re.compile(
    rb"GPS|Location|photoshop:(City|State|Country)|\x1c\x02[\x5a\x5c\x5f\x64\x65]"
)
_TEXT_CHUNKS = (b"tEXt", b"zTXt", b"iTXt")


def without_location(data: bytes) -> bytes:
    """Return a JPEG's or PNG's bytes without their location; others as they are."""
    try:
        if data.startswith(b"\xff\xd8"):
            return _jpeg(data)
        if data.startswith(_PNG):
            return _png(data)
    except (struct.error, IndexError, zlib.error):  # not as it should be, though decoders accept it
        return data
    return data


def _jpeg(data: bytes) -> bytes:
    parts, changed, at = [data[:2]], False, 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != 0xDA:
        if data[at + 1] == 0xFF:  # padding
            parts.append(data[at : at + 1])
            at += 1
            continue
        marker, length = data[at + 1], struct.unpack(">H", data[at + 2 : at + 4])[0]
        segment = data[at : at + 2 + length]
        body = segment[4:]
        at += 2 + length
        if marker == 0xE1 and body.startswith(_EXIF):
            tiff = _tiff(body[len(_EXIF) :])
            new = segment[: 4 + len(_EXIF)] + tiff
        elif (marker == 0xE1 and body.startswith(_XMP)) or marker == 0xED:
            new = b"" if _SAYS_WHERE.search(body) else segment
        else:
            new = segment
        changed |= new != segment
        parts.append(new)
    return b"".join([*parts, data[at:]]) if changed else data


def _png(data: bytes) -> bytes:
    parts, changed = [data[:8]], False
    for kind, body, chunk in _chunks(data):
        new = chunk
        if kind == b"eXIf":
            tiff = _tiff(body)
            if tiff != body:
                crc = struct.pack(">I", zlib.crc32(kind + tiff))
                new = chunk[:8] + tiff + crc
        elif kind in _TEXT_CHUNKS and _text_says_where(kind, body):
            new = b""
        changed |= new != chunk
        parts.append(new)
    return b"".join(parts) if changed else data


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    at = 8
    while at < len(data):
        if at + 12 > len(data):
            yield b"", b"", data[at:]
            return
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        yield kind, data[at + 8 : at + 8 + length], data[at : at + 12 + length]
        at += 12 + length


def _text_says_where(kind: bytes, body: bytes) -> bool:
    name, _, rest = body.partition(b"\0")
    if name.startswith(b"Raw profile type"):  # EXIF or IPTC as text, by ImageMagick
        return True
    if kind == b"zTXt" or (kind == b"iTXt" and rest[:1] == b"\1"):
        packed = rest[1:] if kind == b"zTXt" else rest[2:].split(b"\0", 2)[-1]
        rest = zlib.decompressobj().decompress(packed, 1_000_000)
    return bool(_SAYS_WHERE.search(name + b" " + rest))


def _tiff(block: bytes) -> bytes:
    """Return an EXIF block without its GPS part; all else stays where it is, byte for byte."""
    order = {b"II": "<", b"MM": ">"}.get(block[:2])
    if order is None:
        return block
    raw = bytearray(block)

    def number(at: int, size: str) -> int:
        value: int = struct.unpack_from(order + size, raw, at)[0]
        return value

    first = number(4, "I")
    count = number(first, "H")
    for n in range(count):
        entry = first + 2 + 12 * n
        if number(entry, "H") != _GPS:
            continue
        _wipe_directory(raw, order, number(entry + 8, "I"))
        end = first + 2 + 12 * count
        raw[entry : end - 12] = raw[entry + 12 : end]  # the entries after it move up
        raw[end - 12 : end] = raw[end : end + 4] + bytes(8)  # with where the next directory is
        struct.pack_into(order + "H", raw, first, count - 1)
        return bytes(raw)
    return block


def _wipe_directory(raw: bytearray, order: str, at: int) -> None:
    """Overwrite a directory and the values that it points to with zeros."""
    sizes = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
    count = struct.unpack_from(order + "H", raw, at)[0]
    for n in range(count):
        _, kind, many, value = struct.unpack_from(order + "HHII", raw, at + 2 + 12 * n)
        size = sizes.get(kind, 1) * many
        if size > 4 and value + size <= len(raw):
            raw[value : value + size] = bytes(size)
    end = min(len(raw), at + 2 + 12 * count + 4)
    raw[at:end] = bytes(end - at)
