"""The video between browser and app: streamlit-webrtc, as this app uses it."""

import json
import os
from collections.abc import Callable

import av
import streamlit as st
from streamlit_webrtc import WebRtcMode, webrtc_streamer

from fingercount.errors import FingercountError
from fingercount.live.viewfinder import Viewfinder

CONSTRAINTS = {
    "video": {"width": {"ideal": 640}, "height": {"ideal": 480}, "frameRate": {"ideal": 30}},
    "audio": False,
}

# As wide as leaves the whole picture in sight, below what stands above it.
FITS = "max-width: max(260px, calc((100vh - 15.5rem) * 4 / 3))"


def video(key: str, view: Viewfinder, playing: bool, hidden: bool = False) -> bool:
    """Show the video; return whether the browser says that it is connected.

    Args:
        key: the page's prefix.
        view: what is done with each frame.
        playing: whether the camera is to run.
        hidden: whether to leave no room for it.

    Raises:
        FingercountError: where the configured ICE servers cannot be read.
    """
    servers = ice_servers(os.environ.get("FINGERCOUNT_ICE_SERVERS"), _secrets())
    with st.container(key=f"{key}_camera"):
        # Without the mouse, the frame never takes the keyboard from the page's shortcuts; and a
        # shortcut must not draw the focus ring around the whole page.
        style = "display: none" if hidden else "pointer-events: none"
        st.html(
            f"<style>.st-key-{key}_camera {{{FITS}}} .st-key-{key}_camera iframe {{{style}}}"
            ".stMain:focus-visible::before {box-shadow: none !important}</style>"
        )
        context = webrtc_streamer(
            key=f"{key}_webrtc",
            mode=WebRtcMode.SENDRECV,
            rtc_configuration={"iceServers": servers},
            media_stream_constraints=CONSTRAINTS,
            desired_playing_state=playing,
            video_frame_callback=frame_callback(view),
            on_video_ended=view.close,
            media_toggle_controls=False,
            video_html_attrs={
                "autoPlay": True,
                "controls": False,
                "muted": True,
                "playsInline": True,
                "style": {"width": "100%", "borderRadius": "0.6rem"},
            },
        )
    return context.state.playing


def ice_servers(environment: str | None, secrets: dict) -> list[dict]:
    """Return the STUN and TURN servers a user configured; none by default, so nothing goes out.

    Args:
        environment: $FINGERCOUNT_ICE_SERVERS, a JSON list such as
            `[{"urls": "turn:turn.example.org", "username": "ada", "credential": "secret"}]`.
        secrets: the `[webrtc]` table of dashboard/.streamlit/secrets.toml with `ice_servers`.

    Raises:
        FingercountError: where it is not a list of servers with "urls".
    """
    try:
        servers = json.loads(environment) if environment else secrets.get("ice_servers", [])
        servers = [dict(server) for server in servers]
        if not all(server["urls"] for server in servers):
            raise KeyError("urls")
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise FingercountError(
            "The ICE servers cannot be read: give FINGERCOUNT_ICE_SERVERS as a JSON list such as "
            '[{"urls": "stun:stun.example.org:3478"}].'
        ) from error
    return servers


def frame_callback(view: Viewfinder) -> Callable[[av.VideoFrame], av.VideoFrame]:
    """Return what streamlit-webrtc calls with each frame."""

    def show(frame: av.VideoFrame) -> av.VideoFrame:
        return av.VideoFrame.from_ndarray(view.show(frame.to_ndarray(format="rgb24")), "rgb24")

    return show


def _secrets() -> dict:
    try:
        return st.secrets["webrtc"]
    except (FileNotFoundError, KeyError):
        return {}
