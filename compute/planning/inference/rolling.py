"""Where policies are rolled out: by compiled loops on the processors, by PyTorch on a GPU. Both give the same parts."""

from compute.planning.inference.posterior import Roll
from compute.planning.inference.rollout import Rolled, Situation, Small, roll_out


def roll_on(device: str) -> Roll:
    """Return the roll-out for a device called `cpu`, `cuda` or `cuda:0`; ValueError at its first use where it is not
    there.
    """
    if device == "cpu":
        return roll_out

    def roll(accelerations: Small, situation: Situation) -> Rolled:
        from compute.planning.inference.device import roll_out_on  # PyTorch, for those who use it

        return roll_out_on(accelerations, situation, device)

    return roll
