"""A password is long, hard to guess, and holds nothing of its owner."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.accounts.passwords import MIN_PASSWORD_LENGTH, check_password
from broadcaster.errors import BadInput


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short", "short_password"),
        ("e\u0301" * 9, "short_password"),
        ("x" * 257, "long_password"),
        ("password123", "common_password"),
        ("P@ssw0rd2026!", "common_password"),
        ("1234567890", "common_password"),
        ("0205551234567", "common_password"),
        ("qwertyuiop", "common_password"),
        ("asdfghjkl;", "common_password"),
        ("aaaaaaaaaaaa", "common_password"),
        ("abcabcabcabc", "common_password"),
        ("Sekong2026!", "common_password"),
        ("administrator1", "common_password"),
        ("ສະບາຍດີ1234", "common_password"),
        ("keomany is here", "own_password"),
        ("ask Noy-Lamphone now", "own_password"),
    ],
)
def test_a_weak_password_is_refused_with_what_is_wrong(password: str, code: str) -> None:
    """Accents count as one letter; figures and signs around a common word do not help."""
    with pytest.raises(BadInput) as caught:
        check_password(password, "keomany.k@example.org", "Noy Lamphone")
    assert caught.value.code == code


@pytest.mark.parametrize(
    "password",
    ["a long enough pass phrase", "ນ້ຳຕົກ ເສືອ ປື້ມ ດວງຈັນ", "kT9#vw2!LmQz", "river village sings loud"],
)
def test_a_good_password_is_taken(password: str) -> None:
    """Words that do not belong together, in any script; what a program makes; a common word among others."""
    check_password(password, "keomany.k@example.org", "Noy Lamphone")


@given(st.text(max_size=300))
def test_every_text_has_a_verdict(password: str) -> None:
    """Nobody's keyboard brings the page down; what is taken is long enough."""
    found = "taken"
    try:
        check_password(password, "somebody@example.org", "Somebody")
    except BadInput as error:
        found = error.code
    assert found in ("taken", "short_password", "long_password", "common_password", "own_password")
    assert found != "taken" or len(password) >= MIN_PASSWORD_LENGTH
