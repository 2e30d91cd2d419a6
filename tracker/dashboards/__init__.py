"""Figures over what the viewer may see, each leading to the records behind it."""
