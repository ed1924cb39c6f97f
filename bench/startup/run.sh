# Start to ready, and idle memory.
server
PYTHONPATH="$here" exec python3 "$here/startup/measure.py" "$target/release/vakhta" "$@"
