"""The ways of a recording from draft to air, as one table. Who may do what is decided here and nowhere else.

Rule 1: approval binds to the SHA-256 of the broadcast-ready audio. Other bytes are another, unapproved sound.
Rule 2: what is not in the table is not allowed.
Rule 3: an approval that ended stays ended. What expired goes the whole way again, also when its last day is
moved on, or when it is an earlier version that shall air once more. What was withdrawn is never approved
again as it is: only a new recording is, even of the same bytes.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from content_library.errors import NotAllowed
from content_library.hashing import checked


class ApprovalState(StrEnum):
    """Where a recording stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    LANGUAGE_CHECKED = "language_checked"
    APPROVED = "approved"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class ApprovalAction(StrEnum):
    """What somebody, or the calendar, does with it."""

    SUBMIT = "submit"
    TAKE_BACK = "take_back"
    CONFIRM_LANGUAGE = "confirm_language"
    APPROVE = "approve"
    RETURN = "return"
    WITHDRAW = "withdraw"
    REPLACE = "replace"
    EXPIRE = "expire"


class Role(StrEnum):
    """Who acts. A speaker is somebody who understands the recording's language and did not bring it, whatever
    else they are; the calendar acts when a recording's last day has passed.
    """

    EDITOR = "editor"
    APPROVER = "approver"
    ADMINISTRATOR = "administrator"
    SPEAKER = "speaker"
    CALENDAR = "calendar"


_S, _A = ApprovalState, ApprovalAction
_WRITERS = frozenset({Role.EDITOR, Role.ADMINISTRATOR})
_DECIDERS = frozenset({Role.APPROVER, Role.ADMINISTRATOR})
_LANGUAGE = frozenset({Role.SPEAKER, Role.ADMINISTRATOR})
_CLOCK = frozenset({Role.CALENDAR})

# (state, action) → (next state, who may). Submitted → approved is the short way, without a language check;
# whether it is open is the province's choice. Replacing is a newer version's approval, seen by the older.
TRANSITIONS: dict[tuple[ApprovalState, ApprovalAction], tuple[ApprovalState, frozenset[Role]]] = {
    (_S.DRAFT, _A.SUBMIT): (_S.SUBMITTED, _WRITERS),
    (_S.SUBMITTED, _A.TAKE_BACK): (_S.DRAFT, _WRITERS),
    (_S.SUBMITTED, _A.CONFIRM_LANGUAGE): (_S.LANGUAGE_CHECKED, _LANGUAGE),
    (_S.SUBMITTED, _A.APPROVE): (_S.APPROVED, _DECIDERS),
    (_S.SUBMITTED, _A.RETURN): (_S.RETURNED, _DECIDERS | _LANGUAGE),
    (_S.LANGUAGE_CHECKED, _A.TAKE_BACK): (_S.DRAFT, _WRITERS),
    (_S.LANGUAGE_CHECKED, _A.APPROVE): (_S.APPROVED, _DECIDERS),
    (_S.LANGUAGE_CHECKED, _A.RETURN): (_S.RETURNED, _DECIDERS),
    (_S.RETURNED, _A.SUBMIT): (_S.SUBMITTED, _WRITERS),
    (_S.APPROVED, _A.WITHDRAW): (_S.WITHDRAWN, _DECIDERS),
    (_S.APPROVED, _A.REPLACE): (_S.EXPIRED, _DECIDERS),
    (_S.APPROVED, _A.EXPIRE): (_S.EXPIRED, _CLOCK),
    (_S.EXPIRED, _A.SUBMIT): (_S.SUBMITTED, _WRITERS),
}


def allowed(state: ApprovalState, action: ApprovalAction, role: Role | None = None) -> bool:
    """Whether the table has this step; with a role, whether that role may take it."""
    entry = TRANSITIONS.get((state, action))
    return entry is not None and (role is None or role in entry[1])


def next_state(state: ApprovalState, action: ApprovalAction, role: Role | None = None) -> ApprovalState:
    """Where the step leads. Raises NotAllowed for a step, or a role, that the table does not have."""
    entry = TRANSITIONS.get((state, action))
    if entry is None:
        raise NotAllowed(
            f"a recording that is {state} cannot take the step '{action}'; look where it stands now",
            state=state,
            action=action,
        )
    if role is not None and role not in entry[1]:
        who = " or ".join(sorted(entry[1]))
        raise NotAllowed(
            f"the step '{action}' is for the {who}; ask one of them", state=state, action=action, role=role
        )
    return entry[0]


def actions(state: ApprovalState, role: Role) -> tuple[ApprovalAction, ...]:
    """The steps this role may take now, in the order of the table: the buttons of a page."""
    return tuple(action for (of, action), (_, roles) in TRANSITIONS.items() if of is state and role in roles)


@dataclass(frozen=True)
class Approval:
    """Who let exactly these bytes go on air, and until when (aware UTC; None for no end)."""

    sha256: str
    approved_by: str
    approved_at: datetime
    valid_until: datetime | None = None

    def __post_init__(self) -> None:
        checked(self.sha256)

    def covers(self, sha256: str, at: datetime | None = None) -> bool:
        """Whether these bytes may be aired, by this approval, at the given instant."""
        in_time = at is None or self.valid_until is None or at < self.valid_until
        return in_time and sha256 == self.sha256
