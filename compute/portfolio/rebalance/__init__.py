"""From the portfolio that is held to the one that is wanted: which trades, at what cost and tax."""
