# The demo panel: accuracy and CPU against mlforecast + LightGBM.
forecasters
workplace
csv "$root/examples/visits_by_branch.parquet" "$work/panel.csv"
engines
for turn in 1 2 3; do
    echo "turn $turn"
    ours chicago54 "$work/panel.csv" "$work/ours.csv"
    "$python" "$here/forecast/peer.py" "$work/panel.csv" "$work/peer.csv"
done
for who in ours peer; do
    echo "$who"
    "$python" "$here/forecast/score.py" "$here/forecast/truth.csv" "$work/$who.csv"
done
