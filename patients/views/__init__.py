"""Pages of the patients' room: each posts to one action and goes back to the chart."""
