"""Where things are kept: beside the package in a checkout, else in the user's data folder.

data_dir(), models_dir()     # the user's photos and models
shipped_data_dir()           # what came with the package, to be read only
"""

import os
import re
import unicodedata
from pathlib import Path

from platformdirs import user_cache_path, user_data_path

from fingercount.errors import FingercountError

PACKAGE = Path(__file__).resolve().parent
REPO = PACKAGE.parent
# In an installed package: what lies beside it in a checkout (pyproject.toml puts it there).
SHIPPED = PACKAGE / "shipped"
LONGEST = 64  # characters of a name; some systems limit the length of paths


_NAME = re.compile(r"\w[\w .\-]*")


_INVISIBLE = "[\u034f\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]"


_WINDOWS_DEVICES = {"con", "prn", "aux", "nul"} | {
    f"{device}{n}" for device in ("com", "lpt") for n in range(1, 10)
}


def is_checkout() -> bool:
    """Say whether the package is used in its repository, not installed."""
    return not SHIPPED.is_dir() and (REPO / "pyproject.toml").is_file()


def data_dir() -> Path:
    """Return the folder of data sets.

    $FINGERCOUNT_DATA; else data/ at the repo's root in a checkout, or in the user's data folder.
    """
    return Path(os.environ.get("FINGERCOUNT_DATA") or _home() / "data")


def models_dir() -> Path:
    """Return the folder of models.

    $FINGERCOUNT_MODELS; else models/ at the repo's root in a checkout, or in the user's data
    folder.
    """
    return Path(os.environ.get("FINGERCOUNT_MODELS") or _home() / "models")


def cache_dir() -> Path:
    """Return the folder of what can be worked out again; it may be deleted at any time.

    $FINGERCOUNT_CACHE; else the user's cache folder.
    """
    ours = os.environ.get("FINGERCOUNT_CACHE")
    return Path(ours) if ours else user_cache_path("fingercount", appauthor=False)


def dashboard_dir() -> Path:
    """Return the folder of the pages."""
    return (REPO if is_checkout() else SHIPPED) / "dashboard"


def shipped_data_dir() -> Path | None:
    """Return the data sets that came with the package, to be read only; None in a checkout.

    There they are among the user's own.
    """
    return None if is_checkout() else SHIPPED / "data"


def shipped_models_dir() -> Path | None:
    """Return the models that came with the package, to be read only; None in a checkout."""
    return None if is_checkout() else SHIPPED / "models"


def is_shipped(path: Path) -> bool:
    """Say whether something came with the package; an update would undo changes to it."""
    return SHIPPED in path.resolve().parents


def is_writable(folder: Path) -> bool:
    """Say whether a folder may be written to."""
    return os.access(folder, os.W_OK) and not is_shipped(folder)


def _home() -> Path:
    return REPO if is_checkout() else user_data_path("fingercount", appauthor=False)


def check_name(text: str, what: str) -> str:
    """Return a name that is safe as a folder's name on every system.

    Args:
        text: what the person typed.
        what: what it names, for the message ("label", "model", "dataset").

    Raises:
        FingercountError: if it is empty, too long, or could leave its parent folder.
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
    # Those that only choose a variant (of an emoji, say) cannot be seen.
    return unicodedata.category(sign) in ("Mn", "Mc") and not re.match(_INVISIBLE, sign)
