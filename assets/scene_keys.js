// The keyboard on the board and on the list of its parts: every drag of the pointer has keys.
(() => {
  const scene = ((window.lookahead ??= {}).scene ??= {});
  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  const TURN = Math.PI / 12;

  scene.KEYS = "Arrows move, Shift and arrows resize, [ and ] turn, Delete removes, Ctrl+Z and Ctrl+Y undo and redo, Space plays; + and - zoom, 0 shows the whole map.";

  function changeChosen(board, event) {
    const { chosen: name } = board;
    const drawing = board.drawing();
    const by = (direction) => direction.map((each) => each * board.step);
    const direction = ARROWS[event.key];
    if (direction && event.shiftKey) return [scene.resized(drawing, name, ...by(direction)), "Resized"];
    if (direction) {
      const moved = scene.moved(drawing, name, ...by(direction));
      return [moved, `Moved to ${scene.placeOf(moved, name).map((value) => Number(value.toFixed(3))).join(", ")}`];
    }
    if (event.key === "[") return [scene.turned(drawing, name, TURN), "Turned left"];
    if (event.key === "]") return [scene.turned(drawing, name, -TURN), "Turned right"];
    return null;
  }

  // A cell under the keys: arrows move it, Space paints or erases what is there.
  function moveCursor(board, event) {
    const [drawing, name] = scene.canvasFor(board);
    const grid = drawing.map.obstacles[name];
    const resolution = grid.resolution ?? 1;
    board.cursor ??= scene.middleOf(grid);
    const direction = ARROWS[event.key];
    if (direction) board.cursor = board.cursor.map((value, axis) => value + direction[axis] * resolution);
    else if (event.key === " ") {
      const made = scene.painted(grid, board.cursor, board.cursor, 0, board.tool === "brush");
      if (made !== grid) board.commit(scene.changed(drawing, name, { ...made, cells: null }), "Cell painted");
    } else return false;
    board.render();
    return true;
  }

  function togglePlay(board) {
    if (board.state === "playing") scene.pause(board);
    else if (!scene.allows(board.state, "play")) return false;
    else scene.play(board);
    return true;
  }

  const lookElsewhere = (board, event) =>
    event.target === board.canvas && Boolean(ARROWS[event.key]) && scene.panByKey(board, ARROWS[event.key]);

  function act(board, event) {
    if (event.key === " " && event.target === board.canvas && !["brush", "eraser"].includes(board.tool)) return togglePlay(board);
    if (event.target === board.canvas && scene.zoomByKey(board, event)) return true;
    if (!scene.allows(board.state, "draw")) return lookElsewhere(board, event);
    const isPainting = board.tool === "brush" || board.tool === "eraser";
    if (event.target === board.canvas && isPainting && moveCursor(board, event)) return true;
    if (board.corners && event.key === "Enter") return scene.endLine(board) ?? true;
    if (board.corners && event.key === "Escape") {
      board.corners = null;
      return board.render() ?? true;
    }
    if (board.chosen === null) return lookElsewhere(board, event);
    if (event.key === "Delete" || event.key === "Backspace") return board.removeChosen() ?? true;
    const change = changeChosen(board, event);
    if (change) board.commit(...change);
    return Boolean(change);
  }

  scene.useKeys = (board) => {
    const onKey = (event) => {
      if (event.altKey || event.target.matches("input, select, textarea")) return;
      if (event.ctrlKey || event.metaKey) {
        const key = event.key.toLowerCase();
        if (key === "z" && !event.shiftKey) board.undo();
        else if (key === "y" || key === "z") board.redo();
        else return;
        event.preventDefault();
        return;
      }
      if (event.target !== board.canvas && !event.target.closest(".la-scene-list")) return;
      if (!act(board, event)) return;
      event.preventDefault();
      event.stopPropagation(); // Esc would also cancel a job
    };
    board.root.addEventListener("keydown", onKey);
  };
})();
