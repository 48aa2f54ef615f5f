"""Which estimators foretell the next periods best, measured on periods they have not seen."""
