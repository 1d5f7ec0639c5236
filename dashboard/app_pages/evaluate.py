"""Evaluate: to be written by its owner."""

import streamlit as st

st.title("Evaluate")
