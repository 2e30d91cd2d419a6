"""Citations: what a record rests on, each with its link."""
