"""What all tests share: nothing is written outside tmp_path; small pictures made on the spot."""

import functools
import json
import shutil
import zlib
from pathlib import Path

import numpy as np
import pytest

from fingercount import paths
from fingercount.imaging.read import encode_jpeg
from fingercount.paths import models_dir

LABELS = ("one", "two", "three")
HANDS = (
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "none",
)  # what the shipped model tells apart
SESSIONS = ("20260101-101010", "20260102-101010", "20260103-101010")


def pytest_collection_modifyitems(items):
    """Let the browser tests come last.

    Playwright switches stacks inside this thread, and nothing should come after that.
    """
    items.sort(key=lambda item: item.get_closest_marker("e2e") is not None)


@pytest.fixture(autouse=True)
def isolated(tmp_path, monkeypatch):
    """Point every folder that the program writes to into the test's own."""
    for name in ("FINGERCOUNT_DATA", "FINGERCOUNT_MODELS", "FINGERCOUNT_CACHE", "TORCH_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    yield
    # pytest keeps the folders of the last runs; networks would fill the disk.
    for path in tmp_path.rglob("*"):
        if path.is_file() and path.stat().st_size > 1_000_000:
            path.unlink()


def draw(label: str, seed: int = 0, size: int = 32) -> np.ndarray:
    """Return a picture uint8 RGB [size, size, 3]: as many bars as its label's name decides, on a
    background that differs from seed to seed."""
    kind = zlib.crc32(label.encode())
    rng = np.random.default_rng([kind, seed])
    rgb = rng.integers(0, 120, (size, size, 3), dtype=np.uint8)
    bars = 1 + kind % 5
    for bar in range(bars):
        left = (2 * bar + 1) * size // (2 * bars + 1)
        rgb[size // 4 :, left : left + size // (2 * bars + 1)] = (230, 180, 150 + 20 * bar)
    return rgb


def draw_photos(below: Path, name: str, labels, n: int, sessions=("20260101-101010",)) -> Path:
    """Return a folder of label folders below another, as `make_photos` makes them."""
    root = below / name
    for s, session in enumerate(sessions):
        for k, label in enumerate(labels):
            (root / label).mkdir(parents=True, exist_ok=True)
            for i in range(n):
                number = k * n + i + 1
                stem = f"{session}-{number:04d}" if session else f"IMG_{s}{number:03d}"
                seed = zlib.crc32(f"{name}/{session}/{i}".encode())
                (root / label / f"{stem}.jpg").write_bytes(encode_jpeg(draw(label, seed)))
    return root


@pytest.fixture
def make_photos(tmp_path):
    """A function that fills a folder of label folders with small distinct pictures."""

    def make(
        root: Path | str = "photos", labels=LABELS, n: int = 4, sessions=("20260101-101010",)
    ) -> Path:
        """Return the folder, with `n` JPEGs of each label in each session.

        The same arguments make the same pictures. A session of None makes names without one
        (IMG_0000.jpg), as a phone gives them.
        """
        return draw_photos(tmp_path, str(root), labels, n, sessions)

    return make


@pytest.fixture
def make_dataset(make_photos):
    """A function like `make_photos` that returns the folder as an open data set."""

    def make(*args, **options):
        from fingercount.data.dataset import Dataset

        return Dataset.create(make_photos(*args, **options))

    return make


def files_below(root: Path) -> dict[str, bytes]:
    """Return {path: bytes} of all files below a folder, hidden ones too: for before and after."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(Path(root).rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def run(capsys):
    """A function that runs a command; returns (exit code, standard output, standard error)."""

    def command(*arguments):
        from fingercount.cli.main import main

        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        return code, *capsys.readouterr()

    return command


@functools.cache
def random_weights(classes: int) -> dict:
    """Return the state_dict of a ResNet-18 with random weights, as it is stored; not to be changed.

    Drawing one takes longer than most tests.
    """
    import torch
    from torchvision.models import resnet18

    from fingercount.models.storage import compact

    torch.manual_seed(0)
    return compact(resnet18(num_classes=classes).state_dict())


@pytest.fixture(scope="session")
def untrained(tmp_path_factory) -> Path:
    """The folder of a model with random weights, written once; for copying only."""
    from fingercount.imaging.preprocess import Preprocess
    from fingercount.models.storage import write_model

    card = {
        "kind": "full",
        "classes": list(HANDS),
        "preprocess": Preprocess(size=32).to_json(),
    }
    state = random_weights(len(HANDS))
    folder = write_model(tmp_path_factory.mktemp("untrained") / "hands", state, card)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def hands(untrained, isolated) -> Path:
    """models/hands: a whole ResNet-18 with random weights that looks at 32 pixels."""
    return shutil.copytree(untrained, models_dir() / "hands")


@pytest.fixture
def fast_hands(hands) -> Path:
    """models/hands with a fast form, too: nothing that asks it waits for PyTorch."""
    openvino = pytest.importorskip("openvino")
    from fingercount.models.backbones import weights_hash
    from fingercount.models.quantized import GRAPH, graph
    from fingercount.models.storage import read_arrays

    card = json.loads((hands / "card.json").read_text("utf-8"))
    weights = read_arrays(hands)
    card["fast"] = weights_hash(weights)
    (hands / "card.json").write_text(json.dumps(card), "utf-8")
    openvino.save_model(graph(weights, card["preprocess"]["size"]), hands / GRAPH)
    return hands


@pytest.fixture
def installed(untrained, make_photos, tmp_path, monkeypatch) -> Path:
    """The program as a wheel installs it; returns the folder of what came with it.

    The user's data folder is tmp_path / "home", and is not there yet.
    """
    for name in ("FINGERCOUNT_DATA", "FINGERCOUNT_MODELS"):
        monkeypatch.delenv(name)
    make_photos("site/shipped/data/sample", labels=LABELS[:2], n=8, sessions=SESSIONS)
    shipped = (tmp_path / "site" / "shipped").resolve()
    shutil.copytree(untrained, shipped / "models" / "hands")
    monkeypatch.setattr(paths, "SHIPPED", shipped)
    monkeypatch.setattr(paths, "user_data_path", lambda *_, **__: tmp_path / "home")
    return shipped
