"""What a portfolio may lose: tails, drawdowns, ratios, who brings the risk, and what a shock would do."""
