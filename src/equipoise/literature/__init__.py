"""The papers behind the methods, one file a field."""
