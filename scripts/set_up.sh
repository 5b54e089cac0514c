#!/usr/bin/env bash
# Makes this machine ready: system packages where missing, a virtual environment with pinned dependencies,
# the front end and the language catalogues. Does only what is not done yet.  Use: scripts/set_up.sh runtime|test
set -euo pipefail
cd "$(dirname "$0")/.."
what="${1:-runtime}"
python="${PYTHON:-python3}"
venv=.venv
stamps=.setup
mkdir -p "$stamps"

say() { printf '%s\n' "$*" >&2; }
fail() { say "set-up: $*"; exit 1; }

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
  || fail "Python 3.11 or newer is needed; found '$("$python" --version 2>&1)'. Install it and run: make PYTHON=python3.11 …"

# --- system packages -------------------------------------------------------------------------------------
missing=()
want() { dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q 'ok installed' || missing+=("$1"); }
if command -v apt-get >/dev/null; then
  want libvlc5
  want vlc-plugin-base
  command -v ffmpeg >/dev/null || missing+=(ffmpeg)
  "$python" -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
  if [ "$what" = test ]; then
    command -v chromium >/dev/null || missing+=(chromium)
    want pulseaudio # a private one with a null sink, to hear what leaves the machine
    want pulseaudio-utils
    want libasound2-plugins
  fi
  if [ "${#missing[@]}" -gt 0 ]; then
    say "set-up: installing system packages: ${missing[*]}"
    as_root=()
    if [ "$(id -u)" -ne 0 ]; then
      command -v sudo >/dev/null || fail "these system packages are missing: ${missing[*]}; install them as root"
      as_root=(sudo)
    fi
    { "${as_root[@]}" apt-get update -qq && "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >"$stamps/apt.log" 2>&1 \
      || { tail -n 5 "$stamps/apt.log" >&2; fail "apt-get could not install ${missing[*]} (whole log: $stamps/apt.log)"; }
  fi
else
  for tool in ffmpeg ffprobe; do command -v "$tool" >/dev/null || fail "'$tool' is missing; install ffmpeg and libVLC 3"; done
fi

# --- Python ------------------------------------------------------------------------------------------------
if ! [ -x "$venv/bin/python" ]; then
  say "set-up: making the virtual environment"
  "$python" -m venv "$venv"
  rm -f "$stamps"/*.txt.sha256 "$stamps/project.sha256" # what was installed went with the last one
fi
lock="requirements/$what.txt"
install_pinned() { # install_pinned FILE: only where its content changed since the last time
  # The files name everything that is needed, so nothing is resolved: a newer release elsewhere changes nothing.
  local stamp="$stamps/$(basename "$1").sha256"
  if [ "$(cat "$stamp" 2>/dev/null)" != "$(sha256sum <"$1")" ]; then
    say "set-up: installing ${1}"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r "$1" >&2
    sha256sum <"$1" >"$stamp"
  fi
}
# The test pins hold the run-time pins: after `make test`, `make demo` has nothing to install.
if [ "$what" = runtime ] && [ "$(cat "$stamps/test.txt.sha256" 2>/dev/null)" = "$(sha256sum <requirements/test.txt)" ]; then
  :
else
  install_pinned "$lock"
fi
if [ "$(cat "$stamps/project.sha256" 2>/dev/null)" != "$(sha256sum <pyproject.toml)" ]; then
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . >&2
  sha256sum <pyproject.toml >"$stamps/project.sha256"
fi

# --- front end -----------------------------------------------------------------------------------------------
frontend=broadcaster/web/frontend
state="$(cat "$frontend"/package-lock.json "$frontend"/build.mjs $(find "$frontend/src" -type f | LC_ALL=C sort) | sha256sum)"
if [ "$(cat "$stamps/frontend.sha256" 2>/dev/null)" != "$state" ] || [ ! -f broadcaster/web/static/build/manifest.json ]; then
  say "set-up: building the front end"
  if ! { command -v npm && node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)'; } >/dev/null 2>&1; then
    install_pinned requirements/node.txt
    PATH="$PWD/$venv/bin:$PATH"
  fi
  (cd "$frontend" && npm ci --silent --no-audit --no-fund && node build.mjs) >&2 \
    || fail "the front end could not be built"
  printf '%s\n' "$state" >"$stamps/frontend.sha256"
fi

# --- languages -----------------------------------------------------------------------------------------------
for po in broadcaster/translations/*/LC_MESSAGES/messages.po; do
  [ -f "$po" ] || continue
  if [ ! -f "${po%.po}.mo" ] || [ "$po" -nt "${po%.po}.mo" ]; then
    "$venv/bin/pybabel" --quiet compile -i "$po" -o "${po%.po}.mo" >&2
  fi
done
