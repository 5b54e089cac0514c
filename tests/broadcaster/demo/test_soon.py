"""When the announcement of a demonstration airs: soon, but not sooner than its villages can know."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from broadcaster import clock
from broadcaster.demo import soon
from broadcaster.demo.stage import Stage
from broadcaster.errors import NotPossible


class SlowStage:
    """One village, which gets its plan and its audio only when told so many seconds ahead."""

    def __init__(self, needs_s: float) -> None:
        self.leads_s: list[float] = []
        ready = SimpleNamespace(station="v1", is_ready_for=lambda _key: self.leads_s[-1] >= needs_s)
        self.stations = (ready,)
        self.processes = SimpleNamespace(check=lambda: None, folder="logs")

    def schedule(self, lead_s: float) -> str:
        self.leads_s.append(lead_s)
        return "slot"

    def planned(self, *_: object) -> dict[str, Any]:
        start = clock.system_clock() + timedelta(seconds=self.leads_s[-1])
        return {"v1": SimpleNamespace(key=f"b{len(self.leads_s)}", planned_start=start)}


def test_what_the_villages_cannot_know_of_in_time_is_put_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planned anew with twice the time; what is returned is the last of them."""
    stage = SlowStage(needs_s=4)
    monkeypatch.setattr(soon, "first_broadcasts", stage.planned)
    assert soon.on_air_soon(cast("Stage", stage), 1.0)["v1"].key == "b3"
    assert stage.leads_s == [1, 2, 4]


def test_villages_that_never_know_are_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    """With where to look."""
    stage = SlowStage(needs_s=1000)
    monkeypatch.setattr(soon, "first_broadcasts", stage.planned)
    monkeypatch.setattr(soon, "LONGEST_LEAD_S", 2.0)
    with pytest.raises(NotPossible, match="logs are in logs"):
        soon.on_air_soon(cast("Stage", stage), 1.0)
