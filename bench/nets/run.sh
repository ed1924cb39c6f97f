# Multilayer perceptrons; `nets train`, `nets text` or `nets inference` does one part.
venv net-peers numpy==2.4.6 scikit-learn==1.9.1 torch==2.15.0 onnx==1.23.2 onnxruntime==1.31.1 fasttext-wheel==0.9.2
engines
data="$cache/nets"
if [ ! -e "$data/names_test.tsv" ]; then
    "$python" "$here/nets/make.py" "$data"
    "$python" "$here/nets/names.py" "$data"
fi
peer() { "$python" "$here/nets/$1.py" "$data" "${@:2}"; }
part="${1:-all}"
if [ "$part" = train ] || [ "$part" = all ]; then
    for turn in 1 2 3; do
        for of in "table 200 2" "table 1024 2" "numbers 200 10" "digits 200 50"; do
            read -r task batch epochs <<<"$of"
            ours nets train "$data" "$task" "$batch" "$epochs" 1 "$turn"
            ours nets train "$data" "$task" "$batch" "$epochs" 2 "$turn"
            peer peer sklearn "$task" "$batch" "$epochs" 1 "$turn"
            peer peer torch "$task" "$batch" "$epochs" 1 "$turn"
        done
    done
    for rows in 20000 200000; do ours nets train "$data" table 200 1 1 0 - "$rows"; done
fi
if [ "$part" = text ] || [ "$part" = all ]; then
    for _ in 1 2 3; do
        ours nets text "$data" 2 200 0.006 1
        peer peer_text
    done
fi
if [ "$part" = inference ] || [ "$part" = all ]; then
    for _ in 1 2 3; do
        ours nets infer "$data" "$data/net"
        peer peer_infer "$data/net"
    done
fi
