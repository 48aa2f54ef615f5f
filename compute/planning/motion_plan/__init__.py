"""One motion plan: what is asked, what is answered, and how candidates are made, weighed and validated."""
