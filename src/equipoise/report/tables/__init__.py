"""Tables of the dossier: one file a group of tables, the same rows as HTML and as CSV."""
