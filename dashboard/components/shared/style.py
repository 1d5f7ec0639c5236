"""The few looks that Streamlit has no setting for: links that lead on look like buttons."""

import streamlit as st
from components.shared.access import page_link

CSS = """
<style>
[data-testid="stMain"] [data-testid="stPageLink"] a {
  border: 1px solid rgba(128, 140, 133, .45); border-radius: .5rem;
  padding: .45rem .85rem; width: fit-content; max-width: 100%; background: transparent}
[data-testid="stMain"] [data-testid="stPageLink"] a:hover {
  border-color: var(--st-primary-color, #0d7a4c); color: var(--st-primary-color, #0d7a4c)}
[class*="st-key-next_"] [data-testid="stPageLink"] a,
[class*="st-key-next_"] [data-testid="stPageLink"] a:hover {
  background: var(--st-primary-color, #0d7a4c); border-color: var(--st-primary-color, #0d7a4c)}
[class*="st-key-next_"] [data-testid="stPageLink"] a * {color: #fff}
.st-key-train_start button {min-height: 3.1rem}
.st-key-train_start button p {font-size: 1.15rem; font-weight: 600}
</style>
"""


def show_style() -> None:
    """Send the style to the browser, once for each page that is drawn."""
    st.html(CSS)


def next_link(page: str, label: str, icon: str, key: str) -> None:
    """Show the link to the next step as the page's main button; nothing where it may not be opened.

    Args:
        key: the page's prefix.
    """
    with st.container(key=f"next_{key}"):
        page_link(page, label=label, icon=icon)
