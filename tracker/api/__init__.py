"""The JSON interface, version 1: what the owner of a token may see, in the shapes of the export."""
