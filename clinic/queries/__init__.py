"""What pages, tasks and reports read of the clinic room; each takes the same few queries whatever the history."""

from clinic.queries.notices import open_notices
from clinic.queries.opening import calendar_of, closing_at, is_staffed, last_staffed_day, today_at
from clinic.queries.people import members_of, open_invitations, sites_of, staff_list, trainings_of
from clinic.queries.policies import policies_of, policies_on, policy_on
from clinic.queries.presence import (
    DutyNow,
    awaiting_word,
    duty_at,
    duty_now,
    gaps_between,
    on_site_at,
    prescriber_on_site,
    prescribers_of,
    presence_gaps,
    stays_over,
)
from clinic.queries.standing import certified_on, equipment_on, equipment_problems, training_standings, training_valid

__all__ = [
    "DutyNow",
    "awaiting_word",
    "calendar_of",
    "certified_on",
    "closing_at",
    "duty_at",
    "duty_now",
    "equipment_on",
    "equipment_problems",
    "gaps_between",
    "is_staffed",
    "last_staffed_day",
    "members_of",
    "on_site_at",
    "open_invitations",
    "open_notices",
    "policies_of",
    "policies_on",
    "policy_on",
    "prescriber_on_site",
    "prescribers_of",
    "presence_gaps",
    "sites_of",
    "staff_list",
    "stays_over",
    "today_at",
    "training_standings",
    "training_valid",
    "trainings_of",
]
