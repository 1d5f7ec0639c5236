"""The settings of a training as sliders, and what the transforms do to the user's own photos."""

import contextlib
from dataclasses import asdict, fields, replace
from functools import partial

import numpy as np
import streamlit as st
from components.shared.state import session_object
from components.shared.thumbnails import stamp_of_file, within
from components.shared.widget_values import set_by_page, set_widget

from fingercount.data.dataset import Dataset, spread
from fingercount.data.snapshot import Listing
from fingercount.errors import FingercountError
from fingercount.imaging.augment import Augment
from fingercount.models.backbones import BACKBONES
from fingercount.models.reference import imagenet_file
from fingercount.training.settings import DEFAULTS, Settings

RATES = [1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 3e-3, 5e-3, 1e-2, 2e-2, 5e-2, 1e-1]
BATCHES = [8, 16, 32, 64, 128, 256]
MODE_NAMES = {"head": "Last layer only", "finetune": "Whole network"}
BACKBONE_NAMES = {"hands": "Built-in", "imagenet": "ImageNet"}
ALL = "all together"
PREVIEWS = 8
DECAY, COPIES = Settings.weight_decay, Settings.copies
PREVIEW = 236  # pixels; shown at half that, for sharp screens


def keys_of(mode: str) -> dict[str, str]:
    """Return {setting: key of its slider} of a mode, the transforms included."""
    keys = {
        "lr": f"train_lr_{mode}",
        "batch_size": f"train_batch_{mode}",
        "epochs": f"train_epochs_{mode}",
        "weight_decay": "train_decay",
    }
    if mode == "head":
        keys["copies"] = "train_copies"
    return keys | {slider.name: f"train_{slider.name}" for slider in fields(Augment)}


def set_slider(mode: str, name: str, value: float) -> None:
    """Move the slider of a setting; to be called before it is drawn, as by a button."""
    whole = name in ("epochs", "batch_size", "copies")
    set_widget(keys_of(mode)[name], int(value) if whole else value)


def reset() -> None:
    """Set everything to what a training begins with."""
    set_widget("train_backbone", "hands")
    set_widget("train_mode", "head")
    for mode, suits in DEFAULTS.items():
        begun = {**suits, "weight_decay": DECAY, "copies": COPIES, **asdict(Augment())}
        for name in keys_of(mode):
            set_slider(mode, name, begun[name])


def in_words(settings: Settings) -> str:
    """Return the settings in a few words, and whether they are as a training begins."""
    learns = MODE_NAMES[settings.mode].lower()
    text = f"{learns}, learning rate {settings.lr:g}, {settings.epochs} epochs"
    return text if settings == Settings.make("hands", "head") else f"{text} (changed)"


def from_address(name: str, default, allowed, mode: str | None = None):
    """Return a setting as the page's address had it when it was opened, or its default.

    Args:
        name: in the address.
        default: its type is that of the setting.
        allowed: says of a value whether the widget can show it.
        mode: the setting is one of this mode's, and the address may be about the other.
    """
    address = session_object("train_address", st.query_params.to_dict)
    if mode is not None and address.get("mode", "head") != mode:
        return default
    try:
        value = type(default)(address[name])
    except (KeyError, ValueError):
        return default
    return value if allowed(value) else default


def begun(key: str, name: str, default, allowed, mode: str | None = None) -> str:
    """Return a widget's key, whose value begins as in `from_address`; the page may set it later."""
    if key not in st.session_state:  # given to the widget as well, a value of the page's warns
        st.session_state[key] = from_address(name, default, allowed, mode)
    return set_by_page(key)


def keep_in_address(chosen: dict, defaults: dict) -> None:
    """Write the settings that are no defaults into the address, where they outlive a reload."""
    for name, value in chosen.items():
        if value != defaults[name]:
            st.query_params[name] = value if isinstance(value, str) else f"{value:g}"
        elif name in st.query_params:
            del st.query_params[name]


def settings_form() -> Settings:
    """Show what can be set, and return it."""
    left, right = st.columns(2)
    with left:
        backbone = st.segmented_control(
            "Backbone",
            BACKBONES,
            required=True,
            format_func=BACKBONE_NAMES.get,
            key=begun("train_backbone", "backbone", "hands", BACKBONES.__contains__),
            persist_state="session",
            help="The network that looks at the photos. The built-in one was trained on thousands "
            "of hands. ImageNet knows a thousand kinds of things, such as cats and cups, but no "
            "fingers.",
        )
    with right:
        mode = st.segmented_control(
            "What learns",
            list(MODE_NAMES),
            required=True,
            format_func=MODE_NAMES.get,
            key=begun("train_mode", "mode", "head", MODE_NAMES.__contains__),
            persist_state="session",
            help="The last layer takes seconds. The whole network takes minutes and needs a few "
            "hundred photos.",
        )
    if backbone == "imagenet" and not imagenet_file().exists():
        st.caption("The ImageNet weights (45 MB) are downloaded once, when the training starts.")
    suits, most = DEFAULTS[mode], 200 if mode == "head" else 40
    columns = st.columns(2)
    with columns[0]:
        lr = st.select_slider(
            "Learning rate",
            RATES,
            format_func=lambda rate: f"{rate:g}",
            key=begun(f"train_lr_{mode}", "lr", suits["lr"], RATES.__contains__, mode),
            persist_state="session",
            help="How large each step is. If it is too small, learning takes too long. If it is "
            "too large, the curves jump and get worse.",
        )
        batch_size = st.select_slider(
            "Batch size",
            BATCHES,
            key=begun(
                f"train_batch_{mode}", "batch_size", suits["batch_size"], BATCHES.__contains__, mode
            ),
            persist_state="session",
            help="Photos per step. With more of them, the steps are steadier and fewer.",
        )
    with columns[1]:
        epochs = st.slider(
            "Epochs",
            1,
            most,
            key=begun(
                f"train_epochs_{mode}",
                "epochs",
                suits["epochs"],
                range(1, most + 1).__contains__,
                mode,
            ),
            persist_state="session",
            help="How often training goes through all photos. The best epoch on the validation "
            "photos is kept, so more epochs only take more time.",
        )
        weight_decay = st.slider(
            "Weight decay",
            0.0,
            0.5,
            step=0.01,
            key=begun("train_decay", "weight_decay", DECAY, lambda value: 0 <= value <= 0.5),
            persist_state="session",
            help="Pulls the weights back to where they started. With few photos, more of it helps.",
        )
    copies = COPIES
    if mode == "head":
        copies = st.slider(
            "Changed copies of each photo",
            0,
            8,
            key=begun("train_copies", "copies", COPIES, range(9).__contains__),
            persist_state="session",
            help="The transforms below make the copies. The network looks once at each photo and "
            "at each copy.",
        )
    chosen = Settings(backbone, mode, lr, epochs, batch_size, weight_decay, copies)
    first = {"backbone": "hands", "mode": "head", **suits, "weight_decay": DECAY, "copies": COPIES}
    keep_in_address({name: getattr(chosen, name) for name in first}, first)
    return chosen


def transform_sliders() -> Augment:
    """Show a slider per transform, and return what is set."""
    columns, chosen = st.columns(3), {}
    for i, slider in enumerate(fields(Augment)):
        with columns[i % 3]:
            chosen[slider.name] = st.slider(
                slider.name.capitalize(),
                0.0,
                float(slider.metadata["most"]),
                step=float(slider.metadata["step"]),
                key=begun(
                    f"train_{slider.name}",
                    slider.name,
                    float(slider.default),
                    partial(_within, slider),
                ),
                persist_state="session",
                help=slider.metadata["help"].capitalize() + ".",
                on_change=_look_at,
                args=(slider.name,),
            )
    keep_in_address(chosen, asdict(Augment()))
    return Augment(**chosen)


def _within(slider, value: float) -> bool:
    return 0 <= value <= float(slider.metadata["most"])


def _look_at(name: str) -> None:
    """Preview the transform whose slider was moved last."""
    st.session_state["train_preview"] = name


def only(augment: Augment, name: str) -> Augment:
    """Return the transforms with all but one switched off; `ALL` keeps them as they are."""
    if name == ALL:
        return augment
    off = {key: 0.0 for key in asdict(augment) if key != name}
    return replace(augment, **off)


def preview(listing: Listing, augment: Augment) -> None:
    """Show what the transforms do to eight of the data set's own photos."""
    st.session_state.setdefault("train_preview", ALL)
    name = st.pills(
        "What they do to eight of your photos",
        [ALL, *(slider.name for slider in fields(Augment))],
        required=True,
        format_func=str.capitalize,
        key="train_preview",
    )
    paths = spread([photo.path for photo in listing.photos], PREVIEWS)
    stamp = tuple(stamp_of_file(listing.absolute(path)) for path in paths)
    changed = previews(str(listing.root), paths, only(augment, name), stamp)
    with st.container(horizontal=True, gap="small", key="train_previews"):
        for picture in changed:
            st.image(picture, width=PREVIEW // 2)


@st.cache_data(max_entries=64, show_spinner=False)
def previews(root: str, paths: list[str], augment: Augment, stamp: tuple) -> list[np.ndarray]:
    """Return small changed copies of photos; the same settings show the same copies.

    Args:
        stamp: of the photos' files.
    """
    dataset, pictures = Dataset(root), []
    for i, path in enumerate(paths):
        with contextlib.suppress(FingercountError):  # the training says which photo is broken
            small = within(dataset.image(path), PREVIEW)
            pictures.append(augment(small, np.random.default_rng(i)))
    return pictures
