"""The phrases that several measures share: which visits are counted, which are left out."""

OVER = "Sessions with at least one spray that are over."
DOSED = "Sessions with at least one spray."
VISITS = "Visits of these days up to today."
RUNNING = "Sessions under way."
NOBODY = "Nobody."
VOIDED = "Voided ones."
UNJUDGED = "Voided ones, and visits that are still to come."
