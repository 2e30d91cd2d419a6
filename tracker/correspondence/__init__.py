"""Letters, their signatories and addressees, and every contact with an agency."""
