"""What a page asks by itself: the one list of it. None of it counts as an act of the person, so none of it keeps a sign-in open."""

from django.http import HttpRequest

# Url names of polls, and whether the address polls only as a fragment: its page is opened by a person.
POLLS = {"calls": False, "flowsheet_news": False, "lock_state": False, "locked": False, "board": True, "export": True}
# Of what a script sends by itself later on, such as entries that waited for the connection. Whoever sends it gives time away, never gains any.
BACKGROUND = "X-Vigil-Background"


def is_by_itself(request: HttpRequest) -> bool:
    """Whether nobody has pressed for this request."""
    if BACKGROUND in request.headers:
        return True
    name = request.resolver_match.url_name if request.resolver_match else None
    return name in POLLS and (not POLLS[name] or request.headers.get("HX-Request") == "true")
