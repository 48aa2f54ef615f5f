"""Plans in time among obstacles whose motion is known: waiting, passing before and passing behind.

`movers` has them as arrays and their distance at a time; `lattice` the search over positions, velocities and times;
`plan` turns what it finds into a motion, or into the verdict that there is none within the horizon.
"""
