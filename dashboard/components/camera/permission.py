"""Making the browser ready before the video starts, so that it starts once or says why not.

Two things would otherwise go wrong in the video component. Where the browser refuses its camera,
it tries again at once, hundreds of times, and says nowhere why. And while it loads its last piece
of code, at the first start, it can start several times over: then it listens to the wrong
connection, and a camera stays on for ever. So this loads that piece and asks for the camera first,
once per press of Start.
"""

from pathlib import Path

import streamlit as st
import streamlit_webrtc

MAKE_READY = """
const frames = () => [...document.querySelectorAll("iframe[src*='streamlit_webrtc']")];
// A frame that was just put on the page has another, empty document, or none, until it is loaded.
const loaded = (frame) => {
  const page = frame.contentDocument;
  return page?.head && page.URL === frame.src && page.readyState === "complete";
};
const loadedFrames = async () => {
  while (!frames().length || !frames().every(loaded)) {
    await new Promise((done) => setTimeout(done, 50));
  }
  return frames();
};
const load = (frame, source) => new Promise((done) => {
  const script = frame.contentDocument.createElement("script");
  Object.assign(script, { type: "module", src: source, onload: done, onerror: done });
  frame.contentDocument.head.append(script);
});
const loadPieces = async (sources) => {
  const all = await loadedFrames();
  await Promise.all(all.flatMap((frame) => sources.map((source) => load(frame, source))));
};
const patience = () => new Promise((done) => setTimeout(done, 5000));

export default function ({ data, parentElement, setStateValue }) {
  if (!data.round || parentElement.asked === data.round) return;
  parentElement.asked = data.round;
  // An answer that comes late must not stand in the place of a newer round's.
  const answer = (error) => {
    if (parentElement.asked === data.round) setStateValue("answer", { round: data.round, error });
  };
  if (!navigator.mediaDevices) return answer("NoMediaDevices");
  Promise.race([patience(), loadPieces(data.pieces).catch(() => {})])
    .then(() => navigator.mediaDevices.getUserMedia({ video: true }))
    .then(
      (stream) => { stream.getTracks().forEach((track) => track.stop()); answer(""); },
      (error) => answer(error.name),
    );
}
"""
make_ready = st.components.v2.component("fingercount_camera_permission", js=MAKE_READY)

ASSETS = Path(streamlit_webrtc.__file__).parent / "frontend" / "dist" / "assets"
# Relative to the frame of the video.
PIECES = [f"./assets/{path.name}" for path in ASSETS.glob("adapter_core-*.js")]

REASONS = {
    "NotAllowedError": "This page may not use the camera. Allow it in the browser (the camera sign "
    "beside the address), then press Start again.",
    "NotFoundError": "The browser found no camera. Connect one, then press Start again.",
    "NotReadableError": "The camera is in use. Close the other program or page that uses it, then "
    "press Start again.",
    "NoMediaDevices": "Browsers allow the camera only on https or localhost pages, and this page "
    "is neither. Open it on the machine it runs on, or serve it over https (see the README).",
}


def ask_for_camera(key: str, round_: int) -> str | None:
    """Ask once for each round; return None while there is no answer, "" for yes, else why not.

    Args:
        key: the page's prefix.
        round_: another number for every press of Start, 0 before the first.
    """
    result = make_ready(
        key=f"{key}_permission",
        data={"round": round_, "pieces": PIECES},
        on_answer_change=lambda: None,
        width=1,
    )
    return reason(result.answer, round_)


def reason(answer: dict | None, round_: int) -> str | None:
    """Return what a browser's answer means in this round, as for `ask_for_camera`."""
    if not round_ or not answer or answer.get("round") != round_:
        return None
    error = answer.get("error")
    return REASONS.get(error, f"The browser did not start the camera ({error}).") if error else ""
