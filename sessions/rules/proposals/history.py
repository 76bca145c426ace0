"""Proposals of medicines, enrolment and first treatment (PMF-2, PMF-3, PAT-1, PAT-6)."""

from sessions.rules.form_facts import FormFacts
from sessions.rules.proposals.core import SOURCES, Raw, Source, source


def medicine_class(name: str) -> Source:
    """Asked at this visit counts; the chart is evidence, and is all there is when nobody asked (PRE-4, PAT-6)."""

    def taken(facts: FormFacts) -> Raw:
        listed = tuple(f"chart: {medicine.name}" for medicine in facts.medicines if medicine.medicine_class == name)
        picked = facts.asked.answers.get("medicines") if facts.asked is not None else None
        if facts.asked is None or not isinstance(picked, list):
            return Raw(True if listed else None, listed, missing="Not asked at this visit.", place="session")
        is_taken = name in picked
        said = f"{facts.clock(facts.asked.at)} patient said {'yes' if is_taken else 'no'}, asked by {facts.asked.by}"
        # The patient says no and the chart says yes: the provider must look, so nothing is proposed.
        clash = bool(listed) and not is_taken
        return Raw(None if clash else is_taken, (said, *listed), missing="The chart and the patient disagree: your judgement." if clash else "")

    return taken


SOURCES |= {f"medicines.{name}": medicine_class(name) for name in ("benzodiazepine", "hypnotic", "opioid", "stimulant", "maoi", "cns_depressant")}


@source("medicines.list")
def medicine_list(facts: FormFacts) -> Raw:
    listed = tuple(f"{medicine.name} {medicine.dose}".strip() for medicine in facts.medicines)
    return Raw(listed or None, missing="No medicine in the chart.", place="patient")


@source("course.is_first")
def is_first(facts: FormFacts) -> Raw:
    """No dosed session before this one, here or elsewhere (DOS-3)."""
    earlier = facts.earlier_here + facts.earlier_elsewhere
    return Raw(earlier == 0, (f"dosed before: {facts.earlier_here} here, {facts.earlier_elsewhere} elsewhere",))


@source("patient.enrolled")
def enrolled(facts: FormFacts) -> Raw:
    if facts.enrolled_on is None or facts.enrolled_on > facts.treatment_on:
        return Raw(None, missing="No enrolment on record by the day of treatment.", place="patient")
    return Raw(True, (f"submitted {facts.enrolled_on:%-d %b %Y}", *verified(facts)))


@source("patient.rems_id")
def rems_id(facts: FormFacts) -> Raw:
    return Raw(facts.rems_id or None, missing="No REMS patient id in the chart.", place="patient")


def verified(facts: FormFacts) -> tuple[str, ...]:
    how = facts.asked.answers.get("enrolment") if facts.asked is not None else None
    return (f"verified at this visit: {how}",) if how in ("portal", "phone", "pharmacy") else ()
