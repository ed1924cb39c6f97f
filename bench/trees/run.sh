# Trees against LightGBM on the same features and rows.
forecasters
workplace
csv "$root/examples/visits_by_branch.parquet" "$work/panel.csv"
engines
for copies in 1 6; do
    ours trees write "$work/panel.csv" "$work/$copies" "$copies"
    for turn in $([ "$copies" = 1 ] && echo 1 2 3 || echo 1); do
        for threads in 1 2; do
            echo "turn $turn: a forecast's own settings, then those of the peer; the peer, then with ours"
            ours trees run "$work/$copies" "$threads" features=0.5
            ours trees run "$work/$copies" "$threads"
            "$python" "$here/trees/peer.py" "$work/$copies" "$threads"
            "$python" "$here/trees/peer.py" "$work/$copies" "$threads" feature_fraction=0.5
        done
    done
done
