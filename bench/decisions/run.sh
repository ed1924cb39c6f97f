# How often the rules of the watch are wrong, on data whose truth is known. Arguments: [SECTION] [SCALE].
engines
ours decisions "$@"
