"""The words of the patient's pages, in the patient's language: one file for each language, the same keys in all."""

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "pages"


@lru_cache
def speech(language: str) -> dict[str, Any]:
    """Every word of the pages; a language that isn't there reads English."""
    file = FOLDER / f"{language}.toml"
    return tomllib.loads((file if file.exists() else FOLDER / "en.toml").read_text(encoding="utf-8"))
