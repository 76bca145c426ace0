"""The rating scales that are installed: one file each in patients/scale_definitions."""

import tomllib
from functools import cache
from pathlib import Path

from patients.rules.scores import Scale, parse_scale

SHIPPED = Path(__file__).parent / "scale_definitions"
ORDER = ("phq-9", "madrs")


@cache
def scales() -> dict[str, Scale]:
    """Every scale by its code, in the order in which they are offered."""
    read = [parse_scale(tomllib.loads(path.read_text())) for path in sorted(SHIPPED.glob("*.toml"))]
    by_code = {scale.code: scale for scale in read}
    return {code: by_code[code] for code in ORDER}


def scale_of(code: str) -> Scale:
    """Raises LookupError for a code that isn't installed."""
    return scales()[code]
