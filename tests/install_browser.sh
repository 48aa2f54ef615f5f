#!/usr/bin/env bash
# Puts on the machine what the tests need when it is absent: Chromium and its driver, and a C compiler (GPU telemetry is
# tested against a library of ours that answers like NVML).
set -euo pipefail
missing=()
if ! command -v chromium >/dev/null || ! command -v chromedriver >/dev/null; then missing+=(chromium chromium-driver); fi
if ! command -v cc >/dev/null && ! command -v gcc >/dev/null; then missing+=(gcc libc6-dev); fi
if [ ${#missing[@]} -eq 0 ]; then exit 0; fi
if ! command -v apt-get >/dev/null; then
  echo "The tests need ${missing[*]}; install them with this system's package manager." >&2
  exit 1
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then as_root=(sudo); fi
"${as_root[@]}" apt-get update -qq
DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq "${missing[@]}" >/dev/null
