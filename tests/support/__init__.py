"""What tests share: the two databases, factories, a person at the front door."""
