# A large CSV over HTTP, in turn with pandas.
forecasters
server
PYTHONPATH="$here" exec python3 "$here/upload/measure.py" "$target/release/vakhta" "$python" "$@"
