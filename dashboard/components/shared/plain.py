"""Names and messages as plain text: in Markdown, a folder's name could fetch a picture from afar.

    st.caption(f"**{plain(label)}**")   # a name in a text of the page's own
    st.error(plain(error))              # a sentence of the package

Whatever is not written in the page itself goes through here: names of data sets, labels, files,
models, classes, sessions, people, and sentences in which they stand.
"""

import re

_ALWAYS = re.compile(r"([\\`*\[\]<>!|~$#])")
# Not inside words and paths, where they mean nothing: my_hands, https://, 10:30.
_SOMETIMES = re.compile(r"(?<!\w)_|_(?!\w)|:(?=[A-Za-z+-])|&(?=#?\w+;)")


def plain(text: object) -> str:
    """Return a text on one line, in which no Markdown is left."""
    line = " ".join(str(text).split())
    escaped = _ALWAYS.sub(r"\\\1", line)
    return _SOMETIMES.sub(lambda match: f"\\{match[0]}", escaped)
