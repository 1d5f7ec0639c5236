"""Who is asking, as the guard said when the browser connected: a page's user."""

import os
from urllib.parse import unquote

import streamlit as st
from components.server.guard import EDITOR, NAME, ROLE
from components.server.start import EDITORS, KEPT, VIEWER_TOKEN
from streamlit.runtime.scriptrunner import get_script_run_ctx

from fingercount.access import User


def user_of_page() -> User:
    """Return who a page is shown to; outside a page, the app itself."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return User()
    said = st.user.to_dict()
    role, name = said.get(KEPT[ROLE]), said.get(KEPT[NAME])
    # Where nothing was said though somebody may only look, nobody may do more.
    limited = bool(os.environ.get(VIEWER_TOKEN) or os.environ.get(EDITORS))
    may_change = role == EDITOR or (role is None and not limited)
    return User(unquote(str(name)) if name else None, may_change)
