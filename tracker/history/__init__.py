"""What happened: append-only events in a salted hash chain, their texts apart from the chain."""
