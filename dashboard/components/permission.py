"""Asking the browser for its camera before the video starts, to know why there is none.

The video component tries again at once when the browser refuses, hundreds of times, and tells
nobody why. So this asks first, once per press of Start, and reports the browser's answer.
"""

import streamlit as st

ASK = """
export default function ({ data, parentElement, setStateValue }) {
  if (!data.round || parentElement.asked === data.round) return;
  parentElement.asked = data.round;
  const answer = (error) => setStateValue("answer", { round: data.round, error });
  if (!navigator.mediaDevices) return answer("NoMediaDevices");
  navigator.mediaDevices.getUserMedia({ video: true }).then(
    (stream) => { stream.getTracks().forEach((track) => track.stop()); answer(""); },
    (error) => answer(error.name),
  );
}
"""
ask = st.components.v2.component("fingercount_camera_permission", js=ASK)

REASONS = {
    "NotAllowedError": "The browser may not use the camera. Allow it for this page (the camera "
    "sign beside the address), then press Start again.",
    "NotFoundError": "The browser finds no camera. Connect one, then press Start again.",
    "NotReadableError": "The camera is in use. Close the other program or page that uses it, then "
    "press Start again.",
    "NoMediaDevices": "Browsers give the camera only to pages on https or on localhost, and this "
    "page is neither. Open it on the machine it runs on, or serve it over https (see the README).",
}


def ask_for_camera(key: str, round_: int) -> str | None:
    """Ask once for each round; return None while there is no answer, "" for yes, else why not.

    Args:
        key: the page's prefix.
        round_: another number for every press of Start, 0 before the first.
    """
    result = ask(
        key=f"{key}_permission", data={"round": round_}, on_answer_change=lambda: None, width=1
    )
    return reason(result.answer, round_)


def reason(answer: dict | None, round_: int) -> str | None:
    """Return what a browser's answer means in this round, as for `ask_for_camera`."""
    if not round_ or not answer or answer.get("round") != round_:
        return None
    error = answer.get("error")
    return REASONS.get(error, f"The browser gave no camera ({error}).") if error else ""
