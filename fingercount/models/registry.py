"""The models on disk: list, find, name, choose and delete them."""

from pathlib import Path
from typing import Any

from fingercount.errors import FingercountError
from fingercount.leftovers import REPLACED, bring_back_all
from fingercount.leftovers import bring_back as restore_folder
from fingercount.models.bin import move_to_bin
from fingercount.models.card import Card
from fingercount.models.storage import CARD, read_card
from fingercount.own_files import write_own, write_own_json
from fingercount.paths import check_name, is_checkout, models_dir, shipped_models_dir

SHIPPED = "hands"
_LOOKS = 5  # for a model that may be replaced again and again


def list_models() -> list[str]:
    """Return the names of the models in models/ and of what ships, the shipped one first."""
    bring_back_all(models_dir())
    found = {
        folder.name.removeprefix(REPLACED)  # one that is being replaced is there in a moment
        for place in _places()
        if place.is_dir()
        for folder in place.iterdir()
    }
    names = [name for name in found if not name.startswith(".") and _there(name)]
    return sorted(names, key=lambda name: (name != SHIPPED, name))


def model_folder(name: str) -> Path:
    """Return where a model of that name is or would be; the user's own comes first."""
    return _there(name) or models_dir() / name


def _there(name: str) -> Path | None:
    """Return where a model of that name is, or None."""
    own, *others = (place / name for place in _places())
    for _ in range(_LOOKS if name else 0):
        if (own / CARD).is_file():
            return own
        restore_folder(
            own
        )  # a replacement of it may be at work, which is waited for, or was cut off
    return next((folder for folder in (own, *others) if (folder / CARD).is_file()), None)


def _places() -> list[Path]:
    return [place for place in (models_dir(), shipped_models_dir()) if place]


def find_model(name: str | Path) -> Path:
    """Return the folder of a model given by its name in models/ or by a path.

    Raises:
        FingercountError: if there is none.
    """
    if found := _there(str(name)):
        return found
    if (Path(name) / CARD).is_file():
        return Path(name)
    known = ", ".join(list_models()) or "none yet"
    raise FingercountError(
        f"There is no model {str(name)!r} (no {CARD} there); there are: {known}. "
        "Train one on the Train page.",
        terminal="Or with `python -m fingercount train`.",
    )


def new_model_folder(name: str, replace: bool = False) -> Path:
    """Return where a new model goes.

    Raises:
        FingercountError: if the name is taken and may not be replaced, or leads out of models/.
    """
    name = check_name(name, "model")
    folder = models_dir() / name
    if name.lower() == SHIPPED and not replace:
        raise FingercountError(
            "A model named hands exists already, the one that ships; choose another name."
        )
    if folder.exists() and not replace:
        raise FingercountError(
            f"A model named {name!r} exists already; choose another name.",
            terminal="To replace it: --replace.",
        )
    return folder


def free_name(base: str) -> str:
    """Return the first of base-1, base-2, ... that no model has."""
    number = 1
    while (models_dir() / f"{base}-{number}").exists():
        number += 1
    return f"{base}-{number}"


def keep_threshold(name: str, threshold: float) -> None:
    """Write a trained model's threshold into its card.

    Raises:
        FingercountError: for the shipped model, a value outside 0 to 1, or a failed write.
    """
    if not 0 <= threshold <= 1:
        raise FingercountError(f"A threshold of {threshold} makes no sense; give 0 to 1.")
    if name == SHIPPED:
        raise FingercountError("The shipped model keeps its threshold; train one of your own.")
    folder = find_model(name)
    write_own_json(folder, CARD, read_card(folder) | {"threshold": threshold})


def keep_figures(name: str, figures: dict[str, dict[str, Any]]) -> Card:
    """Write what a trained model was measured to do into its card, and return the card.

    Args:
        figures: {side: figures}; those of other sides stay.

    Raises:
        FingercountError: where it is not there, or for a failed write.
    """
    folder = find_model(name)
    card = read_card(folder)
    metrics = (card.get("metrics") or {}) | figures
    write_own_json(folder, CARD, card | {"metrics": metrics})
    return read_card(folder)


def is_shipped_model(name: str) -> bool:
    """Say whether a name means the model that ships, and not the user's own with that name."""
    if name.strip().lower() != SHIPPED:
        return False
    shipped = shipped_models_dir()
    replaced = shipped and (shipped / SHIPPED / CARD).is_file()
    return not (replaced and (models_dir() / SHIPPED / CARD).is_file())


def bring_back() -> str:
    """Return how to bring back the model that ships, as half a sentence."""
    if is_checkout():
        return "bring it back from the repository (git checkout models/hands)"
    return "install fingercount again (pip install --force-reinstall --no-deps fingercount)"


def delete_model(name: str) -> None:
    """Move a trained model to the bin; the shipped one stays, and returns if it was replaced.

    Raises:
        FingercountError: for the shipped model, or a name that no model has.
    """
    if is_shipped_model(name):
        raise FingercountError("The model hands ships with fingercount and cannot be deleted.")
    folder = models_dir() / check_name(name, "model")
    if not (folder / CARD).is_file():
        raise FingercountError(f"There is no model {name!r} to delete.")
    restore_folder(folder)  # removes what it once was, which must not come back
    move_to_bin(folder)


def live_model() -> str | None:
    """Return the name of the model that runs live: the chosen one, else the shipped one."""
    try:
        chosen = (models_dir() / ".live").read_text(encoding="utf-8").strip()
    except OSError:
        chosen = ""
    names = list_models()
    return chosen if chosen in names else (names[0] if names else None)


def choose_live_model(name: str) -> None:
    """Remember which model runs live."""
    find_model(name)
    write_own(models_dir(), ".live", name.encode())
