"""What the server starts with: the guard's settings, and the address that is told and opened."""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from components.server.address import address_to_open, allowed_hosts
from components.server.guard import NAME, ROLE, Entrance, Guard
from starlette.middleware import Middleware
from streamlit import cli_util, config
from streamlit.starlette import App

from fingercount.errors import FingercountError

# `fingercount app` sets these; `streamlit run` goes by them, too, and has no token without.
TOKEN, VIEWER_TOKEN = "FINGERCOUNT_TOKEN", "FINGERCOUNT_VIEWER_TOKEN"
NAME_HEADER, EDITORS = "FINGERCOUNT_NAME_HEADER", "FINGERCOUNT_EDITORS"
# What Streamlit keeps of a connection for as long as its session lives, under a name; it lets
# nobody take over the session of another user.
KEPT = {ROLE: "fingercount_role", NAME: "fingercount_name"}


def entrance(environment: Mapping[str, str]) -> Entrance:
    """Return who gets in, and as what, from the variables above.

    Raises:
        FingercountError: where viewers would come in as editors.
    """
    token, viewer_token = environment.get(TOKEN), environment.get(VIEWER_TOKEN)
    header, editors = environment.get(NAME_HEADER, ""), environment.get(EDITORS)
    if viewer_token and (not token or token == viewer_token):
        raise FingercountError(
            f"{VIEWER_TOKEN} lets in viewers, and {TOKEN} those who may change something: set "
            "both, to different ones."
        )
    if editors and not header:
        raise FingercountError(
            f"{EDITORS} names who may change something, so a proxy must say who is asking: name "
            f"its header in {NAME_HEADER}, such as X-Forwarded-User."
        )
    names = frozenset(name.strip() for name in (editors or "").split(","))
    return Entrance(token or None, viewer_token or None, header, names - {""} if editors else None)


def guards() -> list[Middleware]:
    """Return what stands before Streamlit."""
    config.set_option("server.trustedUserHeaders", KEPT)
    names = [config.get_option("browser.serverAddress"), *config.get_option("server.allowedHosts")]
    cors = config.get_option("server.enableCORS")
    origins = config.get_option("server.corsAllowedOrigins")
    hosts = allowed_hosts(config.get_option("server.address"), [name for name in names if name])
    return [
        Middleware(
            Guard,
            entrance=entrance(os.environ),
            hosts=hosts,
            origins=list(origins) if cors else ["*"],
        )
    ]


@asynccontextmanager
async def announce(app: App) -> AsyncIterator[None]:
    """Say where the app is, and open it in the browser where there is one."""

    def address(token: str | None) -> str:
        return address_to_open(
            config.get_option("browser.serverAddress")
            if config.is_manually_set("browser.serverAddress")
            else config.get_option("server.address"),
            int(config.get_option("server.port")),
            bool(config.get_option("server.sslCertFile")),
            config.get_option("server.baseUrlPath") or "",
            token,
        )

    door = entrance(os.environ)
    url = address(door.token)
    viewers = f"  For viewers, who may only look:\n\n  {address(door.viewer_token)}\n\n"
    print(
        f"\n  fingercount is open in the browser at\n\n  {url}\n\n"
        f"{viewers if door.viewer_token else ''}  Ctrl-C ends it.\n",
        flush=True,
    )
    if not config.get_option("server.headless"):
        cli_util.open_browser(url)
    yield
