#!/usr/bin/env bash
# ./dev crash [ARGS]: see scripts/crash.py --help.
exec python3 "$(dirname "${BASH_SOURCE[0]}")/crash.py" "$@"
