"""What GPUs, machine and workers do, live and kept: sampled by one process, read by all."""
