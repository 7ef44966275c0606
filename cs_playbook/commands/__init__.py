"""One intention per module: read, think, act; returns a result."""
