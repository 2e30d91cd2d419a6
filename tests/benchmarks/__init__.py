"""What the program costs, measured beside the same result by bare SQL. Run by `make bench`."""
