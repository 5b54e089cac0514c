#!/usr/bin/env bash
# Installs from Debian what `make bench-onair` compares with, where this user may; what is missing is left out there.
set -euo pipefail
peers=(liquidsoap mpd mpc vlc-bin cron pulseaudio pulseaudio-utils)
missing=()
for package in "${peers[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
[ "${#missing[@]}" -eq 0 ] && exit 0
if ! command -v apt-get >/dev/null || [ "$(id -u)" -ne 0 ]; then
  printf 'not installed: %s; install them as root to compare with them\n' "${missing[*]}" >&2
  exit 0
fi
printf 'installing: %s\n' "${missing[*]}" >&2
# The daemons among them are started by the comparison itself, not by the system.
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null 2>&1 \
  || printf 'not all of them could be installed\n' >&2
