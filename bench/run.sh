#!/usr/bin/env bash
# run.sh NAME [ARGUMENT...]: makes what the bench needs, then runs it by NAME/run.sh.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
cache="${XDG_CACHE_HOME:-$HOME/.cache}/vakhta"
target="${CARGO_TARGET_DIR:-$root/target}"
name="${1:-}"

# venv NAME PACKAGE...: a peer's environment of its own, so that no peer moves the versions of another; sets $python.
# Where PEERS_PYTHON names a Python that has the packages, that one is taken as it is: for machines without a network.
venv() {
    if [ -n "${PEERS_PYTHON:-}" ]; then
        python="$PEERS_PYTHON"
        return
    fi
    [ -x "$cache/$1/bin/python" ] || python3 -m venv "$cache/$1"
    python="$cache/$1/bin/python"
    "$cache/$1/bin/pip" install -q "${@:2}"
}

forecasters() {
    venv peers pandas==2.3.3 pyarrow==26.0.1 mlforecast==1.1.0 lightgbm==4.7.0
}

# A folder that is gone afterwards, in $work.
workplace() {
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
}

# csv PARQUET CSV: the same table for programs that read text.
csv() {
    "$python" -c "import pandas as pd, sys; pd.read_parquet(sys.argv[1]).to_csv(sys.argv[2], index=False)" "$1" "$2"
}

engines() {
    (cd "$root" && cargo build -q --release -p vakhta-ml --benches)
}

# ours BENCH ARGUMENT...: a bench of the engines; paths must be absolute.
ours() {
    (cd "$root" && cargo bench -q -p vakhta-ml --bench "$1" -- "${@:2}")
}

server() {
    (cd "$root" && cargo build -q --release -p vakhta-server)
}

if [[ ! "$name" =~ ^[a-z]+$ ]] || [ ! -e "$here/$name/run.sh" ]; then
    echo "no bench '$name'; there are $(cd "$here" && ls -d */ | tr -d '/' | paste -sd' ')" >&2
    exit 2
fi
shift
# shellcheck source=/dev/null
. "$here/$name/run.sh"
