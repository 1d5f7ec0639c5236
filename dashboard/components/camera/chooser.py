"""Which camera: a list of those that the browser has, by names that people know."""

import re
from collections import Counter

import streamlit as st
from components.shared.widget_values import set_by_page, set_widget

WIDGET = "camera_device"  # of every page with a camera; the browser remembers it

_USB_IDS = re.compile(r"\s*\([0-9a-f]{4}:[0-9a-f]{4}\)$")  # "HD Webcam (046d:0825)"
_ANDROID = re.compile(r"camera2? \d+, facing (front|back)")


def camera_names(labels: list[str]) -> list[str]:
    """Return what cameras are called, each differently.

    Args:
        labels: as the browser has them: "HD Webcam (046d:0825)", "camera2 1, facing front".
    """
    names = []
    for label in labels:
        side = _ANDROID.fullmatch(label.strip())
        name = f"{side[1].capitalize()} camera" if side else _USB_IDS.sub("", label).strip()
        names.append(name or "Camera")
    total, seen = Counter(names), Counter[str]()
    shown = []
    for name in names:
        seen[name] += 1
        shown.append(f"{name} {seen[name]}" if total[name] > 1 else name)
    return shown


def cameras_in(answer: dict | None) -> dict[str, str]:
    """Return {id: name} of the cameras in a browser's answer, in its order."""
    listed = (answer or {}).get("cameras") or []
    found = [(one["id"], one["label"]) for one in listed if one.get("id") and one.get("label")]
    return dict(zip((key for key, _ in found), camera_names([label for _, label in found])))


def picked_camera() -> str:
    """Return the id of the camera that was picked, "" where none was."""
    return st.session_state.get(WIDGET) or ""


def take_answer(answer: dict | None) -> None:
    """Let the chooser show the camera that the browser remembers or has just opened."""
    if (answer or {}).get("picked") in cameras_in(answer):
        set_widget(WIDGET, answer["picked"])


def choose_camera(cameras: dict[str, str]) -> None:
    """Show the chooser where there are several cameras: {id: name}."""
    if len(cameras) < 2:
        return
    if picked_camera() not in cameras:
        set_widget(WIDGET, next(iter(cameras)))
    st.selectbox(
        "Camera",
        list(cameras),
        format_func=lambda camera: cameras.get(camera, "Camera"),
        key=set_by_page(WIDGET),
        persist_state="session",
        label_visibility="collapsed",
        width=220,
    )
