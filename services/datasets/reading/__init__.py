"""From text to values: what counts as missing, how numbers and times are written."""
