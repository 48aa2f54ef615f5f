"""Active inference: beliefs about what moves, policies weighed by their expected free energy, and what is acted on.

`information` has the quantities, in nats; `beliefs` the robot's beliefs about moving obstacles; `terrain` what it knows
of the map; `rollout` what policies lead to and what they are expected to cost; `policies` what is proposed;
`posterior` how proposals are weighed and refined.
"""
