#!/usr/bin/env bash
# run.sh NAME: makes what the bench needs, then runs it.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
cache="${XDG_CACHE_HOME:-$HOME/.cache}/vakhta"
target="${CARGO_TARGET_DIR:-$root/target}"

peers() {
    [ -x "$cache/peers/bin/python" ] || python3 -m venv "$cache/peers"
    "$cache/peers/bin/pip" install -q pandas==2.3.3 pyarrow==26.0.1 mlforecast==1.1.0 lightgbm==4.7.0
}

case "${1:-}" in
forecast)
    peers
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    "$cache/peers/bin/python" -c "import pandas as pd, sys; pd.read_parquet(sys.argv[1]).to_csv(sys.argv[2], index=False)" \
        "$root/examples/visits_by_branch.parquet" "$work/panel.csv"
    (cd "$root" && cargo build -q --release -p vakhta-ml --benches)
    for turn in 1 2 3; do
        echo "turn $turn"
        (cd "$root" && cargo bench -q -p vakhta-ml --bench chicago54 -- "$work/panel.csv" "$work/ours.csv")
        "$cache/peers/bin/python" "$here/forecast/peer.py" "$work/panel.csv" "$work/peer.csv"
    done
    for who in ours peer; do
        echo "$who"
        "$cache/peers/bin/python" "$here/forecast/score.py" "$here/forecast/truth.csv" "$work/$who.csv"
    done
    ;;
startup)
    (cd "$root" && cargo build -q --release -p vakhta-server)
    exec python3 "$here/startup.py" "$target/release/vakhta" "${@:2}"
    ;;
upload)
    peers
    (cd "$root" && cargo build -q --release -p vakhta-server)
    exec python3 "$here/upload.py" "$target/release/vakhta" "$cache/peers/bin/python" "${@:2}"
    ;;
*)
    echo "no bench '${1:-}'; there are forecast, startup, upload" >&2
    exit 2
    ;;
esac
