# What the prediction log costs a request: the same doors with a log and without one, in turn.
(cd "$root" && cargo bench -q -p vakhta-http --bench logging)
