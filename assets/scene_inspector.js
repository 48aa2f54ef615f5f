// What is chosen, in numbers: every place, size and motion can be typed.
(() => {
  const scene = ((window.lookahead ??= {}).scene ??= {});
  const DEGREE = Math.PI / 180;
  const FIRST_SPEED = 0.5; // m/s of an obstacle that is set in motion

  const shown = (value) => (value === null || value === undefined ? null : Number(value.toFixed(4)));
  const isRows = (rows, width) => rows.every((row) => row.length === width && row.every(Number.isFinite));

  function change(board, made) {
    board.commit(scene.changed(board.drawing(), board.chosen, made), "Changed");
  }

  // A field of one coordinate of a pair; an emptied one stays as it was.
  function coordinate(board, label, pair, at, take) {
    const made = (value) => {
      if (value !== null) take(pair.map((each, index) => (index === at ? value : each)));
      else board.refresh();
    };
    return scene.numberField(label, shown(pair[at]), made, { step: board.step });
  }

  const size = (board, label, value, name) =>
    scene.numberField(label, shown(value), (made) => (made === null ? board.refresh() : change(board, { [name]: made })), {
      step: board.step,
    });

  function ofMap(board, map) {
    const origin = map.origin ?? [0, 0];
    return [
      size(board, "Width (m)", map.width, "width"),
      size(board, "Height (m)", map.height, "height"),
      coordinate(board, "Left edge (m)", origin, 0, (point) => change(board, { origin: point })),
      coordinate(board, "Lower edge (m)", origin, 1, (point) => change(board, { origin: point })),
    ];
  }

  function ofEnd(board, name, end) {
    const { position } = end;
    const fields = [0, 1].map((at) =>
      coordinate(board, ["x (m)", "y (m)"][at], position, at, (point) => change(board, { position: point })),
    );
    const height = (value) => change(board, { position: value === null ? position.slice(0, 2) : [...position.slice(0, 2), value] });
    fields.push(scene.numberField("Height z (m)", shown(position[2]), height));
    if (name === "goal") return [...fields, size(board, "Tolerance (m)", end.tolerance ?? 0.1, "tolerance")];
    const velocity = end.velocity ?? [0, 0];
    const speeds = [0, 1].map((at) =>
      coordinate(board, ["Speed in x (m/s)", "Speed in y (m/s)"][at], velocity, at, (made) =>
        change(board, { velocity: made.some(Boolean) ? made : null }),
      ),
    );
    return [...fields, ...speeds];
  }

  function ofShape(board, obstacle) {
    const place = (pair, name) =>
      [0, 1].map((at) =>
        coordinate(board, ["x (m)", "y (m)"][at], pair, at, (point) =>
          name ? change(board, { [name]: point }) : board.commit(scene.placed(board.drawing(), board.chosen, point), "Moved"),
        ),
      );
    if (obstacle.kind === "circle") return [...place(obstacle.center), size(board, "Radius (m)", obstacle.radius, "radius")];
    if (obstacle.kind === "rectangle") {
      const sides = [0, 1].map((at) =>
        coordinate(board, ["Width (m)", "Height (m)"][at], obstacle.size, at, (made) => change(board, { size: made })),
      );
      const angle = scene.numberField("Angle (°)", shown((obstacle.angle ?? 0) / DEGREE), (value) =>
        change(board, { angle: (value ?? 0) * DEGREE }),
      );
      return [...place(obstacle.center), ...sides, angle];
    }
    if (obstacle.kind === "polygon") {
      const take = (rows) =>
        rows.length > 2 && isRows(rows, 2)
          ? change(board, { vertices: rows })
          : board.refuse("A polygon has a line “x y” for each of three or more corners");
      return [scene.linesField("Corners, a line “x y” each", obstacle.vertices, take, { name: "corners" })];
    }
    return [...place(obstacle.origin ?? [0, 0], "origin"), size(board, "Side of a cell (m)", obstacle.resolution ?? 1, "resolution")];
  }

  // ---- motion -------------------------------------------------------------------------------------------------------
  function firstMotion(board, obstacle, form) {
    if (form === "still") return null;
    if (form === "velocity") return { velocity: [FIRST_SPEED, 0] };
    const [x, y] = scene.middleOf(obstacle);
    return scene.trackAlong([[x, y], [x + 4 * board.step, y]], board.speed, true);
  }

  function ofMotion(board, obstacle) {
    const { motion } = obstacle;
    const form = !motion ? "still" : motion.velocity ? "velocity" : "track";
    const forms = [["still", "Stands still"], ["velocity", "Constant velocity"], ["track", "Along a track"]];
    const fields = [
      scene.choiceField("Motion", form, forms, (made) => change(board, { motion: firstMotion(board, obstacle, made) })),
    ];
    if (form === "velocity") {
      const take = (velocity) => change(board, { motion: { velocity } });
      fields.push(...[0, 1].map((at) => coordinate(board, ["Speed in x (m/s)", "Speed in y (m/s)"][at], motion.velocity, at, take)));
    }
    if (form === "track") {
      const take = (waypoints) =>
        waypoints.length && isRows(waypoints, 3)
          ? change(board, { motion: { ...motion, waypoints } })
          : board.refuse("A track has a line “t x y” for each waypoint, times growing");
      fields.push(scene.linesField("Waypoints, a line “t x y” each", motion.waypoints, take, { name: "waypoints" }));
      fields.push(scene.flagField("Starts again at the end", Boolean(motion.loop), (loop) => change(board, { motion: { ...motion, loop } })));
    }
    return fields;
  }

  function ofObstacle(board, obstacle) {
    const heights = obstacle.height_range ?? [null, null];
    const height = (at) => (value) => {
      const made = heights.map((each, index) => (index === at ? value : each));
      if (made[at] === null) return change(board, { height_range: null });
      change(board, { height_range: at ? [made[0] ?? made[1] - 1, made[1]] : [made[0], made[1] ?? made[0] + 1] });
    };
    const unsure = (value) => change(board, { uncertainty: value ?? 0 });
    return [
      scene.textField("Name", obstacle.id, (id) => change(board, { id: id || null })),
      ...ofShape(board, obstacle),
      ...ofMotion(board, obstacle),
      scene.numberField("Uncertainty, sd (m)", shown(obstacle.uncertainty ?? 0), unsure, { step: 0.05, min: 0 }),
      scene.numberField("From height (m)", shown(heights[0]), height(0)),
      scene.numberField("To height (m)", shown(heights[1]), height(1)),
      scene.button("Delete", () => board.removeChosen(), { icon: "trash", "data-name": "delete" }),
    ];
  }

  function ofArea(board, name, { area, probability = 0.05, renewal }) {
    const take = (change) => board.commit(scene.believed(board.drawing(), name, change), "Changed");
    return [
      ...ofShape(board, area),
      scene.numberField("Probability of being occupied", shown(probability), (value) => take({ probability: value ?? 0.05 }), { step: 0.01, min: 0 }),
      scene.numberField("As unsure again after (s)", shown(renewal), (value) => take({ renewal: value }), { min: 0 }),
      scene.button("Delete", () => board.removeChosen(), { icon: "trash", "data-name": "delete" }),
    ];
  }

  function fieldsOf(board, drawing, name) {
    if (scene.isArea(name)) return ofArea(board, name, scene.areasOf(drawing)[name.slice(1)]);
    if (scene.isObstacle(name)) return ofObstacle(board, scene.shapeOf(drawing, name));
    return name === "map" ? ofMap(board, drawing.map) : ofEnd(board, name, drawing[name]);
  }

  function titleOf(drawing, name) {
    if (scene.isArea(name)) return `Unknown area ${Number(name.slice(1)) + 1}`;
    const title = scene.isObstacle(name) ? scene.nameOf(scene.shapeOf(drawing, name), name) : name;
    return title[0].toUpperCase() + title.slice(1);
  }

  scene.fillInspector = (board) => {
    const { chosen: name } = board;
    const drawing = board.drawing();
    if (name === null) {
      return board.inspector.replaceChildren(scene.make("p", { className: "la-muted" }, "Choose a part to see its numbers."));
    }
    scene.refill(board.inspector, [scene.make("h3", {}, titleOf(drawing, name)), ...fieldsOf(board, drawing, name)]);
  };
})();
