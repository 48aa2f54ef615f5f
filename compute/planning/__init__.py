"""Motion planning on a plane: a disc among obstacles, exactly where that is possible and with honest odds where not.

Lengths are metres, angles radians, times seconds; arrays of points are (n, 2), or (n, 3) with a height. The parts, each
with its front door, from the ground up:

`scene`       records of maps, obstacles, robots, start and goal, as requests write them; light
              `scene.generators`: `generate(request)`, mazes, rooms and scattered shapes from a seed
`formats`     MovingAI maps and scenarios, ROS occupancy maps: text and bytes to a `Grid`
`geometry`    `surroundings(world, heights) -> Surroundings` with `.distance(points, times)`: the one signed distance
              d(x, t) to obstacles at rest, to moving ones and to the edge of the map
`route`       `prepare_ground(world, radius, heights) -> Ground`, once per map; then, as often as start or goal move,
              `find_route(ground, start, goal, n_alternatives) -> Route`: the shortest `Path` of lines and arcs and
              other ways round, or a `Barrier` that proves that there is none, with the width of the widest passage
`prior`       `measure_cost_to_go(ground, goal, spacing) -> CostToGo` with `.at(points)`: lengths of shortest paths
`timing`      `plan_drive(world, robot, start, goal, rate) -> Drive`: a sampled trajectory within every limit, from the
              start velocity to rest, among obstacles at rest
`validation`  `validate_path(world, radius, pieces)` and `validate_trajectory(world, robot, times, positions,
              velocities)`: clearance along the whole motion, where and when, and limits; from the records themselves
              and with no code of the planner
`intervals`   `plan_in_time(world, robot, ...)`: waiting and passing among obstacles whose motion is known
`inference`   beliefs about what moves, and policies weighed by their expected free energy
`quick_route` `quick_route(request, grounds, clock)`: the shortest way alone, on a ground that is kept
`tools`       what planners are lent: a device that weighs policies, maps that were made ready before
`motion_plan` the request and result of a plan, and `plan_motion(request, report, clock, tools)`
`execution`   `execute(request, report, clock)`: the closed loop

Search is planar: a robot with heights is kept from obstacles that any height between its start and goal would meet.
All but records compile loops and are imported where they run.
"""
