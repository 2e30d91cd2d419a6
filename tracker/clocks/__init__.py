"""Clocks and staleness: rules with their basis, clocks with their arithmetic, the nightly sweep."""
