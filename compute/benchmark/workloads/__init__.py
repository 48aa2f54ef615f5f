"""What is measured of the device itself: products of matrices, convolution, memory."""

from compute.benchmark.workloads.bandwidth import bandwidth_workloads, transfer_workloads
from compute.benchmark.workloads.convolution import convolution_workload
from compute.benchmark.workloads.matrix import matrix_workload

__all__ = ["bandwidth_workloads", "convolution_workload", "matrix_workload", "transfer_workloads"]
