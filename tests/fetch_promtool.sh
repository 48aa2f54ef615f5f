#!/usr/bin/env bash
# Puts Prometheus' own checker under build/promtool where it is not installed and apt has it. Unpacked, not installed: the
# package would start a server. Where it cannot be had, the test that asks it says so.
set -uo pipefail
folder=build/promtool
if command -v promtool >/dev/null || [ -x "$folder/promtool" ]; then exit 0; fi
if ! command -v apt-get >/dev/null || ! command -v dpkg-deb >/dev/null; then exit 0; fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
if (cd "$work" && timeout 120 apt-get download -qq prometheus >/dev/null 2>&1 && dpkg-deb -x prometheus_*.deb unpacked); then
  mkdir -p "$folder" && cp "$work/unpacked/usr/bin/promtool" "$folder/promtool"
fi
exit 0
