// What the pointer does on the board, by tool: pick and drag, draw shapes, paint cells, draw tracks. A drag shows drawings
// as it goes and makes one of them the board's when it ends: one step to undo.
(() => {
  const scene = ((window.lookahead ??= {}).scene ??= {});
  const HANDLE_PX = 11;
  const LEAST_PX = 5; // a shape drawn smaller than this was a click
  const CLOSE_PX = 12; // to the first corner, which closes a polygon

  scene.TOOLS = [
    { name: "select", title: "Select", help: "Pick, move, resize, turn" },
    { name: "rectangle", title: "Box", help: "Drag a rectangle" },
    { name: "circle", title: "Circle", help: "Drag from the centre" },
    { name: "polygon", title: "Polygon", help: "Click the corners; Enter or a double click ends" },
    { name: "brush", title: "Brush", help: "Paint blocked cells; arrows and Space by keyboard" },
    { name: "eraser", title: "Eraser", help: "Free cells again; arrows and Space by keyboard" },
    { name: "unknown", title: "Unknown", help: "Drag an area that the robot does not know before it sees it" },
    { name: "track", title: "Track", help: "Click where the chosen obstacle drives; Enter or a double click ends" },
  ];

  const snapped = (board, point) =>
    scene.tidyPoint(board.isSnapping ? point.map((value) => Math.round(value / board.step) * board.step) : point);

  function partAt(board, point) {
    const drawing = board.drawing();
    const slack = 12 / board.view.scale;
    for (const name of ["start", "goal"]) {
      if (scene.distance(scene.placeOf(drawing, name), point) <= Math.max(slack, board.radius())) return name;
    }
    for (let at = drawing.map.obstacles.length - 1; at >= 0; at -= 1) {
      const obstacle = drawing.map.obstacles[at];
      const [dx, dy] = scene.shiftAt(obstacle, 0);
      if (scene.covers(obstacle, [point[0] - dx, point[1] - dy], 4 / board.view.scale)) return at;
    }
    const area = scene.areasOf(drawing).findLastIndex((each) => scene.covers(each.area, point));
    return area < 0 ? null : `u${area}`;
  }

  function handleAt(board, pixel) {
    if (board.chosen === null) return null;
    const near = ({ at }) => scene.distance(board.view.px(at), pixel) <= HANDLE_PX;
    return scene.handlesOf(board.drawing(), board.chosen, board.view).find(near) ?? null;
  }

  // ---- drags: each returns the drawing for the point where the pointer is -------------------------------------------
  function dragHandle(board, handle) {
    const [drawing, name] = [board.drawing(), board.chosen];
    const obstacle = scene.shapeOf(drawing, name);
    const middle = scene.middleOf(obstacle);
    if (handle.does === "radius") {
      return (point) => scene.changed(drawing, name, { radius: Math.max(0.05, scene.distance(middle, snapped(board, point))) });
    }
    if (handle.does === "turn") {
      return ([x, y]) => {
        const angle = Math.atan2(y - middle[1], x - middle[0]) - Math.PI / 2;
        const step = Math.PI / 12;
        return scene.changed(drawing, name, { angle: board.isSnapping ? Math.round(angle / step) * step : angle });
      };
    }
    if (handle.does === "vertex") {
      return (point) => {
        const vertices = obstacle.vertices.map((each, at) => (at === handle.vertex ? snapped(board, point) : each));
        return scene.changed(drawing, name, { vertices });
      };
    }
    const opposite = [2 * middle[0] - handle.at[0], 2 * middle[1] - handle.at[1]];
    const [c, s] = [Math.cos(obstacle.angle ?? 0), Math.sin(obstacle.angle ?? 0)];
    return (point) => {
      const [x, y] = snapped(board, point);
      const [u, v] = [x - opposite[0], y - opposite[1]];
      const size = [Math.abs(c * u + s * v), Math.abs(-s * u + c * v)].map((side) => Math.max(0.05, side));
      return scene.changed(drawing, name, { center: [(x + opposite[0]) / 2, (y + opposite[1]) / 2], size });
    };
  }

  function dragPart(board, name, from) {
    const drawing = board.drawing();
    const place = scene.placeOf(drawing, name);
    return ([x, y]) => scene.placed(drawing, name, snapped(board, [place[0] + x - from[0], place[1] + y - from[1]]));
  }

  function dragShape(board, kind, from) {
    const drawing = board.drawing();
    const begin = snapped(board, from);
    return (point) => {
      const end = snapped(board, point);
      if (scene.distance(board.view.px(begin), board.view.px(end)) < LEAST_PX) return drawing;
      if (scene.distance(begin, end) === 0) return drawing;
      const size = scene.tidyPoint([Math.abs(end[0] - begin[0]), Math.abs(end[1] - begin[1])]);
      if (kind === "circle") {
        return scene.added(drawing, { kind, center: begin, radius: Number(scene.distance(begin, end).toFixed(4)) });
      }
      if (Math.min(...size) * board.view.scale < 2) return drawing;
      const made = { kind: "rectangle", center: scene.tidyPoint([(begin[0] + end[0]) / 2, (begin[1] + end[1]) / 2]), size };
      return kind === "unknown" ? scene.withArea(drawing, made) : scene.added(drawing, made);
    };
  }

  // The grid that is painted: the chosen one, else the first that stands still, else a new one over the whole map.
  function canvasFor(board) {
    const drawing = board.drawing();
    const isGrid = (obstacle) => obstacle?.kind === "grid" && !obstacle.motion;
    if (isGrid(scene.shapeOf(drawing, board.chosen))) return [drawing, board.chosen];
    const first = drawing.map.obstacles.findIndex(isGrid);
    if (first >= 0) return [drawing, first];
    return [scene.added(drawing, scene.emptyGrid(drawing.map, board.step)), drawing.map.obstacles.length];
  }

  function dragBrush(board, from, isWall) {
    let [drawing, name] = canvasFor(board);
    if (!isWall && name >= board.drawing().map.obstacles.length) return () => board.drawing(); // nothing to erase
    let last = from;
    return (point) => {
      const grid = scene.painted(drawing.map.obstacles[name], last, point, board.step / 2, isWall);
      last = point;
      if (grid !== drawing.map.obstacles[name]) drawing = scene.changed(drawing, name, { ...grid, cells: null });
      return drawing;
    };
  }

  // ---- lines of clicks: polygons and tracks -----------------------------------------------------------------------
  function addCorner(board, point) {
    const corners = board.corners ?? [];
    const isClosing = corners.length > 2 && scene.distance(board.view.px(corners[0]), board.view.px(point)) < CLOSE_PX;
    if (isClosing) return endLine(board);
    board.corners = [...corners, scene.tidyPoint(snapped(board, point))];
    board.render();
  }

  function endLine(board) {
    const corners = (board.corners ?? []).filter((point, at, all) => !at || scene.distance(point, all[at - 1]) > 1e-6);
    board.corners = null;
    const drawing = board.drawing();
    if (board.tool === "polygon" && corners.length > 2) {
      board.commit(scene.added(drawing, { kind: "polygon", vertices: corners }), "Polygon added");
      board.choose(drawing.map.obstacles.length);
    } else if (board.tool === "track" && corners.length && scene.isObstacle(board.chosen)) {
      const line = [scene.middleOf(scene.shapeOf(drawing, board.chosen)), ...corners];
      const motion = scene.trackAlong(line, board.speed, board.isLooping);
      board.commit(scene.changed(drawing, board.chosen, { motion }), "Track drawn");
    } else board.render();
  }

  // ---- the pointer ------------------------------------------------------------------------------------------------
  function begin(board, point, pixel) {
    const { tool } = board;
    if (tool === "polygon") return addCorner(board, point);
    if (tool === "track") {
      if (scene.isObstacle(board.chosen)) return addCorner(board, point);
      const part = partAt(board, point);
      return scene.isObstacle(part) ? board.choose(part) : board.tell("Choose an obstacle first, then click its track");
    }
    if (tool === "brush" || tool === "eraser") return { draw: dragBrush(board, point, tool === "brush"), said: "Cells painted" };
    if (tool !== "select") return { draw: dragShape(board, tool, point), said: "Obstacle added", isNew: true };
    const handle = handleAt(board, pixel);
    if (handle) return { draw: dragHandle(board, handle), said: "Shape changed" };
    const part = partAt(board, point);
    board.choose(part);
    return part === null ? null : { draw: dragPart(board, part, point), said: "Moved" };
  }

  scene.usePointer = (board) => {
    const { canvas } = board;
    let drag = null;
    const pixelOf = (event) => {
      const box = canvas.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    };

    canvas.addEventListener("pointerdown", (event) => {
      if (event.button || !scene.allows(board.state, "draw")) return;
      canvas.focus({ preventScroll: true });
      const pixel = pixelOf(event);
      drag = begin(board, board.view.world(pixel), pixel) ?? null;
      if (!drag?.draw) return (drag = null);
      canvas.setPointerCapture(event.pointerId);
      if (board.tool === "brush" || board.tool === "eraser") board.show(drag.draw(board.view.world(pixel)));
    });
    canvas.addEventListener("pointermove", (event) => {
      board.pointer = board.view.world(pixelOf(event));
      if (drag) board.show(drag.draw(board.pointer));
      else if (board.corners) board.render();
    });
    canvas.addEventListener("pointerup", () => {
      if (!drag) return;
      const { said, isNew } = drag;
      drag = null;
      const made = board.preview;
      if (!made) return;
      const before = board.history.present;
      board.commit(made, said);
      if (isNew && made.map.obstacles.length > before.map.obstacles.length) board.choose(made.map.obstacles.length - 1);
      else if (isNew && scene.areasOf(made).length > scene.areasOf(before).length) board.choose(`u${scene.areasOf(before).length}`);
    });
    canvas.addEventListener("pointercancel", () => {
      drag = null;
      board.show(null);
    });
    canvas.addEventListener("dblclick", () => board.corners && endLine(board));
  };
  Object.assign(scene, { canvasFor, endLine });
})();
