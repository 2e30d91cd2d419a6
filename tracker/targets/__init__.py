"""Who an ask is about: people, organisations, public bodies and classes, in every script."""
