// Draws the scene itself: floor, grid lines, obstacles where they are at a time, start, goal, and what is chosen.
// Told apart by more than colour: movers are hatched and have arrows, start and goal carry letters.
(() => {
  const scene = ((window.lookahead ??= {}).scene ??= {});
  const LINES_PX = 26; // between lines of the floor, at least
  const HANDLE_PX = 5;
  const FOREVER_S = 1; // how far ahead an arrow points for an obstacle that never turns

  function drawFloor(pen, view, map, colours, step) {
    const [x, y] = map.origin ?? [0, 0];
    const floor = [[x, y], [x + map.width, y], [x + map.width, y + map.height], [x, y + map.height]];
    scene.trace(pen, view, floor, true);
    pen.fillStyle = colours.surface;
    pen.fill();
    const apart = Math.max(step, scene.roundStep(LINES_PX / view.scale));
    pen.beginPath();
    for (let u = Math.ceil(x / apart) * apart; u <= x + map.width + 1e-9; u += apart) line(pen, view, [u, y], [u, y + map.height]);
    for (let v = Math.ceil(y / apart) * apart; v <= y + map.height + 1e-9; v += apart) line(pen, view, [x, v], [x + map.width, v]);
    pen.strokeStyle = colours.line;
    pen.lineWidth = 0.6;
    pen.stroke();
    scene.trace(pen, view, floor, true);
    pen.strokeStyle = colours.ink;
    pen.lineWidth = 1.5;
    pen.stroke();
  }

  function line(pen, view, from, to) {
    pen.moveTo(...view.px(from));
    pen.lineTo(...view.px(to));
  }

  function outlinePath(pen, view, obstacle, [dx, dy]) {
    const shifted = ([x, y]) => [x + dx, y + dy];
    if (obstacle.kind === "circle") scene.disc(pen, view, shifted(obstacle.center), obstacle.radius);
    else scene.trace(pen, view, (obstacle.vertices ?? scene.corners(obstacle)).map(shifted), true);
  }

  function drawGrid(pen, view, grid, colour, [dx, dy]) {
    const [columns, rows] = scene.gridShape(grid);
    const [x, y] = grid.origin ?? [0, 0];
    const resolution = grid.resolution ?? 1;
    const [left, top] = view.px([x + dx, y + dy + rows * resolution]);
    pen.imageSmoothingEnabled = false;
    const size = [columns * resolution * view.scale, rows * resolution * view.scale];
    pen.drawImage(scene.pictureOf(grid, colour), left, top, ...size);
  }

  function drawObstacle(pen, view, obstacle, time, colours) {
    const shift = scene.shiftAt(obstacle, time);
    const isMoving = Boolean(obstacle.motion);
    if (obstacle.kind === "grid") return drawGrid(pen, view, obstacle, isMoving ? colours.mover : colours.wall, shift);
    outlinePath(pen, view, obstacle, shift);
    pen.fillStyle = isMoving ? scene.hatch(pen, colours.mover) : colours.wall;
    pen.fill();
    pen.strokeStyle = isMoving ? colours.mover : colours.wall;
    pen.lineWidth = 1.5;
    pen.stroke();
  }

  // The way of a mover: its whole track, or where it will be in a second.
  function drawTrack(pen, view, obstacle, time, colours) {
    const { motion } = obstacle;
    pen.strokeStyle = colours.mover;
    pen.lineWidth = 1.4;
    pen.setLineDash([5, 4]);
    if (motion.waypoints) {
      scene.trace(pen, view, motion.waypoints.map(([, x, y]) => [x, y]), false);
      pen.stroke();
    }
    pen.setLineDash([]);
    const middle = scene.middleOf(obstacle);
    const at = (t) => scene.shiftAt(obstacle, t).map((by, axis) => middle[axis] + by);
    const [now, soon] = [at(time), at(time + FOREVER_S)];
    if (scene.distance(now, soon) * view.scale > 6) scene.drawArrow(pen, view, now, soon);
  }

  function drawUnsure(pen, view, obstacle, time, colours) {
    const middle = scene.middleOf(obstacle).map((at, axis) => at + scene.shiftAt(obstacle, time)[axis]);
    const reach = obstacle.kind === "circle" ? obstacle.radius : 0;
    scene.disc(pen, view, middle, reach + 2 * obstacle.uncertainty);
    pen.strokeStyle = colours.belief;
    pen.lineWidth = 1.3;
    pen.setLineDash([2, 3]);
    pen.stroke();
    pen.setLineDash([]);
  }

  function drawEnds(pen, view, drawing, radius, colours) {
    const goal = drawing.goal.position.slice(0, 2);
    scene.disc(pen, view, goal, drawing.goal.tolerance ?? 0.1);
    pen.strokeStyle = colours.goal;
    pen.lineWidth = 1;
    pen.setLineDash([3, 3]);
    pen.stroke();
    pen.setLineDash([]);
    for (const [name, letter, place] of [["goal", "G", goal], ["start", "S", drawing.start.position.slice(0, 2)]]) {
      scene.disc(pen, view, place, radius);
      pen.fillStyle = name === "start" ? colours.surface : "transparent";
      pen.fill();
      pen.strokeStyle = colours[name];
      pen.lineWidth = 2.5;
      pen.stroke();
      pen.beginPath();
      pen.arc(...view.px(place), 9, 0, 2 * Math.PI);
      pen.fillStyle = colours[name];
      pen.fill();
      scene.drawLetter(pen, view.px(place), letter, colours.surface);
    }
    const velocity = drawing.start.velocity;
    if (velocity && Math.hypot(velocity[0], velocity[1]) > 0) {
      const from = drawing.start.position;
      pen.strokeStyle = colours.start;
      scene.drawArrow(pen, view, from, [from[0] + velocity[0], from[1] + velocity[1]]);
    }
  }

  // Where what is chosen can be taken hold of, in metres: what each handle does is in its name.
  function handlesOf(drawing, name, view) {
    const obstacle = scene.shapeOf(drawing, name);
    if (!obstacle || obstacle.kind === "grid") return [];
    const middle = scene.middleOf(obstacle);
    if (obstacle.kind === "circle") return [{ does: "radius", at: [middle[0] + obstacle.radius, middle[1]] }];
    if (obstacle.kind === "rectangle") {
      const [a, b] = [obstacle.angle ?? 0, obstacle.size[1] / 2 + 24 / view.scale];
      const turn = { does: "turn", at: [middle[0] - Math.sin(a) * b, middle[1] + Math.cos(a) * b] };
      return [...scene.corners(obstacle).map((at) => ({ does: "corner", at })), turn];
    }
    return obstacle.vertices.map((at, vertex) => ({ does: "vertex", vertex, at }));
  }

  function drawChosen(pen, view, drawing, name, radius, colours) {
    const obstacle = scene.shapeOf(drawing, name);
    pen.strokeStyle = colours.accent;
    pen.fillStyle = colours.surface;
    pen.lineWidth = 2;
    pen.setLineDash([4, 3]);
    if (obstacle?.kind === "grid") {
      const [columns, rows] = scene.gridShape(obstacle);
      const [x, y] = obstacle.origin ?? [0, 0];
      const [w, h] = [columns, rows].map((count) => count * (obstacle.resolution ?? 1));
      scene.trace(pen, view, [[x, y], [x + w, y], [x + w, y + h], [x, y + h]], true);
    } else if (obstacle) outlinePath(pen, view, obstacle, [0, 0]);
    else if (name !== "map") scene.disc(pen, view, scene.placeOf(drawing, name), radius + 6 / view.scale);
    if (name !== "map") pen.stroke();
    pen.setLineDash([]);
    for (const { at, does } of handlesOf(drawing, name, view)) {
      const [x, y] = view.px(at);
      pen.beginPath();
      if (does === "turn") pen.arc(x, y, HANDLE_PX, 0, 2 * Math.PI);
      else pen.rect(x - HANDLE_PX, y - HANDLE_PX, 2 * HANDLE_PX, 2 * HANDLE_PX);
      pen.fill();
      pen.stroke();
    }
  }

  // What is not known yet lies over the floor as a fine grain with a question mark, and hides nothing that is drawn.
  function drawArea(pen, view, area, colours) {
    if (area.kind === "grid") drawGrid(pen, view, area, colours.line, [0, 0]);
    else {
      outlinePath(pen, view, area, [0, 0]);
      pen.fillStyle = scene.grain(pen, colours.unknown);
      pen.fill();
      pen.strokeStyle = colours.unknown;
      pen.setLineDash([2, 4]);
      pen.lineWidth = 1.2;
      pen.stroke();
      pen.setLineDash([]);
    }
    scene.drawLetter(pen, view.px(scene.middleOf(area)), "?", colours.ink);
  }

  function drawScene(pen, view, drawing, { time, radius, step, colours }) {
    drawFloor(pen, view, drawing.map, colours, step);
    for (const { area } of scene.areasOf(drawing)) drawArea(pen, view, area, colours);
    for (const obstacle of drawing.map.obstacles) {
      if (!obstacle.motion) drawObstacle(pen, view, obstacle, time, colours);
    }
    for (const obstacle of drawing.map.obstacles) {
      if (obstacle.motion) {
        drawTrack(pen, view, obstacle, time, colours);
        drawObstacle(pen, view, obstacle, time, colours);
      }
      if (obstacle.uncertainty > 0) drawUnsure(pen, view, obstacle, time, colours);
    }
    drawEnds(pen, view, drawing, radius, colours);
  }

  Object.assign(scene, { drawChosen, drawScene, handlesOf });
})();
