"""Guards of the database itself: what happened stays, and no row points into another site. Installed after every migrate."""

from clinic.guards import checks
from clinic.guards.keeper import install, install_guards, lifted, missing, set_aside_guards, take_down, wanted

__all__ = ["checks", "install", "install_guards", "lifted", "missing", "set_aside_guards", "take_down", "wanted"]
