"""Public, unvetted demonstration data, loaded through the same actions as a person's."""
