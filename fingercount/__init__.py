"""Teach a computer to count the fingers held up to a webcam, and know how far to trust it."""

__version__ = "0.1.0"
