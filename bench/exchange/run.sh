# ONNX files of ours in onnxruntime, models of scikit-learn and LightGBM in ours.
venv exchange numpy==2.4.6 scikit-learn==1.9.1 lightgbm==4.7.0 onnx==1.23.2 onnxruntime==1.31.1 skl2onnx==1.20.0 \
    onnxmltools==1.16.0
exec "$python" "$here/exchange/check.py" "$root" "$@"
