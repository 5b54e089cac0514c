#!/usr/bin/env bash
# Every gate, in the order in which a mistake is cheapest to find.  Use: scripts/check.sh [--no-tests]
set -euo pipefail
cd "$(dirname "$0")/.."
bin=.venv/bin
step() { printf '\n== %s\n' "$*"; }

step "ruff: lint"; "$bin/ruff" check .
step "ruff: format"; "$bin/ruff" format --check .
step "mypy --strict"; "$bin/mypy"
step "import law"; "$bin/lint-imports"
[ "${1:-}" = "--no-tests" ] && exit 0
# Other villages each time: a search, for about one in six thousand still breaks a promise, and which ones are
# lived is chance. The gate is the fixed set among the tests, where each seed goes once what it showed is mended.
step "simulation: fresh villages"
"$bin/python" -m station_agent.simulation --fresh-days 2000 || printf 'look at the seeds above: a promise was broken\n'
# What hears, to the millisecond, when something sounds or switches gets the machine for itself, after the others.
alone=(tests/broadcaster/newsroom/test_recorder.py tests/end_to_end/test_browser.py
  tests/end_to_end/test_cut_and_forged.py tests/end_to_end/test_first_voice.py tests/hardware/test_audio_contract.py
  tests/hardware/test_capturing_output.py tests/hardware/test_clicks.py tests/hardware/test_guard_boards.py
  tests/hardware/test_hard_sounds.py tests/hardware/test_held_sink.py tests/hardware/test_relays_in_time.py
  tests/hardware/test_seek.py tests/hardware/test_several_boards.py tests/hardware/test_sound_worker.py
  tests/hardware/test_supervised_contract.py tests/station_agent/test_real_alert.py
  tests/station_agent/test_real_boards.py tests/station_agent/test_real_hold.py
  tests/station_agent/test_real_station.py)
step "tests"
"$bin/python" -m pytest -n 3 --dist loadfile --cov --cov-report= --durations=10 "${alone[@]/#/--ignore=}"
step "tests in real time"
exec "$bin/python" -m pytest --cov --cov-append --cov-report=term --durations=10 "${alone[@]}"
