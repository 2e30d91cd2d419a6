"""The JSON shapes, shared by the export and the API: plain functions from rows to dictionaries."""
