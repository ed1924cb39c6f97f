# The Open Inference Protocol, probed by Triton's own client.
venv inference numpy==2.4.6 "tritonclient[http]==2.73.0"
server
exec "$python" "$here/inference/conformance.py" "$target/release/vakhta" "$@"
