"""By which names the app may be called, and the address for a browser."""

from urllib.parse import urlencode

LOCAL = ("localhost", "127.0.0.1", "::1")


def allowed_hosts(address: str | None, more: list[str]) -> list[str]:
    """Return by which names the app may be called; none: by any, as others can reach it anyway.

    Args:
        address: what the server listens on.
        more: names that the settings allow.
    """
    return [*LOCAL, *more] if address in LOCAL else []


def address_to_open(
    address: str | None, port: int, https: bool = False, base: str = "", token: str | None = None
) -> str:
    """Return the address for a browser on this machine."""
    host = address or "localhost"
    if host in ("0.0.0.0", "::"):  # every one of this machine's
        host = "localhost"
    host = f"[{host}]" if ":" in host else host
    path = f"/{base.strip('/')}/" if base.strip("/") else "/" if token else ""
    query = "?" + urlencode({"token": token}) if token else ""
    return f"{'https' if https else 'http'}://{host}:{port}{path}{query}"
