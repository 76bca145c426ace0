"""The pages that design.md sets goals for, as the bench asks for them."""

from dataclasses import dataclass, field


@dataclass
class Page:
    """`paths` are asked in turn; `fields` makes it a post."""

    name: str
    path: str = ""
    paths: list[str] = field(default_factory=list)
    fields: dict[str, str] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    expected: tuple[int, ...] = (200,)
    is_poll: bool = False
    goal: int = 0
    most_queries: int = 0

    def path_of(self, number: int) -> str:
        return self.paths[number % len(self.paths)] if self.paths else self.path

    def asked(self) -> dict[str, object]:
        # Twice: a reading that repeats the one before is asked about (MON-7).
        posts = [self.fields, {**self.fields, "pulse": "61"}] if self.fields else None
        return {"name": self.name, "path": self.path_of(0), "posts": posts, "headers": self.headers, "is_poll": self.is_poll}


def pages(told: dict[str, object]) -> list[Page]:
    """On a calm floor: nothing late, no alert open."""
    live = [int(pk) for pk in told["live"]]  # type: ignore[attr-defined]
    polled = {"HX-Request": "true"}
    return [
        Page("board, 12 chairs", "/riverside/", goal=11, most_queries=12),
        Page("board, poll with nothing new", "/riverside/?v=", headers=polled, expected=(204,), is_poll=True, goal=3, most_queries=4),
        Page("flowsheet, mid-watch", f"/riverside/sessions/{live[0]}/", goal=14, most_queries=16),
        Page("patient list, 50 rows", "/riverside/patients/", goal=9, most_queries=10),
        Page("filing desk, 50 rows", "/riverside/filing/?state=filed", goal=9, most_queries=10),
        Page("week, 12 chairs, 200 visits", f"/riverside/schedule/?view=week&day={told['week']}", goal=20, most_queries=12),
    ]


def loud_pages(told: dict[str, object]) -> list[Page]:
    """With alerts open and checks late on half of the chairs; the posts go to both halves."""
    live = [int(pk) for pk in told["live"]]  # type: ignore[attr-defined]
    calm, loud = live[len(live) // 2 :], live[: len(live) // 2]
    return [
        Page("board, alerts and late checks", "/riverside/", goal=11, most_queries=12),
        Page("flowsheet, a critical alert", f"/riverside/sessions/{loud[0]}/", goal=14, most_queries=16),
        posting("posting a check", calm),
        posting("posting a check, late or alerted", loud),
    ]


def after_posts(told: dict[str, object]) -> Page:
    """The flowsheet once more, with more checks than any watch has."""
    live = [int(pk) for pk in told["live"]]  # type: ignore[attr-defined]
    return Page("flowsheet, after the posts", f"/riverside/sessions/{live[-1]}/", goal=14, most_queries=16)


def posting(name: str, sessions: list[int]) -> Page:
    paths = [f"/riverside/sessions/{pk}/checks/" for pk in sessions]
    return Page(name, paths=paths, fields=vitals(0), expected=(302, 303), goal=7, most_queries=16)


def vitals(number: int) -> dict[str, str]:
    """A full check, a little different each time."""
    return {
        "systolic": str(118 + number % 9), "diastolic": str(74 + number % 5), "pulse": str(68 + number % 7), "spo2": "98", "breaths": "14",
        "breathing": "normal", "sedation": "5", "dissociation": "none", "nausea": "none",
    }  # fmt: skip
