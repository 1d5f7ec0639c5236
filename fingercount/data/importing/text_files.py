"""The text of small files that other programs wrote, whatever their code."""

import codecs

from fingercount.errors import FingercountError


def decode(data: bytes) -> str:
    """Return the text of a file in UTF-8, UTF-16 (as Excel's "Unicode text") or Windows' cp1252.

    Raises:
        FingercountError: where it is no text.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        codes = ["utf-16"]
    elif b"\0" in data[:200]:  # without a mark: every other byte of plain letters is nought
        codes = ["utf-16-le" if data[1:2] == b"\0" else "utf-16-be"]
    else:
        codes = ["utf-8-sig", "cp1252", "latin-1"]
    for code in codes:
        try:
            text = data.decode(code)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise FingercountError("It is no text; save it as CSV in UTF-8.")


def delimiter_of(text: str) -> str:
    """Return what parts the cells of a CSV: a tab, a semicolon or a comma, by its first line."""
    first = text.partition("\n")[0]
    return max(",;\t", key=lambda sign: (first.count(sign), sign == ","))
