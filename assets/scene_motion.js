// Where things are: middles and outlines of obstacles, their displacement over time, polylines by time. Pure functions.
(() => {
  const scene = ((window.lookahead ??= {}).scene ??= {});

  const gridShape = (grid) => {
    const lines = grid.rows ?? grid.cells;
    return [lines[0].length, lines.length];
  };

  function middleOf(obstacle) {
    if (obstacle.center) return obstacle.center;
    if (obstacle.kind === "polygon") {
      const n = obstacle.vertices.length;
      return [0, 1].map((axis) => obstacle.vertices.reduce((sum, vertex) => sum + vertex[axis], 0) / n);
    }
    const [columns, rows] = gridShape(obstacle);
    const [x, y] = obstacle.origin ?? [0, 0];
    const resolution = obstacle.resolution ?? 1;
    return [x + (resolution * columns) / 2, y + (resolution * rows) / 2];
  }

  // The row of [t, ...values] at a time, between rows on straight lines, at rest beyond them.
  function between(rows, time) {
    let low = 0;
    let high = rows.length - 1;
    if (time <= rows[0][0]) return rows[0];
    if (time >= rows[high][0]) return rows[high];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (rows[middle][0] <= time) low = middle;
      else high = middle;
    }
    const share = (time - rows[low][0]) / (rows[high][0] - rows[low][0]);
    return rows[low].map((value, at) => value + share * (rows[high][at] - value));
  }

  // As geometry/moving.py has it: tracks tell where the middle is, velocities begin where the obstacle is drawn.
  function shiftAt(obstacle, time) {
    const { motion } = obstacle;
    if (!motion) return [0, 0];
    if (motion.velocity) return motion.velocity.map((speed) => speed * time);
    const rows = motion.waypoints;
    const [begin, end] = [rows[0][0], rows.at(-1)[0]];
    const period = end - begin;
    const at = motion.loop && period > 0 ? begin + ((((time - begin) % period) + period) % period) : time;
    const [, x, y] = between(rows, at);
    const middle = middleOf(obstacle);
    return [x - middle[0], y - middle[1]];
  }

  function corners({ center, size, angle = 0 }) {
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    return [[-1, -1], [1, -1], [1, 1], [-1, 1]].map(([u, v]) => {
      const [x, y] = [(u * size[0]) / 2, (v * size[1]) / 2];
      return [center[0] + c * x - s * y, center[1] + s * x + c * y];
    });
  }

  function isInside(polygon, [x, y]) {
    let inside = false;
    for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i, i += 1) {
      const [[xi, yi], [xj, yj]] = [polygon[i], polygon[j]];
      if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
    }
    return inside;
  }

  const distance = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);
  const lengthOf = (points) => points.slice(1).reduce((sum, point, at) => sum + distance(points[at], point), 0);

  // Whether a point is on the obstacle as it is drawn; `slack` in metres widens small discs.
  function covers(obstacle, point, slack = 0) {
    if (obstacle.kind === "circle") return distance(obstacle.center, point) <= obstacle.radius + slack;
    if (obstacle.kind === "rectangle") return isInside(corners(obstacle), point);
    if (obstacle.kind === "polygon") return isInside(obstacle.vertices, point);
    return scene.isBlockedAt(obstacle, point);
  }

  Object.assign(scene, { between, corners, covers, distance, gridShape, lengthOf, middleOf, shiftAt });
})();
