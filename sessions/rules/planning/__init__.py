"""Planning a course from plain values: propose it, find the nearest slots of one visit, judge what was chosen, say what is due (DOS-3…DOS-7)."""

from sessions.rules.planning.check import Checked, Chosen, check_plan
from sessions.rules.planning.course import CourseFacts, Decision, course_decisions
from sessions.rules.planning.decided import decided_slots, nearer
from sessions.rules.planning.due import Adherence, Due, DueWindow, adherence, due_window
from sessions.rules.planning.house import House, Seat, Slot, Staffed, Terms
from sessions.rules.planning.mend import Change, beside, mended, propose_around
from sessions.rules.planning.propose import Hole, Proposal, Proposed, Usual, Wishes, propose
from sessions.rules.planning.slots import Kind, Offer, Wanted, nearest_slots, wanted_at

__all__ = [
    "Adherence",
    "Change",
    "Checked",
    "Chosen",
    "CourseFacts",
    "Decision",
    "Due",
    "DueWindow",
    "Hole",
    "House",
    "Kind",
    "Offer",
    "Proposal",
    "Proposed",
    "Seat",
    "Slot",
    "Staffed",
    "Terms",
    "Usual",
    "Wanted",
    "Wishes",
    "adherence",
    "beside",
    "check_plan",
    "course_decisions",
    "decided_slots",
    "due_window",
    "mended",
    "nearer",
    "nearest_slots",
    "propose",
    "propose_around",
    "wanted_at",
]
