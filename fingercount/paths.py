"""Where things lie, and writing that is either whole or not there."""

import os
import re
import unicodedata
from pathlib import Path

from fingercount.errors import FingercountError

REPO = Path(__file__).resolve().parents[1]
LONGEST = 64  # signs of a name; folders' paths have limits on some systems


_NAME = re.compile(r"\w[\w .\-]*")


_INVISIBLE = "[\u034f\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]"


_WINDOWS_DEVICES = {"con", "prn", "aux", "nul"} | {
    f"{device}{n}" for device in ("com", "lpt") for n in range(1, 10)
}


def data_dir() -> Path:
    """Return the folder of data sets: $FINGERCOUNT_DATA, else data/ at the repo's root."""
    return Path(os.environ.get("FINGERCOUNT_DATA") or REPO / "data")


def models_dir() -> Path:
    """Return the folder of models: $FINGERCOUNT_MODELS, else models/ at the repo's root."""
    return Path(os.environ.get("FINGERCOUNT_MODELS") or REPO / "models")


def check_name(text: str, what: str) -> str:
    """Return a name that is safe as a folder's name on every system.

    Args:
        text: what the person typed.
        what: what it names, for the message ("label", "model", "dataset").

    Raises:
        FingercountError: where it is empty, too long, or could leave its parent folder.
    """
    name = text.strip()
    if not name:
        raise FingercountError(f"The {what} has no name; give it one, such as my-{what}.")
    plain = "".join(sign for sign in name if not is_part_of_letter(sign))
    bad_end = name.endswith(".") or name.lower().split(".")[0] in _WINDOWS_DEVICES
    if not _NAME.fullmatch(plain) or plain[0] != name[0] or len(name) > LONGEST or bad_end:
        raise FingercountError(
            f"The {what} name {name[:80]!r} cannot be a folder: use letters, digits, spaces, "
            "- and _ (64 at most, no slash)."
        )
    return name


def is_part_of_letter(sign: str) -> bool:
    """Say whether a sign combines with a letter: an accent, or a vowel in many scripts."""
    # Those that only choose a form (of an emoji, say) cannot be seen.
    return unicodedata.category(sign) in ("Mn", "Mc") and not re.match(_INVISIBLE, sign)
