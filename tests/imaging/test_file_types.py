import io

import pytest
from PIL import Image

from fingercount.imaging.file_types import is_photo_name, kind_of_bytes, kind_of_name


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF", "PPM", "AVIF"])
def test_photos_are_known_by_their_first_bytes(kind):
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, kind)
    assert kind_of_bytes(buffer.getvalue()[:300]) == "photo"


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\0\0\0\x20ftypisom", "video"),
        (b"\0\0\0\x18ftypheic", "photo"),
        (b"RIFF\0\0\0\0AVI ", "video"),
        (b"RIFF\0\0\0\0WAVE", None),
        (b"PK\3\4", "archive"),
        (b"a text", None),
        (b"", None),
    ],
)
def test_other_files(head, kind):
    assert kind_of_bytes(head) == kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.JPE", "photo"),
        ("a.jpg_large", "photo"),
        ("a.jpg!d", "photo"),
        ("a.MOV", "video"),
        ("a.dng", "raw"),
        ("a.tar.gz", "archive"),
        ("a.txt", None),
        ("jpg", None),
    ],
)
def test_names(name, kind):
    assert kind_of_name(name) == kind and is_photo_name(name) == (kind == "photo")
