"""Guards of the database itself: what happened stays, and no row points into another site. Installed after every migrate."""

from clinic.guards import checks
from clinic.guards.install import install, install_guards, lifted, missing, set_aside_guards

__all__ = ["checks", "install", "install_guards", "lifted", "missing", "set_aside_guards"]
