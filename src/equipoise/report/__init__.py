"""Report room: the dossier, drawn and written."""
