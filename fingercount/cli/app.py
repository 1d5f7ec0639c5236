"""The commands around the app: app starts it, where says where its photos and models are."""

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping

from fingercount.cli.terminal import say, write_result
from fingercount.errors import FingercountError
from fingercount.extras import need

# The pages' server reads these: dashboard/components/server/start.py.
TOKEN, VIEWER_TOKEN = "FINGERCOUNT_TOKEN", "FINGERCOUNT_VIEWER_TOKEN"
NAME_HEADER, EDITORS = "FINGERCOUNT_NAME_HEADER", "FINGERCOUNT_EDITORS"


def app_flags(command: ArgumentParser) -> None:
    command.add_argument(
        "--port", type=int, metavar="N", help="port of its address (default: 8501)"
    )
    command.add_argument(
        "--no-token",
        action="store_true",
        help="let in whoever reaches the address; otherwise the address has a token",
    )
    command.add_argument(
        "--viewer-link",
        action="store_true",
        help="print a second address, for viewers: they may use Live and look at everything else, "
        "but change nothing",
    )
    command.add_argument(
        "--behind-proxy",
        metavar="HEADER",
        help="a proxy is in front of the app and sends the name of whoever logged in, such as in "
        "X-Forwarded-User; the journal then says who changed what (docs/sharing.md)",
    )
    command.add_argument(
        "--editors",
        metavar="NAMES",
        help="with --behind-proxy: the names that may change something, with commas between; all "
        "others are viewers",
    )
    command.add_argument(
        "streamlit",
        nargs="*",
        metavar="-- OPTION",
        help="options of `streamlit run`, such as -- --server.headless true",
    )


def app(options: Namespace) -> None:
    import runpy
    import signal

    need("live")
    arguments = streamlit_arguments(options.port, options.streamlit)
    os.environ.update(access_settings(options, os.environ))
    # The server ends well at Ctrl-C and then raises the signal once more, as if it had not.
    signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
    # Streamlit runs here, not in a process of its own: Ctrl-C and the end of a terminal reach it.
    sys.argv = ["streamlit", *arguments]
    runpy.run_module("streamlit", run_name="__main__", alter_sys=True)


def access_settings(options: Namespace, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that say who gets in, and as what.

    Tokens of the person's own stay the same from start to start.

    Raises:
        FingercountError: where an option needs another one.
    """
    token = "" if options.no_token else environment.get(TOKEN) or new_token()
    viewer_token = environment.get(VIEWER_TOKEN, "")
    if options.viewer_link:
        viewer_token = viewer_token or new_token()
    header = options.behind_proxy or environment.get(NAME_HEADER, "")
    editors = environment.get(EDITORS, "") if options.editors is None else options.editors
    if viewer_token and not token:
        raise FingercountError(
            "Viewers have a token of their own, so editors need one, too.",
            terminal="Leave out --no-token.",
        )
    if options.editors is not None and not (header and editors.strip(", ")):
        raise FingercountError(
            "The names of editors mean something only where a proxy says who is asking.",
            terminal="Give --editors anna,ben together with --behind-proxy X-Forwarded-User.",
        )
    return {
        TOKEN: token,
        VIEWER_TOKEN: viewer_token,
        NAME_HEADER: header,
        EDITORS: editors,
    }


def new_token() -> str:
    """Return 32 letters, digits, - and _ that nobody guesses."""
    import secrets

    return secrets.token_urlsafe(24)


def streamlit_arguments(port: int | None, more: list[str]) -> list[str]:
    """Return what starts the pages: streamlit's arguments.

    Raises:
        FingercountError: where there is no such port, or the pages are missing.
    """
    from fingercount.paths import dashboard_dir

    home = dashboard_dir() / "Home.py"
    if not home.is_file():
        raise FingercountError(f"The pages are missing ({home}); install fingercount again.")
    if port is not None and not 1 <= port <= 65535:
        raise FingercountError(f"There is no port {port}; give 1 to 65535, such as 8501.")
    # Streamlit reads the settings in .streamlit beside Home.py, whatever folder it is started in.
    return ["run", str(home), *(["--server.port", str(port)] if port else []), *more]


def where(options: Namespace) -> None:
    from fingercount.paths import data_dir, models_dir, shipped_data_dir, shipped_models_dir

    shipped = shipped_data_dir(), shipped_models_dir()
    say(f"Photos: {data_dir()}")
    say(f"Models: {models_dir()}")
    if all(shipped):
        say(f"What ships with fingercount: {shipped[0]} and {shipped[1]}")
    say("$FINGERCOUNT_DATA and $FINGERCOUNT_MODELS name other folders.")
    write_result(
        options.json,
        {
            "data": str(data_dir()),
            "models": str(models_dir()),
            "shipped_data": shipped[0] and str(shipped[0]),
            "shipped_models": shipped[1] and str(shipped[1]),
        },
    )
