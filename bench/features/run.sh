# Building the features of a panel against mlforecast.
forecasters
workplace
csv "$root/examples/visits_by_branch.parquet" "$work/panel.csv"
engines
for turn in 1 2 3; do
    echo "turn $turn"
    ours features "$work/panel.csv" 5
    "$python" "$here/features/peer.py" "$work/panel.csv" 5
    "$python" "$here/features/peer.py" "$work/panel.csv" 3 8
done
