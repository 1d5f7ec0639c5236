"""What a file is, by its first bytes, or by its name if that says more or costs less."""

import re
from functools import lru_cache
from posixpath import splitext

IMAGE_SUFFIXES = frozenset(
    [
        ".jpg",
        ".jpeg",
        ".jpe",
        ".jfif",
        ".mpo",
        ".png",
        ".apng",
        ".bmp",
        ".dib",
        ".gif",
        ".webp",
        ".tif",
        ".tiff",
        ".ppm",
        ".pgm",
        ".pnm",
        ".heic",
        ".heif",
        ".hif",
        ".avif",
    ]
)
VIDEO_SUFFIXES = frozenset(
    [
        ".mp4",
        ".m4v",
        ".mov",
        ".avi",
        ".mkv",
        ".webm",
        ".3gp",
        ".3g2",
        ".mpg",
        ".mpeg",
        ".wmv",
        ".mts",
        ".m2ts",
        ".mjpeg",
        ".y4m",
        ".ogv",
    ]
)
RAW_SUFFIXES = frozenset(  # what cameras save beside or instead of a JPEG
    [".dng", ".cr2", ".cr3", ".nef", ".arw", ".raf", ".orf", ".rw2", ".pef", ".srw", ".raw"]
)
ARCHIVE_SUFFIXES = frozenset([".zip", ".tm", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar"])
# What is taken, and what gets advice (a raw photo, an archive): an upload lets all of it through.
KNOWN_SUFFIXES = (
    IMAGE_SUFFIXES | VIDEO_SUFFIXES | RAW_SUFFIXES | ARCHIVE_SUFFIXES | {".jpg_large", ".png_large"}
)
# Browsers and Twitter save "a.jpg_large", "a.jpg!d", "a.jpeg~orig".
_NEARLY = re.compile(r"\.(jpe?g|png|webp)[^a-z0-9.][^.]*", re.IGNORECASE)

_HEIF = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_AVIF = (b"avif", b"avis")
_PHOTO = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"II*\0", b"MM\0*")
_VIDEO = (b"\x1aE\xdf\xa3", b"\0\0\1\xba", b"\0\0\1\xb3", b"OggS", b"YUV4MPEG2 ")
_ARCHIVE = (b"PK\3\4", b"PK\5\6", b"\x1f\x8b", b"7z\xbc\xaf\x27\x1c", b"Rar!", b"BZh", b"\xfd7zXZ")
HEAD = 300  # bytes that suffice


def is_photo_name(name: str) -> bool:
    """Return whether a file's name is that of a photo that can be read."""
    return _is_photo_suffix(splitext(name)[1])


@lru_cache(maxsize=4096)
def _is_photo_suffix(suffix: str) -> bool:
    suffix = suffix.lower()
    return suffix in IMAGE_SUFFIXES or bool(_NEARLY.fullmatch(suffix))


def kind_of_name(name: str) -> str | None:
    """Return "photo", "video", "raw" or "archive", None if a name says none of them."""
    suffix = splitext(name)[1].lower()
    for kind, suffixes in (
        ("video", VIDEO_SUFFIXES),
        ("raw", RAW_SUFFIXES),
        ("archive", ARCHIVE_SUFFIXES),
    ):
        if suffix in suffixes:
            return kind
    return "photo" if is_photo_name(name) else None


def kind_of_bytes(head: bytes) -> str | None:
    """Return "photo", "video" or "archive" by a file's first bytes, None for any other."""
    if head[4:8] == b"ftyp":
        return "photo" if head[8:12] in _HEIF + _AVIF else "video"
    if head[:4] == b"RIFF":
        return {b"WEBP": "photo", b"AVI ": "video"}.get(head[8:12])
    if head.startswith(_PHOTO) or re.match(rb"P[1-6]\s", head):
        return "photo"
    if head[:2] == b"BM" and head[6:10] == b"\0\0\0\0":
        return "photo"
    if head.startswith(_VIDEO):
        return "video"
    return "archive" if head.startswith(_ARCHIVE) or head[257:262] == b"ustar" else None


def is_heif(head: bytes) -> bool:
    """Return whether a file is a HEIC photo, as iPhones save."""
    return head[4:8] == b"ftyp" and head[8:12] in _HEIF


def is_avif(head: bytes) -> bool:
    """Return whether a file is an AVIF photo, as browsers save."""
    return head[4:8] == b"ftyp" and head[8:12] in _AVIF
