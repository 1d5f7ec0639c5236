"""What the server starts with: the guard's settings, and the address that is told and opened."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from components.server.address import address_to_open, allowed_hosts
from components.server.guard import Guard
from starlette.middleware import Middleware
from streamlit import cli_util, config
from streamlit.starlette import App

TOKEN = "FINGERCOUNT_TOKEN"  # `fingercount app` sets it; `streamlit run` has none


def guards() -> list[Middleware]:
    """Return what stands before Streamlit."""
    names = [config.get_option("browser.serverAddress"), *config.get_option("server.allowedHosts")]
    cors = config.get_option("server.enableCORS")
    origins = config.get_option("server.corsAllowedOrigins")
    hosts = allowed_hosts(config.get_option("server.address"), [name for name in names if name])
    return [
        Middleware(
            Guard,
            token=os.environ.get(TOKEN) or None,
            hosts=hosts,
            origins=list(origins) if cors else ["*"],
        )
    ]


@asynccontextmanager
async def announce(app: App) -> AsyncIterator[None]:
    """Say where the app is, and open it in the browser where there is one."""
    url = address_to_open(
        config.get_option("browser.serverAddress")
        if config.is_manually_set("browser.serverAddress")
        else config.get_option("server.address"),
        int(config.get_option("server.port")),
        bool(config.get_option("server.sslCertFile")),
        config.get_option("server.baseUrlPath") or "",
        os.environ.get(TOKEN),
    )
    print(
        f"\n  fingercount is open in the browser at\n\n  {url}\n\n  Ctrl-C ends it.\n", flush=True
    )
    if not config.get_option("server.headless"):
        cli_util.open_browser(url)
    yield
