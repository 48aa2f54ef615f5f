"""The efficient frontier: the most return for each risk, within limits."""
