"""What leads to the goal: the cost-to-go field."""

from compute.planning.prior.cost_to_go import CostToGo, measure_cost_to_go

__all__ = ["CostToGo", "measure_cost_to_go"]
