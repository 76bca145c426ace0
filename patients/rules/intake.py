"""The way from a referral to a bookable patient: which steps are done, which is the present one, how long it lasts (PAT-1…PAT-5, DOS-8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from patients.rules.course import MDSI
from patients.rules.indication import TRIALS_FOR_TRD


class Step(StrEnum):
    REFERRED = "referred"
    EVALUATED = "evaluated"
    PDMP = "pdmp"
    TRIALS = "trials"
    AUTHORISED = "authorised"
    CONSENTED = "consented"
    ENROLLED = "enrolled"
    DEVICE = "device"
    BOOKABLE = "bookable"

    @property
    def words(self) -> str:
        return WORDS[self]

    @property
    def waits_for(self) -> str:
        """As long as it isn't done: "Evaluated" would say that it was."""
        return WAITS_FOR.get(self, WORDS[self])


WORDS = {
    Step.REFERRED: "Referred",
    Step.EVALUATED: "Evaluated",
    Step.PDMP: "PDMP checked",
    Step.TRIALS: "Trials documented",
    Step.AUTHORISED: "Authorisation",
    Step.CONSENTED: "Consent and Medication Guide",
    Step.ENROLLED: "Enrolled",
    Step.DEVICE: "Device ordered",
    Step.BOOKABLE: "Bookable",
}
WAITS_FOR = {
    Step.EVALUATED: "Evaluation",
    Step.PDMP: "PDMP check",
    Step.TRIALS: "Trials on the chart",
    Step.ENROLLED: "Enrolment",
    Step.DEVICE: "Device order",
}
# Recorded by hand, since no chart holds them; the others are read off the chart. Only who charts may record the first two.
RECORDED = ("evaluated", "pdmp", "no_authorisation", "device_ordered")
CLINICAL = ("evaluated", "pdmp")


@dataclass(frozen=True, slots=True)
class Known:
    """What intake and chart hold of one patient, as site-local days; None: not there. `gaps` of consent and enrolment are sentences."""

    began_on: date
    referred_on: date
    evaluated_on: date | None = None
    screened_on: date | None = None
    is_contraindicated: bool = False
    pdmp_on: date | None = None
    indication: str = "trd"
    trial_days: tuple[date, ...] = ()
    authorised_on: date | None = None
    waived_on: date | None = None
    consented_on: date | None = None
    consent_gaps: tuple[str, ...] = ()
    enrolled_on: date | None = None
    enrolment_gaps: tuple[str, ...] = ()
    has_course: bool = False
    is_transfer: bool = False
    earlier_sessions: int = 0
    ordered_on: date | None = None
    device_on: date | None = None


@dataclass(frozen=True, slots=True)
class State:
    """One step. `missing` names what is still to be done (a code that pages know the way for), `words` say it; `on` is the day it was done."""

    step: Step
    on: date | None = None
    missing: str = ""
    words: str = ""

    @property
    def is_done(self) -> bool:
        return not self.missing


def states_of(known: Known) -> list[State]:
    """Every step in order. The last, bookable, is done when all before it are."""
    before = [
        State(Step.REFERRED, known.referred_on),
        _evaluated(known),
        _simple(Step.PDMP, known.pdmp_on, "pdmp", "The prescription monitoring programme wasn't looked up yet."),
        _trials(known),
        _simple(
            Step.AUTHORISED, _latest(known.authorised_on, known.waived_on), "authorisation", "No authorisation in force, and nobody said that none is needed."
        ),
        _gaps(Step.CONSENTED, known.consented_on, known.consent_gaps, "consent"),
        _gaps(Step.ENROLLED, known.enrolled_on, known.enrolment_gaps, "enrolment" if known.enrolled_on is None else "proof"),
        _device(known),
    ]  # fmt: skip
    waits = next((state for state in before if not state.is_done), None)
    last = State(Step.BOOKABLE, since_of(before, known)) if waits is None else State(Step.BOOKABLE, missing=waits.missing, words=waits.words)
    return [*before, last]


def _simple(step: Step, on: date | None, missing: str, words: str) -> State:
    return State(step, on) if on is not None else State(step, missing=missing, words=words)


def _gaps(step: Step, on: date | None, gaps: Sequence[str], missing: str) -> State:
    return State(step, missing=missing, words=" ".join(gaps)) if gaps else State(step, on)


def _evaluated(known: Known) -> State:
    """Somebody has seen the patient, and the screening on the chart has no contraindication (PAT-3)."""
    if known.is_contraindicated:
        return State(Step.EVALUATED, missing="contraindicated", words="Contraindicated by the screening on the chart (PAT-3).")
    if known.evaluated_on is None:
        return State(Step.EVALUATED, missing="evaluated", words="Nobody has recorded the evaluation yet.")
    if known.screened_on is None:
        return State(Step.EVALUATED, missing="screening", words="Not screened for contraindications yet (PAT-3).")
    return State(Step.EVALUATED, max(known.evaluated_on, known.screened_on))


def _trials(known: Known) -> State:
    """TRD means two adequate trials without response (PAT-2); another indication asks for none."""
    if known.indication == MDSI:
        return State(Step.TRIALS, words="Not asked for this indication.")
    days = sorted(known.trial_days)
    if len(days) < TRIALS_FOR_TRD:
        return State(Step.TRIALS, missing="trials", words=f"{len(days)} of {TRIALS_FOR_TRD} adequate trials without response on the chart (PAT-2).")
    return State(Step.TRIALS, days[TRIALS_FOR_TRD - 1])


def _device(known: Known) -> State:
    """The device is ordered on a prescriber's order (DOS-8); who comes from elsewhere needs their count first (DOS-3, PMF-3)."""
    if not known.has_course:
        return State(Step.DEVICE, missing="course", words="No open course yet.")
    if known.is_transfer and known.earlier_sessions == 0:
        return State(Step.DEVICE, missing="elsewhere", words="Transfers in: the course doesn't say how many sessions were given elsewhere.")
    if known.ordered_on is None:
        return State(Step.DEVICE, missing="order", words="No signed order in force (DOS-8).")
    if known.device_on is None:
        return State(Step.DEVICE, missing="device", words="Nobody has recorded that the device was ordered.")
    return State(Step.DEVICE, max(known.ordered_on, known.device_on))


def _latest(*days: date | None) -> date | None:
    return max((day for day in days if day is not None), default=None)


def present(states: Sequence[State]) -> State:
    """The first step that isn't done; the last one for who is bookable."""
    return next((state for state in states if not state.is_done), states[-1])


def since_of(states: Sequence[State], known: Known) -> date:
    """Since which day the present step is the present one: the last day on which a step before it was done, or the beginning."""
    at = next((place for place, state in enumerate(states) if not state.is_done), len(states))
    return max([known.began_on, *(state.on for state in states[:at] if state.on is not None)])


def is_slow(*, days: int, most: int) -> bool:
    """Whether a step lasts longer than the site allows (its policy's number of days)."""
    return days > most


def authorisation_problems(*, sessions: int, from_on: date, until_on: date) -> dict[str, str]:
    """What can't be about a payer's authorisation, by field."""
    problems = {}
    if not 1 <= sessions <= MOST_GRANTED:
        problems["sessions_granted"] = f"From 1 to {MOST_GRANTED} sessions."
    if until_on < from_on:
        problems["until_on"] = "It ends before it begins."
    elif (until_on - from_on).days > MOST_DAYS:
        problems["until_on"] = "Two years at most: is the year right?"
    return problems


MOST_GRANTED = 200
MOST_DAYS = 731
