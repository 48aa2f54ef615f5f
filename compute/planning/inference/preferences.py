"""What the robot wants, and what it accepts: the weights of the parts of the expected free energy."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Preferences:
    """Preferences of the generative model. With all weights 1, every part is in nats of that model.

    Attributes
    ----------
    haste : nats per second of way that is left, each second: ln P~(p) = -haste V(p) / v_max
    arrival : nats per second of way that is left at the end of the policy
    accepted_risk : probability of collision that is accepted at a moment: of the preferred Bernoulli
    margin : m by which the robot's place is uncertain to itself, standard deviation
    effort : nats s^3 / m^2 per squared acceleration: the precision of accelerations about none
    collision, information, ambiguity : multiples of those parts; 0 leaves a part out (an ablation)
    """

    haste: float = 4.0
    arrival: float = 8.0
    accepted_risk: float = 1e-5
    margin: float = 0.02
    effort: float = 0.08
    collision: float = 3.0
    information: float = 1.0
    ambiguity: float = 1.0


@dataclass(frozen=True)
class Sensor:
    """How well movers are seen from afar.

    Attributes
    ----------
    range : m within which anything is seen
    noise : standard deviation of a position at hand, m
    doubling : m at which the variance of what is seen is twice that at hand
    """

    range: float = float("inf")
    noise: float = 0.05
    doubling: float = 10.0
