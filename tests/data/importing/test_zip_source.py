"""Zips: hostile ones are refused, odd ones are read, and the rest is advice."""

import stat
import struct
import tarfile
import zipfile

import numpy as np
import pytest

from fingercount.data.importing import zip_source
from fingercount.data.importing.importer import import_photos
from fingercount.data.importing.sources import open_source
from fingercount.errors import FingercountError
from fingercount.imaging.read import encode_jpeg
from tests.conftest import draw


def write_zip(path, entries, compression=zipfile.ZIP_DEFLATED):
    """Write (name or ZipInfo, bytes) pairs."""
    with zipfile.ZipFile(path, "w", compression) as file:
        for name, data in entries:
            file.writestr(name, data)
    return path


def link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


NOISE = np.random.default_rng(0).bytes(600_000)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        pytest.param("../evil.jpg", b"x", id="dots"),
        pytest.param("one/../../evil.jpg", b"x", id="dots-inside"),
        pytest.param("/etc/evil.jpg", b"x", id="absolute"),
        pytest.param("C:/evil.jpg", b"x", id="drive"),
        pytest.param("..\\evil.jpg", b"x", id="backslashes-that-climb"),
        pytest.param("\\\\host\\evil.jpg", b"x", id="backslashes-to-a-host"),
        pytest.param("C:\\evil.jpg", b"x", id="backslash-drive"),
        pytest.param(link("one/link.jpg"), b"/etc/passwd", id="symlink"),
        pytest.param("one/zeros.jpg", b"\0" * 51_000_000, id="too-large"),
        pytest.param("one/zeros.jpg", b"\0" * 1_000_000, id="too-dense"),
        pytest.param("notes.txt", b"\0" * 51_000_000, id="too-large-beside-the-photos"),
    ],
)
def test_hostile_zips_are_refused_whole(tmp_path, make_photos, name, data):
    photos = make_photos(n=1)
    entries = [
        (path.relative_to(photos).as_posix(), path.read_bytes()) for path in photos.rglob("*.jpg")
    ]
    file = write_zip(tmp_path / "evil.zip", [*entries, (name, data)])
    with pytest.raises(FingercountError, match="was not imported"):
        import_photos(file, tmp_path / "data")
    assert not (tmp_path / "data").exists()


def test_many_dense_entries_together_are_refused(tmp_path):
    file = write_zip(tmp_path / "dense.zip", [(f"one/{n}.jpg", b"\0" * 99_000) for n in range(50)])
    with pytest.raises(FingercountError, match="the whole"), open_source(file):
        pass


def test_a_clip_may_be_larger_than_a_photo(tmp_path, monkeypatch):
    monkeypatch.setattr(zip_source, "MAX_ENTRY_BYTES", 500_000)
    file = write_zip(tmp_path / "a.zip", [("one/a.mp4", NOISE)])
    with open_source(file) as source, source.open("one/a.mp4") as clip:
        assert clip.read(4) == NOISE[:4]
        clip.seek(-4, 2)  # a clip's index may be at its end
        assert clip.read() == NOISE[-4:]


def test_what_a_clip_really_unpacks_to_counts(tmp_path, monkeypatch):
    file = write_zip(tmp_path / "a.zip", [("one/a.mp4", NOISE)])
    with open_source(file) as source:
        monkeypatch.setattr(zip_source, "MAX_CLIP_BYTES", 500_000)  # as if the header had lied
        with (
            pytest.raises(zip_source.HostileArchiveError, match="as no clip does"),
            source.open("one/a.mp4"),
        ):
            pass


def test_what_an_entry_really_unpacks_to_counts(tmp_path, monkeypatch):
    file = write_zip(tmp_path / "a.zip", [("one/a.jpg", NOISE)])
    monkeypatch.setattr(zip_source, "MAX_ENTRY_BYTES", 700_000)
    with open_source(file) as source:
        monkeypatch.setattr(zip_source, "MAX_ENTRY_BYTES", 500_000)  # as if the header had lied
        with pytest.raises(zip_source.HostileArchiveError):
            source.read("one/a.jpg")


def test_a_header_that_lies_yields_no_more_than_it_says(tmp_path):
    file = write_zip(tmp_path / "a.zip", [("one/a.jpg", NOISE)], zipfile.ZIP_STORED)
    raw = bytearray(file.read_bytes())
    central = raw.rindex(b"PK\1\2")
    raw[central + 24 : central + 28] = struct.pack("<I", 10)
    file.write_bytes(raw)
    with open_source(file) as source, pytest.raises(FingercountError, match="damaged"):
        source.read("one/a.jpg")


def test_an_encrypted_zip_says_so(tmp_path):
    file = write_zip(tmp_path / "a.zip", [("one/a.jpg", NOISE)])
    raw = bytearray(file.read_bytes())
    raw[raw.rindex(b"PK\1\2") + 8] |= 1
    file.write_bytes(raw)
    with pytest.raises(FingercountError, match="encrypted"), open_source(file):
        pass


def test_backslashes_of_windows_are_slashes(tmp_path, make_photos):
    photos = make_photos(n=2)
    entries = [("hands\\", b"")] + [
        (f"hands\\{path.parent.name}\\{path.name}", path.read_bytes())
        for path in photos.rglob("*.jpg")
    ]
    result = import_photos(write_zip(tmp_path / "a.zip", entries), tmp_path / "data")
    assert result.by_label == {"one": 2, "two": 2, "three": 2}


@pytest.mark.parametrize(
    ("code", "name"),
    [("utf-8", "éclair"), ("cp437", "für"), ("cp932", "一つ"), ("gbk", "握拳"), ("cp866", "рука")],
)
def test_names_in_old_code_pages_are_read_and_told(tmp_path, code, name):
    photo = encode_jpeg(draw("one"))
    file = write_zip(tmp_path / "a.zip", [("x" * len(name.encode(code)) + "/1.jpg", photo)])
    raw = file.read_bytes().replace(b"x" * len(name.encode(code)), name.encode(code))
    file.write_bytes(raw)
    with open_source(file) as source:
        assert source.paths() == [f"{name}/1.jpg"]
        assert bool(source.notes) == (code != "utf-8")
        assert source.read(f"{name}/1.jpg") == photo


@pytest.mark.parametrize("suffix", [".tar.gz", ".tar", ".7z"])
def test_other_archives_are_named(tmp_path, suffix):
    file = tmp_path / f"hands{suffix}"
    if suffix == ".7z":
        file.write_bytes(b"7z\xbc\xaf\x27\x1c" + bytes(200))
    else:
        with tarfile.open(file, "w:gz" if suffix == ".tar.gz" else "w") as archive:
            archive.add(__file__, "one/a.py")
    with pytest.raises(FingercountError, match="another kind of archive"), open_source(file):
        pass


def test_zips_inside_a_zip_are_said(tmp_path):
    inner = write_zip(tmp_path / "one.zip", [("1.jpg", encode_jpeg(draw("one")))])
    outer = write_zip(tmp_path / "all.zip", [("one.zip", inner.read_bytes())])
    with pytest.raises(FingercountError, match=r"1 zip.*one\.zip.*Unpack"):
        import_photos(outer, tmp_path / "data")


@pytest.mark.parametrize("before", ["./", ".//", "photos/./"])
def test_entries_may_be_written_in_other_ways(tmp_path, make_photos, before):
    photos = make_photos(n=2)
    entries = [
        (before + path.relative_to(photos).as_posix(), path.read_bytes())
        for path in photos.rglob("*.jpg")
    ]
    assert import_photos(write_zip(tmp_path / "a.zip", entries), tmp_path / "data").added == 6


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA], ids=["bzip2", "lzma"])
def test_entries_that_unpack_all_at_once_are_listed(tmp_path, make_photos, method):
    """What such an entry unpacks to is known only when it fills the memory."""
    photos = sorted(make_photos(n=1).rglob("*.jpg"))
    file = tmp_path / "a.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for n, path in enumerate(photos):
            kind = method if n == 0 else zipfile.ZIP_DEFLATED
            archive.write(path, f"{path.parent.name}/{path.name}", kind)
    result = import_photos(file, tmp_path / "data")
    assert result.added == 2 and "packed in a way that cannot be read" in result.skipped[0][1]


def test_a_zip_of_a_later_version_is_advice(tmp_path):
    file = write_zip(tmp_path / "a.zip", [("two/a.jpg", b"x")])
    raw = bytearray(file.read_bytes())
    raw[raw.rindex(b"PK\1\2") + 6] = 99  # the version that it needs
    file.write_bytes(raw)
    with pytest.raises(FingercountError, match="not a zip that can be read"), open_source(file):
        pass


@pytest.mark.parametrize("data", [b"", b"I am a text", b"PK\3\4 and nothing more"])
def test_what_is_no_zip_says_so(tmp_path, data):
    file = tmp_path / "hands.zip"
    file.write_bytes(data)
    with pytest.raises(FingercountError, match="not a zip"), open_source(file):
        pass
