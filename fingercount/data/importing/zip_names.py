"""Names of a zip's entries: with / for \\, and in the code that they were written in."""

import re
import stat
import unicodedata
import zipfile
from collections.abc import Sequence
from zipfile import ZipInfo

_UTF8_FLAG = 0x800
# What Windows packs names in where it does not say UTF-8: by country. The first that makes
# letters of all signs is taken; cp437 is what the standard says, and what Python has read.
_CODES = ("cp437", "cp850", "cp866", "cp932", "gbk", "cp949", "cp1251", "cp1252")


def entry_names(infos: Sequence[ZipInfo]) -> tuple[list[str], str | None]:
    """Return the entries' names as posix paths, and the code that was guessed (None: none was).

    Windows' own packer once wrote "two\\1.jpg"; what such a path leads to is checked by the reader.
    """
    names = [info.orig_filename for info in infos]
    old = [
        n
        for n, info in enumerate(infos)
        if not info.flag_bits & _UTF8_FLAG and not info.orig_filename.isascii()
    ]
    code = None
    if old:
        raw = [names[n].encode("cp437", "replace") for n in old]
        code = _code_of(raw)
        for n, data in zip(old, raw):
            names[n] = data.decode(code, "replace")
    return [name.replace("\\", "/") for name in names], None if code == "utf-8" else code


def _code_of(raw: list[bytes]) -> str:
    """Return the code in which all names are text: UTF-8 if they are, else the likeliest."""
    for code in ("utf-8", *_CODES):
        try:
            text = "".join(data.decode(code) for data in raw)
        except UnicodeDecodeError:
            continue
        if code == "utf-8" or all(map(_is_letter, (s for s in text if not s.isascii()))):
            return code
    return "cp437"


def _is_letter(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "LM" and not "\uff61" <= sign <= "\uff9f"


def is_unsafe(name: str) -> bool:
    """Return whether an entry could be written outside the folder it is unpacked to."""
    absolute = name.startswith("/") or re.match(r"[A-Za-z]:", name)
    return bool(absolute) or "\0" in name or ".." in name.split("/")


def is_special(info: zipfile.ZipInfo) -> bool:
    """Return whether an entry is a link or a device instead of a file or folder."""
    kind = stat.S_IFMT(info.external_attr >> 16)
    return kind not in (0, stat.S_IFREG, stat.S_IFDIR)
