"""The training that runs in this app, whoever started it and whatever page is shown."""

import streamlit as st

from fingercount.training.jobs import Job, Jobs


@st.cache_resource
def jobs() -> Jobs:
    """Return the trainings of this app, shared by all viewers and pages."""
    return Jobs()


def latest_job() -> Job | None:
    """Return the training that runs, or the last one that did."""
    return jobs().latest
