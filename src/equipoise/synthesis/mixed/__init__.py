"""The general linear mixed model with known sampling covariances."""
