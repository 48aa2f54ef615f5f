"""Active inference: beliefs about what moves, policies weighed by their expected free energy, and what is acted on.

`information` has the quantities, in nats; `beliefs` the robot's beliefs about moving obstacles, `cells` those about a
map that it does not know, and `outlook` what a look around is expected to tell of it; `terrain` what policies are
looked up in; `rollout` what policies lead to and what they are expected to cost; `policies` what is proposed;
`posterior` how proposals are weighed and refined.
"""
