"""Every kind of signed content of this room: its schemas, and who renders one record or many."""

from sessions import signed_benefit, signed_content, signed_departure, signed_early, signed_form, signed_seconds

RENDERERS = (
    ("discharge", 1, signed_content.render_discharge, signed_content.render_discharges),
    ("discharge", signed_early.SCHEMA, signed_early.render_early_discharge, signed_early.render_early_discharges),
    ("discharge", signed_seconds.USUAL, signed_seconds.render_discharge, signed_seconds.render_discharges),
    ("discharge", signed_seconds.EARLY, signed_seconds.render_early_discharge, signed_seconds.render_early_discharges),
    ("addendum", 1, signed_content.render_addendum, signed_content.render_addenda),
    (signed_seconds.KIND, signed_seconds.SCHEMA, signed_seconds.render_confirmation, signed_seconds.render_confirmations),
    (signed_departure.KIND, signed_departure.SCHEMA, signed_departure.render_departure, signed_departure.render_departures),
    (signed_form.KIND, signed_form.SCHEMA, signed_form.render_form, signed_form.render_forms),
    (signed_benefit.KIND, signed_benefit.SCHEMA, signed_benefit.render_review, signed_benefit.render_reviews),
)
