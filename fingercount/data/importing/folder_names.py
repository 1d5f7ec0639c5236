"""What one folder's name means: a count, a person, a hand, a date, or that nothing was labelled."""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from fingercount.data.side_names import hinted_side
from fingercount.errors import FingercountError
from fingercount.labels import NONE, NOT_SURE, WORDS, canonical, clean_label, count_of
from fingercount.paths import LONGEST, is_part_of_letter

_SIGNS = {  # emoji that hold up a number of fingers beyond doubt
    "\u270a": "zero",
    "\u261d": "one",
    "\U0001f446": "one",
    "\u270c": "two",
    "\u270b": "five",
    "\U0001f590": "five",
}
_COPY = re.compile(
    r"(\s*\(\d+\)|\s*\[\d+\]|[\s_-]+(copy|copie|kopie|copia|kopi)(\s*\(?\d+\)?)?)+$", re.IGNORECASE
)
# Words beside a number that leave it a count: "2_fingers", "class_1". With others, as in "set_1"
# or "person_1", the number only tells folders apart.
_BESIDE_NUMBERS = frozenset(
    [
        "finger",
        "fingers",
        "class",
        "klasse",
        "classe",
        "clase",
        "label",
        "count",
        "number",
        "num",
        "nr",
        "no",
        "digit",
        "gesture",
        "sign",
        "left",
        "right",
        "l",
        "r",
        "up",
        "raised",
    ]
)
_AFTER_NUMBERS = _BESIDE_NUMBERS | frozenset(  # "1-samples" of a class that is named "1"
    [
        "sample",
        "samples",
        "image",
        "images",
        "img",
        "imgs",
        "photo",
        "photos",
        "pic",
        "pics",
        "picture",
        "pictures",
        "hand",
        "hands",
        "frame",
        "frames",
    ]
)
_BESIDE_WORDS = _AFTER_NUMBERS | frozenset(
    [
        "folder",
        "dir",
        "data",
        "set",
        "dataset",
        "crop",
        "crops",
        "cropped",
        "raw",
        "new",
        "all",
        "the",
        "of",
        "pose",
        "open",
        "held",
        "show",
        "showing",
        "inverted",
        "category",
        "cat",
    ]
)
_NO_HAND = _AFTER_NUMBERS | {"nohand", "nohands", NONE}
_UNLABELLED = re.compile(
    r"(un|non?|not|without|to|todo|needs?)[\W_]*(be)?[\W_]*"
    r"(label|class|sort|annotat|tag|categor|assign)\w*"
)
_HANDS = frozenset(
    [
        "left",
        "right",
        "l",
        "r",
        "lh",
        "rh",
        "lefthand",
        "righthand",
        "both",
        "links",
        "rechts",
        "front",
        "back",
    ]
)
_GENERIC = frozenset(
    [
        "image",
        "images",
        "img",
        "imgs",
        "photo",
        "photos",
        "pic",
        "pics",
        "picture",
        "pictures",
        "data",
        "dataset",
        "datasets",
        "frame",
        "frames",
        "raw",
        "jpg",
        "jpegs",
        "jpeg",
        "png",
        "rgb",
        "color",
        "colour",
        "crop",
        "crops",
        "cropped",
        "original",
        "originals",
        "sample",
        "samples",
        "file",
        "files",
        "dcim",
        "camera",
        "resized",
        "processed",
        "input",
        "output",
        "default",
        "full",
        "export",
        "import",
        "all",
        "download",
        "downloads",
        "screenshots",
        "media",
        "folder",
        "bilder",
        "fotos",
        "fichiers",
    ]
)
_PERSON = re.compile(
    r"(p|s|u|id|subj|subject|person|people|user|participant|signer|proband|actor|student|volunteer"
    r"|speaker|man|woman|child)[ _-]?\d+"
)
_DATE = re.compile(
    r"(19|20)\d\d[-_. ]?\d\d([-_. ]?\d\d([-_. t]+[\d_.:h-]+)?)?"
    r"|\d\d?[-_.]\d\d?[-_.](19|20)\d\d"
)
_OCCASION = re.compile(
    r"(session|sess|take|rec|recording|burst|run|day|round|video|clip|seq|sequence|batch|part|set|"
    r"fold|scene|light|room|cam|camera|view|group|hand|background|bg|collection|source)"
    r"[ _-]?(\d+|[a-z])?"
)


class Proposal(NamedTuple):
    """The label that a name stands for. strength: 3 a number word, 2 a number or a sign, 1 a name
    with a count in it."""

    label: str
    strength: int


@lru_cache(maxsize=4096)
def count_in(name: str) -> Proposal | None:
    """Return the count (or none) that a folder's name holds, None where it holds no clear one."""
    label = canonical(name)
    if count_of(label) is not None or label == NONE:
        digits = unicodedata.normalize("NFC", name.strip())
        padded = digits.isdigit() and len(digits) > 1 and digits[0] == "0"
        return Proposal(label, 1 if padded else 2 if digits.isdigit() else 3)
    text = _COPY.sub("", unicodedata.normalize("NFKC", name).strip())
    signs = {_SIGNS[sign] for sign in text if sign in _SIGNS}
    if signs and not re.search(r"\w", text):
        return Proposal(signs.pop(), 2) if len(signs) == 1 else None
    return _from_words(text)


def _from_words(text: str) -> Proposal | None:
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    tokens = [token.lower() for token in re.findall(r"[^\W\d_]+|\d+", apart)]
    words = [token for token in tokens if token in WORDS]
    numbers = [token for token in tokens if token.isdigit()]
    rest = {t for t in tokens if t not in WORDS and not t.isdigit() and not hinted_side(t)}
    said = [token for token in tokens if token not in _AFTER_NUMBERS or token in ("no", "hand")]
    begins = [token for token in tokens if not hinted_side(token)][:2]
    if begins in (["no", "hand"], ["no", "hands"], ["no", "gesture"]):  # the last is HaGRID's
        said = ["no", "hand"]
    if said in (["no", "hand"], ["nohand"], ["nohands"], [NONE]) and rest <= _NO_HAND:
        return Proposal(NONE, 1)
    if len(set(words)) == 1 and rest <= _BESIDE_WORDS:
        return Proposal(words[0], 1)
    if words or len(numbers) != 1 or len(numbers[0]) > 3 or int(numbers[0]) >= len(WORDS):
        return None
    allowed = _AFTER_NUMBERS if tokens[0] == numbers[0] else _BESIDE_NUMBERS
    if rest <= allowed and not any(hinted_side(token) for token in tokens):
        return Proposal(WORDS[int(numbers[0])], 1)
    return None


def is_unlabelled(name: str) -> bool:
    """Return whether a name says that nobody has said what its photos show."""
    return bool(_UNLABELLED.fullmatch(name.strip().lower())) or name.strip().lower() == NOT_SURE


def is_generic(name: str) -> bool:
    """Return whether a name says only that there are photos: images, data, 100APPLE."""
    lower = name.strip().lower()
    tokens = re.findall(r"[^\W\d_]+", lower)
    camera = re.fullmatch(r"\d{3}[a-z_]{5}", lower)
    return bool(camera) or (bool(tokens) and _GENERIC.issuperset(tokens))


def is_hand(name: str) -> bool:
    """Return whether a name is one of a person's hands, or a side of it."""
    tokens = {token for token in re.findall(r"[^\W\d_]+", name.lower()) if token != "hand"}
    return bool(tokens) and tokens <= _HANDS


def is_person_or_date(name: str) -> bool:
    """Return whether a name is that of a person by number, or a day: surely one of a session."""
    lower = name.strip().lower()
    return bool(_PERSON.fullmatch(lower) or _DATE.fullmatch(lower))


def is_occasion(name: str) -> bool:
    """Return whether a name is a person, a date, a hand or a recording: no label, if it can be."""
    lower = name.strip().lower()
    return is_hand(name) or is_person_or_date(name) or bool(_OCCASION.fullmatch(lower))


def made_label(name: str) -> str:
    """Return a folder's name as a label, with "-" for signs that a label cannot have.

    Raises:
        FingercountError: where nothing of it can be one.
    """
    try:
        return clean_label(name)
    except FingercountError:
        text = "".join(_plain(sign) for sign in unicodedata.normalize("NFKC", name))
        text = re.sub(r"[ -]*-[ -]*", "-", text).strip(" -._")[:LONGEST].strip(" -._")
        return clean_label(text)


def _plain(sign: str) -> str:
    if re.match(r"[\w .-]", sign) or is_part_of_letter(sign):
        return sign
    if unicodedata.category(sign) == "So":  # an emoji has a name, which can be read and typed
        return f"-{unicodedata.name(sign, '').lower().replace(' ', '-')}-"
    return "-" if unicodedata.category(sign)[0] in "PSZ" else ""
