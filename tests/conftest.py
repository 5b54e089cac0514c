"""How rules are tried: on the same examples in every run, and however long the machine takes over one.

`--hypothesis-profile=search` tries other examples each time: a search, as with villages that are simulated.
What it finds goes into the test as an `@example` once it is mended.
"""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.standing_still import Witness, witness

# Both measure by the clock on the wall, which on a machine with other work says nothing of what is tried.
UNTIMED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

settings.register_profile("gate", UNTIMED, derandomize=True)
settings.register_profile("search", UNTIMED, max_examples=500, print_blob=True)
settings.load_profile("gate")


@pytest.fixture(scope="session")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Witness]:
    """Who sees when the machine itself stands still, for what is promised in seconds."""
    with witness(tmp_path_factory.mktemp("machine") / "written") as looking:
        yield looking
