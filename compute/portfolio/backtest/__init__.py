"""What a strategy would have earned: weights from the past alone, held through what came, with costs."""
