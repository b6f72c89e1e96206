"""How an installation comes to run: its database, its processes, and what must be made ready before them."""


class CannotLaunch(Exception):
    """Something outside keeps Nazorg from starting; the message is a sentence that says what to do."""
