"""Where things lie, and writing that is either whole or not there."""

import contextlib
import json
import os
import re
import shutil
import tempfile
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


@contextlib.contextmanager
def advice_on_write_errors(path: Path):
    """Turn an operating-system error at a write into one line of advice."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise FingercountError(
            f"Could not write {path}: {reason}. Nothing was changed there; "
            "free some space or check the folder's permissions, then try again."
        ) from error


def write_atomic(path: Path, data: bytes) -> None:
    """Write a file so that a reader sees the old one or the whole new one.

    Raises:
        FingercountError: where the disk is full or the folder refuses; the old file stays.
    """
    path = Path(path)
    with advice_on_write_errors(path):
        if path.exists() and not path.is_file() and not path.is_dir():
            path.write_bytes(data)  # a device or a pipe, such as /dev/stdout, stays what it is
            return
        path = path.resolve()  # of a link, what it leads to is written
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).chmod(0o644)  # mkstemp makes files that only their owner can read
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise


def check_writable(folder: Path) -> None:
    """Try to write into a folder before hours of work that end there.

    Raises:
        FingercountError: where it refuses.
    """
    with advice_on_write_errors(folder):
        Path(folder).mkdir(parents=True, exist_ok=True)
        Path(tempfile.mkdtemp(dir=folder, prefix=".writing-")).rmdir()


def write_json(path: Path, value) -> None:
    """Write a value as readable JSON, whole or not at all."""
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
    write_atomic(path, (text + "\n").encode())


@contextlib.contextmanager
def atomic_folder(path: Path, replace: bool = False):
    """Yield a temporary folder that becomes `path` when the block ends well, else vanishes.

    Args:
        path: where the folder is to stand.
        replace: whether an existing folder may be swapped out.

    Raises:
        FingercountError: where `path` exists and may not be replaced, or a write fails.
    """
    path = Path(path)
    if path.exists() and not replace:
        raise FingercountError(f"{path} exists already; pick another name or ask to replace it.")
    with advice_on_write_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(dir=path.parent, prefix=".writing-"))
        try:
            yield temporary
            temporary.chmod(0o755)
            if path.exists():
                if not replace:  # made meanwhile
                    raise FingercountError(
                        f"{path} was made by another window or program meanwhile; pick another "
                        "name."
                    )
                old = temporary.with_name(temporary.name + "-old")
                path.rename(old)
                try:
                    temporary.rename(path)
                except OSError:
                    old.rename(path)
                    raise
                shutil.rmtree(old, ignore_errors=True)
            else:
                temporary.rename(path)
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise
