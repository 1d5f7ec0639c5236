"""What a viewer is shown, who may look and change nothing: fewer pages, and no buttons that change.

That nothing is changed does not rest on this: `fingercount.access` refuses each write.
"""

import streamlit as st

from fingercount.access import current_user

EDITORS_PAGES = ("app_pages/collect.py", "app_pages/train.py")


def may_change() -> bool:
    """Return whether whoever looks at the page may change something."""
    return current_user().may_change


def may_open(page: str) -> bool:
    """Return whether whoever looks at the page may open another one."""
    return page not in EDITORS_PAGES or may_change()


def page_link(page: str, **options) -> None:
    """Show a link to a page; nothing where it is not for whoever looks."""
    if may_open(page):
        st.page_link(page, **options)


def say_who() -> None:
    """Tell a viewer why there are no buttons to change something."""
    if not may_change():
        st.caption(":material/visibility: You may look and use Live, and change nothing here.")
