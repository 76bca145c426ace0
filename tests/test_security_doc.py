"""docs/security.md keeps to the code: no requirement twice, counts that add up, and every test and place that it names is there."""

import ast
import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "docs" / "security.md").read_text()
ANSWERS = ("met", "not applicable", "not met")
ROW = re.compile(r"^\| (V\d+\.\d+\.\d+|\([a-e]\)\S*|proposed: \w+|11\.\d+\S*) \| (.+?) \| (.+) \|$", re.MULTILINE)
ROWS = [(found[1], found[2], found[3]) for found in ROW.finditer(TEXT)]
LEVELS_ONE_AND_TWO = 253


def answer_of(words: str) -> str:
    found = re.match(r"\*\*(.+?)\*\*: \S", words)
    return found[1] if found else ""


def group_of(one: str) -> str:
    return "ASVS 5.0" if one.startswith("V") else "Part 11" if one.startswith("11.") else "HIPAA"


def functions(path: Path) -> set[str]:
    return {node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_each_requirement_stands_once_with_one_of_three_answers() -> None:
    assert [one for one, times in Counter(one for one, _, _ in ROWS).items() if times > 1] == []
    assert [one for one, _, words in ROWS if answer_of(words) not in ANSWERS] == []
    assert sum(one.startswith("V") for one, _, _ in ROWS) == LEVELS_ONE_AND_TWO
    assert [one for one, about, _ in ROWS if len(about.split()) > 8] == []


def test_the_counts_at_the_top_are_counted() -> None:
    counted = Counter((group_of(one), answer_of(words)) for one, _, words in ROWS)
    for group in ("ASVS 5.0", "HIPAA", "Part 11"):
        assert f"| {group} | {' | '.join(str(counted[group, answer]) for answer in ANSWERS)} |" in TEXT


def test_every_test_and_place_that_is_named_is_there() -> None:
    named = set(re.findall(r"`((?:\w+/)+[\w.-]*|\.\w+)(?:::(\w+))?`", TEXT))
    assert len(named) > 60
    assert [path for path, _ in named if not (ROOT / path).exists()] == []
    assert [f"{path}::{test}" for path, test in named if test and test not in functions(ROOT / path)] == []
