"""The models at hand: find, load, ask, choose and delete them.

model = load_model("hands")
probabilities = model.predict([rgb])       # [1, classes], in the order of model.classes
"""

import shutil
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torchvision.models import resnet18

from fingercount.errors import FingercountError
from fingercount.imaging.preprocess import Preprocess
from fingercount.models.backbones import FEATURES, Backbone, fast_form, shared_backbone
from fingercount.models.decision import answer_of
from fingercount.models.storage import CARD, read_card, read_seen, read_tensors
from fingercount.paths import (
    advice_on_write_errors,
    check_name,
    models_dir,
    write_atomic,
    write_json,
)

SHIPPED = "hands"
THRESHOLD = 0.5  # less sure than of all other classes together: better no answer than a guess
BATCH = 32  # photos through the network at once; more is no faster on a CPU


class Model:
    """A trained model in memory.

    Attributes:
        name: its folder's name.
        card: what card.json says.
        classes: class names in the order of the outputs.
        preprocess: the path from an RGB photo to the network's input.
        network: float32 [N, 3, size, size] -> logits [N, C], frozen in eval mode: the reference.
        look: all but its last layer in the fast form, [N, 3, size, size] -> [N, 512], which
            answers where it is here; or None.
        threshold: confidence under which the answer is "not sure".
        hand_check: (weight [K, 512], bias [K], index of none): the last layer that its backbone
            had before, where the card wants to know from it whether there is a hand; or None.
            Probabilities then sum to the probability that there is one.
        seen: {content hash: "train" or "val"} of the photos that it was trained on.
        backbone_seen: content hashes of those that its backbone was trained on before.
    """

    def __init__(
        self,
        name: str,
        card: dict,
        network: nn.Module,
        seen: dict | None = None,
        look: Callable[[np.ndarray], np.ndarray] | None = None,
        hand_check: tuple[torch.Tensor, torch.Tensor, int] | None = None,
        backbone_seen: frozenset[str] = frozenset(),
    ):
        self.name, self.card = name, card
        self.classes: list[str] = card["classes"]
        self.preprocess = Preprocess.from_json(card["preprocess"])
        self.network = network.eval().requires_grad_(False)
        self.look = look
        self.hand_check = hand_check
        self.threshold: float = card.get("threshold", THRESHOLD)
        self.temperature: float = card.get("temperature", 1.0)
        self.seen: dict[str, str] = seen or {}
        self.backbone_seen = backbone_seen

    def predict(self, photos: Iterable[np.ndarray]) -> np.ndarray:
        """Return each class's probability, float32 [N, C], for RGB photos, uint8 [H, W, 3] each.

        Photos that are read one by one are held one by one.
        """
        inputs, parts = map(self.preprocess, photos), []
        while batch := list(islice(inputs, BATCH)):
            parts.append(self.predict_inputs(np.stack(batch)))
        return np.concatenate(parts) if parts else np.zeros((0, len(self.classes)), np.float32)

    @property
    def form(self) -> str:
        """What answers: "fast" or "reference"."""
        return "fast" if self.look else "reference"

    def predict_inputs(self, inputs: np.ndarray) -> np.ndarray:
        """Return probabilities [N, C] of preprocessed photos, float32 [N, 3, size, size]."""
        if self.look:
            return self.predict_features(self.look(inputs))
        return self.predict_by_reference(inputs)

    @torch.inference_mode()
    def predict_by_reference(self, inputs: np.ndarray) -> np.ndarray:
        """Return what PyTorch answers, as `predict_inputs` does where there is no fast form."""
        x = torch.from_numpy(inputs).contiguous(memory_format=torch.channels_last)
        if isinstance(self.network, nn.Sequential):
            return self.predict_features(self.network[0](x).numpy())
        return torch.softmax(self.network(x) / self.temperature, 1).numpy()

    @torch.inference_mode()
    def predict_features(self, features: np.ndarray) -> np.ndarray:
        """Return probabilities [N, C] from what the backbone says, float32 [N, 512]."""
        x = torch.from_numpy(features)
        last = self.network.fc if hasattr(self.network, "fc") else self.network[-1]
        probabilities = torch.softmax(last(x) / self.temperature, 1)
        if self.hand_check:
            weight, bias, none = self.hand_check
            empty = torch.softmax(nn.functional.linear(x, weight, bias), 1)[:, none]
            probabilities = probabilities * (1 - empty)[:, None]
        return probabilities.numpy()

    def answer(self, probabilities: np.ndarray) -> str:
        """Return what a person is told of one photo's probabilities [C]."""
        return answer_of(probabilities, self.classes, self.threshold)


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


def load_model(name: str | Path) -> Model:
    """Load a model by its name in models/ or by a path.

    Raises:
        FingercountError: where it is missing, damaged, from another version, or stands on a
            backbone that is not here any more.
    """
    folder = find_model(name)
    name = folder.resolve().name
    card, tensors = read_card(folder), read_tensors(folder)
    model = build_model(name, card, tensors, read_seen(folder))
    if card["kind"] == "full":
        model.look = fast_form(folder, card, tensors)
    return model


def build_model(name: str, card: dict, tensors: dict, seen: dict[str, str]) -> Model:
    """Return a model from what its folder holds, or is about to hold."""
    before = _seen_by_backbone(name, card)
    if card["kind"] == "full":
        return Model(name, card, _whole(name, card, tensors), seen, backbone_seen=before)
    backbone = _backbone(name, card)
    head = nn.Linear(FEATURES, len(card["classes"]))
    _load(head, tensors, name)
    network = nn.Sequential(backbone.network, head)
    check = backbone.hand_check if card.get("hand_check") else None
    look = backbone.fast if backbone.form == "fast" else None
    return Model(name, card, network, seen, look, check, before)


def _seen_by_backbone(name: str, card: dict) -> frozenset[str]:
    """Return the photos that hands was trained on, where this model began with just these."""
    named = card.get("backbone")
    if not (isinstance(named, dict) and named.get("name") == SHIPPED != name):
        return frozenset()
    folder = models_dir() / SHIPPED
    try:
        # A last layer is refused on other weights; a whole network may have begun with earlier
        # ones. What its fast form was made of says so without loading it.
        here = read_card(folder).get("fast") or shared_backbone(SHIPPED).hash
    except FingercountError:  # a whole network needs nothing of it
        return frozenset()
    return frozenset(read_seen(folder)) if here == named.get("hash") else frozenset()


def _whole(name: str, card: dict, tensors: dict) -> nn.Module:
    network = resnet18(num_classes=len(card["classes"]))
    _load(network, tensors, name)
    return network.to(memory_format=torch.channels_last)


def _backbone(name: str, card: dict) -> Backbone:
    """Return what a last layer stands on, in the form that its card names."""
    wanted = card.get("backbone")
    wanted = wanted if isinstance(wanted, dict) else {}
    here = shared_backbone(str(wanted.get("name", "")))
    backbone = here.in_form(str(wanted.get("form")))
    if backbone is None or backbone.hash != wanted.get("hash"):
        raise FingercountError(
            f"The model {name!r} stands on a backbone {wanted.get('name')!r} that is "
            f"not the one here ({wanted.get('hash')}, {wanted.get('form')} form; here "
            f"{here.hash}, {here.form}); retrain it on the Train page."
        )
    return backbone


def _load(network: nn.Module, tensors: dict, name: str) -> None:
    try:
        network.load_state_dict(tensors)
    except RuntimeError as error:
        raise FingercountError(
            f"The weights of {name!r} do not fit its card; restore its files or retrain it."
        ) from error


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
