"""What every shared thing is: a key, a reference, an owner, an audience, a version, tags."""
