"""The steps of one patient's visit in the demonstration: each calls the action that a person's press would call."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

from clinic.actions.duty import check_in
from clinic.findings import Finding, decisions, undecided
from clinic.models import Chair, Membership, Screen, Site, User
from clinic.signatures import IdentityProof
from desk.demo.day import LATE_COMER
from patients.actions.drivers import answer_driver
from patients.models import Contact, DriverConsent, Patient
from sessions.actions import arrival, booking, departures, dosing, early, leaving, predose, screens, watch
from sessions.models import TreatmentSession
from sessions.picture import picture_of
from sessions.queries.gates import gate_facts
from sessions.queries.policies import policy_for
from sessions.rules.gates import start_findings
from sessions.rules.readiness import ITEMS

REASON = "Weighed for the demonstration; benefit outweighs the risk."
CALM = {"breaths": 14, "breathing": "normal", "sedation": 5, "dissociation": "none", "nausea": "none", "spo2": 98, "pulse": 72}


@dataclass
class Floor:
    """One site with its people and chairs."""

    site: Site
    members: dict[str, Membership] = field(init=False)
    chairs: list[Chair] = field(init=False)

    def __post_init__(self) -> None:
        rows = self.site.memberships.select_related("user", "site")
        self.members = {row.user.email.partition("@")[0]: row for row in rows}
        self.chairs = list(self.site.chairs.order_by("position"))

    def of_role(self, role: str) -> Membership:
        return next(member for member in self.members.values() if member.role == role)

    def come_on_duty(self, *, since: datetime, now: datetime) -> None:
        """The prescribers but one, and the monitors, are here since the first scene; again after midnight, since presence lapses with the day."""
        midnight = datetime.combine(now.astimezone(self.site.zone).date(), time(0), tzinfo=self.site.zone).astimezone(UTC)
        for at in sorted({since, max(since, midnight)}):
            for word, member in self.members.items():
                if member.role in ("prescriber", "monitor") and word != LATE_COMER:
                    check_in(member, by=member.user, now=at)

    def patients_who_may_come(self, now: datetime, count: int) -> list[Patient]:
        """Patients with an open course who were not here in the last two days, those who have come least first."""
        recent = now.astimezone(self.site.zone).date() - timedelta(days=1)
        busy = TreatmentSession.objects.filter(site=self.site, treatment_on__gte=recent).values("patient_id")
        rows = Patient.objects.filter(
            site=self.site, status="active", courses__ended_at__isnull=True, enrolments__isnull=False, consents__isnull=False
        )
        return list(rows.exclude(pk__in=busy).distinct().order_by("-courses__opened_at", "pk")[:count])


@dataclass
class Part:
    """One patient's way through the day. Every method takes the moment at which it happens."""

    floor: Floor
    patient: Patient
    room: int
    session: TreatmentSession = field(init=False)

    @property
    def nurse(self) -> Membership:
        return self.floor.of_role("monitor")

    @property
    def prescriber(self) -> Membership:
        return self.floor.of_role("prescriber")

    @property
    def by(self) -> User:
        return self.nurse.user

    @property
    def escort(self) -> Contact | None:
        return self.patient.contacts.filter(kind=Contact.Kind.ESCORT).first()

    def book(self, at: datetime, *, starts_at: datetime, dose_mg: int) -> None:
        wish = booking.Wish(
            patient=self.patient, chair=self.floor.chairs[self.room - 1], starts_at=starts_at, dose_mg=dose_mg, reason=REASON, may_decide=True
        )
        self.session = booking.book(wish, client_key=uuid4(), by=self.prescriber.user, now=at)

    def arrive(self, at: datetime) -> None:
        escort = self.escort
        if escort is not None and escort.phone:
            answer_driver(escort, has_agreed=True, how=DriverConsent.How.CHART, by=self.by, now=at)
        arrival.arrive(self.session, said_name=True, said_birth_date=True, way_home="driver", escort=escort, client_key=uuid4(), by=self.by, now=at)

    def answer(self, at: datetime, *, ate_minutes_ago: int = 240) -> None:
        answers: dict[str, object] = {
            "last_food": (at - timedelta(minutes=ate_minutes_ago)).isoformat(), "last_drink": (at - timedelta(minutes=90)).isoformat(),
            "last_nasal": "none", "enrolment": "portal", "contraindications": [], "medicines": [], "event_since": "no", "suicide_risk": "negative",
        }  # fmt: skip
        if self.patient.can_be_pregnant:
            answers["pregnancy"] = "no"
        predose.answer_round(
            self.session, answers=answers, asked_identity=True, said_name=True, said_birth_date=True, client_key=uuid4(), by=self.by, now=at
        )

    def check(self, at: datetime, systolic: int, diastolic: int, **values: Any) -> None:
        reading = watch.Check(
            values=CALM | {"systolic": systolic, "diastolic": diastolic} | values,
            observed_at=at,
            client_key=uuid4(),
            observed_by=self.by,
            is_confirmed=True,
        )
        watch.record_observation(self.session, check=reading, by=self.by, now=at)

    def decide_all(self, at: datetime) -> None:
        """A prescriber decides on whatever a gate leaves to a decision."""
        for finding in self.open_decisions(at):
            predose.decide(
                self.session, finding_key=finding.key, reason=REASON, client_key=uuid4(), by=self.prescriber.user, membership=self.prescriber, now=at
            )

    def open_decisions(self, at: datetime) -> list[Finding]:
        session = TreatmentSession.objects.select_related("site", "patient", "course", "order", "policy").get(pk=self.session.pk)
        picture = picture_of(session, policy_for(session), predose.GATE_PARTS)
        found = decisions(start_findings(gate_facts(picture, at=at, membership=self.prescriber)))
        return undecided(found, predose.decided_before_dose(picture))

    def clear(self, at: datetime) -> None:
        self.decide_all(at)
        predose.clear_for_dosing(self.session, by=self.prescriber.user, membership=self.prescriber, now=at)

    def start(self, at: datetime) -> None:
        self.decide_all(at)
        dosing.start(
            self.session, kit=self.kit(at), said_name=True, said_birth_date=True, client_key=uuid4(), by=self.by, membership=self.nurse, now=at
        )

    def kit(self, at: datetime) -> dosing.Kit:
        return dosing.Kit(route="bulk", lot=f"DEMO{at:%y%m}1", expires_on=date(at.year + 2, 1, 31))

    def device(self, at: datetime) -> None:
        given = dosing.Given(kit=self.kit(at), sprays=2, given_at=at, observed_by=self.by)
        dosing.record_device(self.session, given=given, client_key=uuid4(), by=self.by, membership=self.nurse, now=at)

    def late_device(self, at: datetime, minutes: int) -> None:
        """Given in time, written down later by one person alone (OUT-4)."""
        given = dosing.Given(kit=self.kit(at), sprays=2, given_at=at - timedelta(minutes=minutes), observed_by=self.by)
        dosing.record_device(self.session, given=given, client_key=uuid4(), by=self.by, membership=self.nurse, now=at)

    def event(self, at: datetime, kind: str) -> None:
        watch.record_event(self.session, event=watch.Event(kind=kind, observed_at=at, client_key=uuid4()), by=self.by, now=at)

    def round(self, at: datetime) -> None:
        watch.record_round(self.session, observed_at=at, client_key=uuid4(), by=self.by, now=at)

    @property
    def tablet(self) -> Screen | None:
        """The patient's own screen at this chair, where one is enrolled."""
        return Screen.objects.filter(chair=self.floor.chairs[self.room - 1], kind=Screen.Kind.PATIENT, revoked_at__isnull=True).first()

    def says(self, at: datetime, kind: str) -> None:
        if tablet := self.tablet:
            screens.record_feeling(tablet, kind=kind, client_key=uuid4(), now=at)

    def calls_for_help(self, at: datetime) -> None:
        if tablet := self.tablet:
            screens.ask_help(tablet, client_key=uuid4(), now=at)

    def comes_to_help(self, at: datetime) -> None:
        screens.answer_help(self.session, by=self.by, now=at)

    def ready(self, at: datetime) -> None:
        answers = {item.id: item.good[0] for item in ITEMS}
        if self.escort is not None:
            answers |= {"way_home": "handed", "taken_by": str(self.escort.pk), "taken_seen": "known"}
        leaving.record_readiness(self.session, answers=answers, observed_at=at, client_key=uuid4(), by=self.by, now=at)

    def discharge(self, at: datetime) -> None:
        proof = IdentityProof(user=self.by, method="password")
        leaving.discharge(self.session, proof=proof, membership=self.nurse, client_key=uuid4(), now=at)

    def discharge_early(self, at: datetime) -> None:
        nurse, prescriber = (
            early.Signer(proof=IdentityProof(user=one.user, method="password"), membership=one) for one in (self.nurse, self.prescriber)
        )
        said = early.Early(reason="Her child is ill; her sister drives her home and stays", shown={"MON-1.time"})
        early.discharge_early(self.session, early=said, signer=nurse, second=prescriber, client_key=uuid4(), now=at)

    def leave(self, at: datetime) -> None:
        told = departures.Departing(
            seen_at=at - timedelta(minutes=2), condition="Awake, walking steadily", patient_called="missed", contact_called="reached",
            note="Her brother is on his way to meet her",
        )  # fmt: skip
        departures.record_left(self.session, departing=told, client_key=uuid4(), by=self.by, now=at)

    def wait(self, at: datetime) -> None:
        arrival.wait(self.session, reason="Ate an hour ago: food again in an hour", by=self.by, now=at)

    def hold(self, at: datetime) -> None:
        arrival.hold(self.session, reason="Pressure stayed high after rest; comes again on Thursday", by=self.prescriber.user, now=at)

    def miss(self, at: datetime) -> None:
        booking.mark_missed(self.session, reason="Didn't come; called, no answer", by=self.floor.of_role("front_desk").user, now=at)

    def cancel(self, at: datetime) -> None:
        booking.cancel(self.session, reason="Patient called: has a cold", by=self.floor.of_role("front_desk").user, now=at)
