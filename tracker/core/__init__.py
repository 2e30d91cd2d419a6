"""Ground floor: database wiring, dates, the clock on the wall, text, names, errors."""
