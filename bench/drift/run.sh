# PSI and Jensen–Shannon of 1M + 1M rows of 30 columns, in turn with numpy; the same numbers.
forecasters
workplace
"$python" "$here/drift/make.py" "$work"
(cd "$root" && cargo build -q --release -p vakhta-tables --benches)
for turn in 1 2 3; do
    echo "turn $turn"
    (cd "$root" && cargo bench -q -p vakhta-tables --bench drift -- "$work/ref.parquet" "$work/cur.parquet" "$work/ours.json")
    "$python" "$here/drift/peer.py" "$work/ref.parquet" "$work/cur.parquet" --check "$work/ours.json"
done
