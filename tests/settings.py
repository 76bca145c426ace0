"""The suite's mode, then the one settings file. (pytest-django reads settings before any conftest could set the mode.)"""

import os

os.environ["VIGIL_MODE"] = "test"

from config.settings import *  # noqa: F403
