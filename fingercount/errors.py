"""The one error a person is meant to read."""


class FingercountError(Exception):
    """What is wrong with which file, and what to do, in one line.

    The command line prints it and exits with 2; the pages show it as it is.

    Args:
        message: the line.
        terminal: what to type; only the command line adds it, as pages have buttons for it.
    """

    def __init__(self, message: object = "", *, terminal: str = "") -> None:
        super().__init__(message)
        self.terminal = terminal

    def in_terminal(self) -> str:
        """Return the line with what to type."""
        return f"{self} {self.terminal}".rstrip()
