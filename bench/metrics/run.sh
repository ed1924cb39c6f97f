# Daily metrics over ten million logged predictions, in turn with polars on the same rows; the same numbers.
venv metrics polars==2.1.0
workplace
(cd "$root" && cargo build -q --release -p vakhta-lifecycle --benches)
ours_of() { (cd "$root" && cargo bench -q -p vakhta-lifecycle --bench metrics -- "$@"); }
ours_of make "$work/store" "${1:-10000000}"
"$python" "$here/metrics/peer.py" prepare "$work/store" "$work"
for turn in 1 2 3; do
    echo "turn $turn"
    rm -rf "$work/copy" && cp -r "$work/store" "$work/copy"
    ours_of run "$work/copy" "$work/ours.tsv"
    "$python" "$here/metrics/peer.py" run "$work" "$work/ours.tsv"
done
ours_of again "$work/copy"
