"""Proposals of who and where: patient, monitoring provider, setting, date (PMF-2)."""

from sessions.rules.form_facts import FormFacts
from sessions.rules.proposals.core import SOURCES, Raw

SOURCES |= {
    "patient.first_name": lambda facts: Raw(facts.patient.first_name),
    "patient.middle_initial": lambda facts: Raw(facts.patient.middle_initial or None, missing="No middle initial in the chart.", place="patient"),
    "patient.last_name": lambda facts: Raw(facts.patient.last_name),
    "patient.birth_on": lambda facts: Raw(facts.patient.birth_on),
    "patient.sex": lambda facts: Raw(facts.patient.sex),
    "monitor.name": lambda facts: of_monitor(facts, facts.monitor.name, "name"),
    "monitor.phone": lambda facts: of_monitor(facts, facts.monitor.phone, "phone number"),
    "monitor.email": lambda facts: of_monitor(facts, facts.monitor.email, "e-mail"),
    "site.name": lambda facts: Raw(facts.site_name),
    "site.address": lambda facts: Raw(facts.site_address or None, missing="The site has no address.", place="site"),
    "session.date": lambda facts: Raw(facts.treatment_on),
}


def of_monitor(facts: FormFacts, value: str, what: str) -> Raw:
    evidence = (facts.monitor.basis,) if facts.monitor.basis else ()
    return Raw(value or None, evidence, missing=f"No {what} on record for the monitoring provider.", place="staff")
