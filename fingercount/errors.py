"""The one error a person is meant to read."""


class FingercountError(Exception):
    """What is wrong with which file, and what to do, in one line.

    The command line prints it and exits with 2; the pages show it as it is.
    """
