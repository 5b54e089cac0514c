#!/usr/bin/env bash
# Pin the dependencies of pyproject.toml with hashes, for every supported Python; no file names an index.
set -euo pipefail
cd "$(dirname "$0")/.."
pin() { uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url "$@"; }
pin --extra build pyproject.toml -o requirements/runtime.txt
pin --extra build --extra test -c requirements/runtime.txt pyproject.toml -o requirements/test.txt
pin requirements/node.in -o requirements/node.txt
