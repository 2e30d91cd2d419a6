"""Whom asks are addressed to and who decides: bodies, their members, offices, office holders."""
