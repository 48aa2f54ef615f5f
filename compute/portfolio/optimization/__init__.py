"""The best portfolio for an objective within limits: what is asked, what is answered, and the way between."""
