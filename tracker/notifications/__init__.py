"""Mail: what waits in the outbox, and how it goes out."""
