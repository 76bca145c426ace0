"""A clinic at ten in the morning of the suite's day, with live processes around it."""

from dataclasses import dataclass

from sessions.models import TreatmentSession
from tests.cast import Cast
from tests.e2e.hands import Mouse
from tests.e2e.people import Opener, Person
from tests.factories.clinic import PASSWORD
from tests.factories.sessions import at_state
from tests.support.stack import LiveStack


@dataclass
class Floor:
    """`session` makes one by rows, `nurse` opens a signed-in browser."""

    stack: LiveStack
    cast: Cast
    open_browser: Opener

    def nurse(self, width: int = 1440) -> Person:
        person = self.open_browser(self.stack.url, width=width, hands=Mouse)
        person.sign_in(self.cast.nurse.email, PASSWORD)
        return person

    def session(self, status: str, **fields: object) -> TreatmentSession:
        return at_state(status, self.cast, **fields)  # type: ignore[arg-type]

    def open(self, person: Person, session: TreatmentSession) -> None:
        person.page.goto(f"/riverside/sessions/{session.pk}/")
