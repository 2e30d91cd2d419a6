"""The working queue: what changed, what is mine, what is stale."""
