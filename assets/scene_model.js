// The drawing: map, start and goal as a request writes them, and what can be done to them. Nothing here is changed in
// place: each function returns a new drawing, so that undoing is going back. Parts are named "map", "start", "goal", by the
// number of the obstacle, or "u" and the number of the unknown area.
(() => {
  const scene = ((window.lookahead ??= {}).scene ??= {});
  const MAX_UNDONE = 200;
  const LEAST_SIZE = 0.05; // m that a handle can shrink something to
  const DEFAULTS = { angle: 0, uncertainty: 0, tolerance: 0.1, loop: false, resolution: 1, probability: 0.05 };

  const tidy = (value) => Number(value.toFixed(6));
  const tidyPoint = (point) => point.map(tidy);

  // ---- one drawing is the same as another ------------------------------------------------------------------
  function plain(value, key) {
    if (Array.isArray(value)) return value.map((each) => plain(each));
    if (value === null || typeof value !== "object") return value;
    const kept = Object.keys(value).sort().filter((name) => {
      const held = value[name];
      const isDefault = DEFAULTS[name] === held || (name === "origin" && held?.[0] === 0 && held?.[1] === 0);
      const isNone = held === null || held === undefined || (name === "unknown" && !held.length);
      return !isNone && !isDefault;
    });
    return Object.fromEntries(kept.map((name) => [name, plain(value[name], key)]));
  }
  const textOf = (drawing) => JSON.stringify(plain(drawing));

  // ---- parts -----------------------------------------------------------------------------------------------
  const isObstacle = (name) => typeof name === "number";
  const isArea = (name) => /^u\d+$/.test(String(name));
  const areasOf = (drawing) => drawing.map.unknown ?? [];
  const nameOf = (obstacle, at) => obstacle.id || `${obstacle.kind} ${at + 1}`;
  // The obstacle or the shape of the area of that name; nothing for other parts.
  function shapeOf(drawing, name) {
    if (isArea(name)) return areasOf(drawing)[name.slice(1)]?.area ?? null;
    return isObstacle(name) ? drawing.map.obstacles[name] ?? null : null;
  }

  function withObstacles(drawing, obstacles) {
    return { ...drawing, map: { ...drawing.map, obstacles } };
  }

  function changed(drawing, name, change) {
    if (name === "map") return { ...drawing, map: { ...drawing.map, ...change } };
    if (isArea(name)) return believed(drawing, name, { area: withoutEmpty({ ...shapeOf(drawing, name), ...change }) });
    if (!isObstacle(name)) return { ...drawing, [name]: { ...drawing[name], ...change } };
    const held = drawing.map.obstacles;
    return withObstacles(drawing, held.map((each, at) => (at === name ? withoutEmpty({ ...each, ...change }) : each)));
  }

  const withoutEmpty = (record) =>
    Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null && value !== undefined));

  // What is believed of an unknown area is changed.
  function believed(drawing, name, change) {
    const unknown = areasOf(drawing).map((each, at) => (`u${at}` === name ? withoutEmpty({ ...each, ...change }) : each));
    return { ...drawing, map: { ...drawing.map, unknown } };
  }

  const withArea = (drawing, area) => ({ ...drawing, map: { ...drawing.map, unknown: [...areasOf(drawing), { area }] } });

  function added(drawing, obstacle) {
    return withObstacles(drawing, [...drawing.map.obstacles, obstacle]);
  }

  function removed(drawing, name) {
    if (isArea(name)) {
      return { ...drawing, map: { ...drawing.map, unknown: areasOf(drawing).filter((_, at) => `u${at}` !== name) } };
    }
    return withObstacles(drawing, drawing.map.obstacles.filter((_, at) => at !== name));
  }

  const cleared = ({ map: { unknown: _, ...map }, ...ends }) => ({ map: { ...map, obstacles: [] }, ...ends });

  // ---- move, resize, turn ----------------------------------------------------------------------------------
  function placeOf(drawing, name) {
    if (name === "map") return drawing.map.origin ?? [0, 0];
    const shape = shapeOf(drawing, name);
    return shape ? scene.middleOf(shape) : drawing[name].position.slice(0, 2);
  }

  function moved(drawing, name, dx, dy) {
    const shift = ([x, y, ...rest]) => [...tidyPoint([x + dx, y + dy]), ...rest];
    if (name === "map") return changed(drawing, name, { origin: shift(placeOf(drawing, name)) });
    const obstacle = shapeOf(drawing, name);
    if (!obstacle) return changed(drawing, name, { position: shift(drawing[name].position) });
    const change = {};
    if (obstacle.center) change.center = shift(obstacle.center);
    else if (obstacle.vertices) change.vertices = obstacle.vertices.map(shift);
    else change.origin = shift(obstacle.origin ?? [0, 0]);
    if (obstacle.motion?.waypoints) {
      const waypoints = obstacle.motion.waypoints.map(([t, ...point]) => [t, ...shift(point)]);
      change.motion = { ...obstacle.motion, waypoints };
    }
    return changed(drawing, name, change);
  }

  const placed = (drawing, name, point) => {
    const from = placeOf(drawing, name);
    return moved(drawing, name, point[0] - from[0], point[1] - from[1]);
  };

  // By so much more in each direction; what has one size only follows the greater change.
  function resized(drawing, name, dw, dh) {
    const grown = (size, by) => Math.max(LEAST_SIZE, tidy(size + by));
    const by = Math.abs(dw) > Math.abs(dh) ? dw : dh;
    if (name === "map") {
      return changed(drawing, name, { width: grown(drawing.map.width, dw), height: grown(drawing.map.height, dh) });
    }
    if (name === "goal") return changed(drawing, name, { tolerance: grown(drawing.goal.tolerance ?? 0.1, by) });
    const obstacle = shapeOf(drawing, name);
    if (!obstacle) return drawing;
    if (obstacle.kind === "circle") return changed(drawing, name, { radius: grown(obstacle.radius, by) });
    if (obstacle.kind === "rectangle") {
      return changed(drawing, name, { size: [grown(obstacle.size[0], dw), grown(obstacle.size[1], dh)] });
    }
    if (obstacle.kind === "grid") return changed(drawing, name, { resolution: grown(obstacle.resolution ?? 1, by / 10) });
    const [x, y] = scene.middleOf(obstacle);
    const reach = Math.max(...obstacle.vertices.map((vertex) => scene.distance(vertex, [x, y])));
    const scale = Math.max(LEAST_SIZE, reach + by) / reach;
    const vertices = obstacle.vertices.map(([u, v]) => tidyPoint([x + scale * (u - x), y + scale * (v - y)]));
    return changed(drawing, name, { vertices });
  }

  function turned(drawing, name, angle) {
    const obstacle = shapeOf(drawing, name);
    if (obstacle?.kind === "rectangle") return changed(drawing, name, { angle: tidy((obstacle.angle ?? 0) + angle) });
    if (obstacle?.kind !== "polygon") return drawing;
    const [x, y] = scene.middleOf(obstacle);
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    const vertices = obstacle.vertices.map(([u, v]) =>
      tidyPoint([x + c * (u - x) - s * (v - y), y + s * (u - x) + c * (v - y)]),
    );
    return changed(drawing, name, { vertices });
  }

  // Timed waypoints along a drawn line at a speed, back to where it began where it loops.
  function trackAlong(points, speed, isLoop) {
    const line = isLoop ? [...points, points[0]] : points;
    let time = 0;
    const waypoints = line.map((point, at) => {
      time += at ? scene.distance(line[at - 1], point) / speed : 0;
      return [tidy(time), ...tidyPoint(point)];
    });
    const distinct = waypoints.filter(([t], at) => !at || t > waypoints[at - 1][0]);
    return isLoop && distinct.length > 2 ? { waypoints: distinct, loop: true } : { waypoints: distinct };
  }

  // ---- history ---------------------------------------------------------------------------------------------
  const begun = (drawing) => ({ past: [], present: drawing, future: [] });
  function done({ past, present }, drawing) {
    if (textOf(drawing) === textOf(present)) return { past, present: drawing, future: [] };
    return { past: [...past, present].slice(-MAX_UNDONE), present: drawing, future: [] };
  }
  const undone = ({ past, present, future }) =>
    past.length ? { past: past.slice(0, -1), present: past.at(-1), future: [present, ...future] } : { past, present, future };
  const redone = ({ past, present, future }) =>
    future.length ? { past: [...past, present], present: future[0], future: future.slice(1) } : { past, present, future };

  Object.assign(scene, {
    added, areasOf, begun, believed, changed, cleared, done, isArea, isObstacle, moved, nameOf, placeOf, placed, redone, removed,
    resized, shapeOf, textOf, tidyPoint, trackAlong, turned, undone, withArea,
  });
})();
