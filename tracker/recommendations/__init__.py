"""The asks: instrument, addressees, targets, controlled items, life cycle, outcomes."""
