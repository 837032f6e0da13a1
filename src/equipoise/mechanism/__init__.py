"""What would have to be true for the drug to work: model, patients, calibration."""
