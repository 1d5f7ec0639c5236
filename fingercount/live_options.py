"""The command line of the running model: what watch, export, parity and bench take."""

ALL = ()
