"""Files out (and, in time, in): what one user may see, in a format that others read."""
