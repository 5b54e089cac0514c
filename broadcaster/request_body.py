"""What arrives with a request: JSON that cannot be read is the sender's mistake, never the server's."""

from __future__ import annotations

from typing import Any

from flask import Request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

NO_ROOM = "BROADCASTER_NO_ROOM"
"""Set in the environment, as `HTTP_` and this, of a request whose body found no room. Underscores: no client
can send such a header.
"""


class CarefulRequest(Request):
    """JSON nested deeper than Python can follow is a 400; for pages, what is no object is one as well.

    Asked silently, as by the look for who asks, JSON that is too long is none: the refusal is told in words,
    and whose words is looked up by that very look.
    """

    def get_json(self, force: bool = False, silent: bool = False, cache: bool = True) -> Any:
        """The body as JSON; `BadRequest` when it is none, None instead when `silent`."""
        try:
            found = super().get_json(force=force, silent=silent, cache=cache)
        except RequestEntityTooLarge:
            if silent:
                return None
            raise
        except RecursionError as error:
            if silent:
                return None
            raise BadRequest("the JSON in the request is nested too deeply") from error
        if found is None or isinstance(found, dict) or self.path.startswith("/api/"):  # which checks fields
            return found
        if silent:
            return None
        raise BadRequest("the JSON in the request is not an object")
