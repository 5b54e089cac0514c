"""One judge of the addresses that forms lead back to; the doors that ask it have tests of their own."""

from __future__ import annotations

import pytest

from broadcaster.ways_back import Leads, judged, way_back, without_host


@pytest.mark.parametrize(
    ("wanted", "leads"),
    [
        ("/settings", Leads.TO_US),
        ("/announcements?q=\u0e99\u0ec9\u0eb3\u200b\u0e97\u0ec9\u0ea7\u0ea1&page=2#row", Leads.TO_US),
        ("", Leads.ELSEWHERE),
        ("settings", Leads.ELSEWHERE),
        ("javascript:alert(1)", Leads.ELSEWHERE),
        ("https://elsewhere.example/", Leads.ELSEWHERE),
        ("http://localhost/settings", Leads.ELSEWHERE),
        ("//elsewhere.example", Leads.ELSEWHERE),
        ("///elsewhere.example", Leads.ELSEWHERE),
        ("/\\elsewhere.example", Leads.ELSEWHERE),
        ("/\t/elsewhere.example", Leads.NOWHERE),
        ("\x01/settings", Leads.NOWHERE),
        ("/settings\x85", Leads.NOWHERE),
        ("//[", Leads.NOWHERE),
        ("//[x]y", Leads.NOWHERE),
        ("//elsewhere\u2100example", Leads.NOWHERE),
    ],
)
def test_only_an_address_that_begins_with_its_path_is_ours(wanted: str, leads: Leads) -> None:
    """What a browser would read as another host, or leave out, is not followed."""
    assert judged(wanted) is leads
    assert way_back(wanted, "/otherwise") == (wanted if leads is Leads.TO_US else "/otherwise")


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("http://localhost/settings?page=2#row", "/settings?page=2"),
        ("http://localhost", ""),
        ("http://elsewhere.example/settings", ""),
        ("http://localhost@elsewhere.example/", ""),
        ("/settings", ""),
        ("http://[", ""),
        ("", ""),
    ],
)
def test_the_page_a_browser_shows_is_named_by_its_path_where_it_is_ours(address: str, path: str) -> None:
    """With its question; what is no address names no page."""
    assert without_host(address, "localhost") == path
