"""Pages for whoever runs the program."""
