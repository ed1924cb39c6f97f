# Forecasts of 304 quarterly series and their 121 sums, reconciled, against statsforecast + hierarchicalforecast.
venv hierarchy pandas==2.3.3 pyarrow==26.0.1 statsforecast==2.1.1 hierarchicalforecast==1.5.3
workplace
"$python" "$here/hierarchy/quarters.py" "$here/hierarchy/tourism_quarterly.parquet" "$work/quarters.csv"
engines
for turn in 1 2 3; do
    echo "turn $turn"
    ours hierarchy "$work/quarters.csv"
    "$python" "$here/hierarchy/peer.py" "$work/quarters.csv"
done
