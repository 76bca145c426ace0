"""What pages, tasks and reports read of the patients' room."""

from patients.queries.chart import Chart, chart, position
from patients.queries.search import by_name, found_patients, patients_of
from patients.queries.standing import (
    current_consent,
    current_enrolment,
    has_proof,
    medicines_on,
    open_course,
    order_facts,
    orders_in_force,
    prescribers_of,
    standing_parameters,
    standing_screenings,
    trials_of,
)

__all__ = [
    "Chart",
    "by_name",
    "chart",
    "current_consent",
    "current_enrolment",
    "found_patients",
    "has_proof",
    "medicines_on",
    "open_course",
    "order_facts",
    "orders_in_force",
    "patients_of",
    "position",
    "prescribers_of",
    "standing_parameters",
    "standing_screenings",
    "trials_of",
]
