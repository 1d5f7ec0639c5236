"""The models on disk: list, find, name, choose and delete them."""

import shutil
from pathlib import Path

from fingercount.errors import FingercountError
from fingercount.files import advice_on_write_errors, write_atomic, write_json
from fingercount.models.storage import CARD, read_card
from fingercount.paths import check_name, models_dir

SHIPPED = "hands"


def list_models() -> list[str]:
    """Return the names of the models in models/, the shipped one first."""
    if not models_dir().is_dir():
        return []
    names = [folder.name for folder in models_dir().iterdir() if (folder / CARD).is_file()]
    return sorted((n for n in names if not n.startswith(".")), key=lambda n: (n != SHIPPED, n))


def find_model(name: str | Path) -> Path:
    """Return the folder of a model given by its name in models/ or by a path.

    Raises:
        FingercountError: where there is none.
    """
    for folder in (models_dir() / str(name), Path(name)):
        if (folder / CARD).is_file():
            return folder
    known = ", ".join(list_models()) or "none yet"
    raise FingercountError(
        f"There is no model {str(name)!r} (no {CARD} there); models at hand: {known}. "
        "Train one on the Train page or with `python -m fingercount train`."
    )


def new_model_folder(name: str, replace: bool = False) -> Path:
    """Return where a new model goes.

    Raises:
        FingercountError: where the name is taken and may not be replaced, or climbs out of models/.
    """
    name = check_name(name, "model")
    folder = models_dir() / name
    if name.lower() == SHIPPED and not replace:
        raise FingercountError(
            "A model named hands exists already, the one that ships; choose another name."
        )
    if folder.exists() and not replace:
        raise FingercountError(
            f"A model named {name!r} exists already; choose another name, or say --replace to "
            "replace it."
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
    write_json(folder / CARD, read_card(folder) | {"threshold": threshold})


def delete_model(name: str) -> None:
    """Delete a trained model; the shipped one stays.

    Raises:
        FingercountError: for the shipped model, or a name that is none.
    """
    if name.strip().lower() == SHIPPED:
        raise FingercountError("The model hands ships with the product and is not deleted.")
    folder = models_dir() / check_name(name, "model")
    if not (folder / CARD).is_file():
        raise FingercountError(f"There is no model {name!r} to delete.")
    # Renamed first: nobody sees a model of which half is gone.
    doomed = folder.with_name(f".deleting-{name}")
    shutil.rmtree(doomed, ignore_errors=True)
    with advice_on_write_errors(folder):
        folder.rename(doomed)
    shutil.rmtree(doomed, ignore_errors=True)


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
    write_atomic(models_dir() / ".live", name.encode())
