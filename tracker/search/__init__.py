"""Full text over all records, in any script; and the keeping of its index."""
