# Classes of food names against scikit-learn and fastText; three tables against scikit-learn's models.
venv records scikit-learn==1.9.1
"$cache/records/bin/pip" install -q fasttext-wheel==0.9.2 || echo "fastText does not install here"
workplace
engines
food=("$root/examples/food_terms.yaml" "$root/examples/food_terms.csv" "$here/records/food_terms_test.csv")
for turn in 1 2 3; do
    echo "turn $turn"
    for engine in linear mlp auto; do ours records "${food[@]}" engine=$engine; done
    cp "${food[1]}" "$work/train.csv"
    "$python" "$here/records/peers.py" text "$work/train.csv" "${food[2]}"
done
"$python" "$here/records/peers.py" tables "$work"
for table in cancer digits diabetes; do
    for engine in linear gbdt mlp auto; do
        ours records "$work/$table.yaml" "$work/$table-train.csv" "$work/$table-test.csv" engine=$engine
    done
done
