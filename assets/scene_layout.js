// How a drawing board is laid out: tools above, the board, its list and numbers beside it, playback and layers below.
(() => {
  const scene = ((window.lookahead ??= {}).scene ??= {});

  function toolbar(board) {
    const tools = scene.TOOLS.map(({ name, title, help }) =>
      scene.button(title, (event) => takeTool(board, name, event), { title: help, "data-tool": name, "data-does": "draw", "aria-pressed": "false" }),
    );
    const undo = scene.button("Undo", () => board.undo(), { "data-history": "past", title: "Ctrl+Z" });
    const redo = scene.button("Redo", () => board.redo(), { "data-history": "future", title: "Ctrl+Y" });
    const clear = scene.button("Clear", () => board.commit(scene.cleared(board.drawing()), "All obstacles removed"), { "data-does": "draw" });
    return scene.make("div", { className: "la-scene-row", role: "toolbar", "aria-label": "Drawing" }, ...tools, undo, redo, clear);
  }

  // Chosen by keyboard, a shape appears in the middle: what a drag would say, keys can then say.
  function takeTool(board, name, event) {
    board.useTool(name);
    const { map } = board.drawing();
    const [x, y] = map.origin ?? [0, 0];
    const center = [x + map.width / 2, y + map.height / 2];
    const size = Math.max(board.step, Math.min(map.width, map.height) / 8);
    const shapes = {
      rectangle: { kind: "rectangle", center, size: [size, size] },
      circle: { kind: "circle", center, radius: size / 2 },
      polygon: { kind: "polygon", vertices: [[-1, -1], [1, -1], [0, 1]].map(([u, v]) => [center[0] + (u * size) / 2, center[1] + (v * size) / 2]) },
    };
    if (event.detail || !(shapes[name] || name === "unknown")) return; // a click of the pointer
    board.useTool("select");
    const before = board.drawing();
    const made = name === "unknown" ? scene.withArea(before, shapes.rectangle) : scene.added(before, shapes[name]);
    board.commit(made, "Added in the middle of the map");
    board.choose(name === "unknown" ? `u${scene.areasOf(before).length}` : before.map.obstacles.length);
    board.list.querySelector('[aria-pressed="true"]')?.focus();
  }

  function settings(board, steps, first) {
    const known = steps.includes(first) ? steps : [...steps, first].sort((a, b) => a - b);
    const step = scene.make("select", { "aria-label": "Step of the grid and of the keys" });
    for (const each of known) step.append(scene.make("option", { value: each, selected: each === first }, `${each} m`));
    step.addEventListener("change", () => {
      board.step = Number(step.value);
      board.refresh();
    });
    const speed = scene.make("input", { type: "number", value: board.speed, min: 0.01, step: 0.1, "aria-label": "Speed along drawn tracks, m/s" });
    speed.addEventListener("change", () => (board.speed = Math.max(0.01, Number(speed.value) || 1)));
    return scene.make(
      "div",
      { className: "la-scene-row la-scene-settings", role: "group", "aria-label": "How to draw" },
      scene.flagField("Snap", board.isSnapping, (checked) => (board.isSnapping = checked)),
      scene.make("label", { className: "la-scene-flag" }, "to", step),
      scene.make("label", { className: "la-scene-flag" }, "Tracks at", speed, "m/s"),
      scene.flagField("and back", board.isLooping, (checked) => (board.isLooping = checked)),
      scene.flagField("Shortest way while drawing", board.isLive, (checked) => {
        board.isLive = checked;
        localStorage.setItem(scene.LIVE_KEY, checked ? "on" : "off");
        scene.askRoute(board);
        board.refreshRoute();
        board.render();
      }),
      ...scene.makeZoom(board),
    );
  }

  scene.fillLayers = (board) => {
    const shown = board.fits() ? scene.LAYERS.filter((layer) => layer.has(board.found)) : [];
    const flags = shown.map(({ name, title, key: [colour, line] }) => {
      const flag = scene.flagField(title, !board.hidden.has(name), (checked) => {
        board.hidden[checked ? "delete" : "add"](name);
        board.render();
      }, { name: `layer ${name}` });
      const style = `border-top: 3px ${line} var(--scene-${colour}, var(--la-${colour}))`;
      flag.lastChild.before(scene.make("span", { className: "la-scene-key", style, "aria-hidden": "true" }));
      return flag;
    });
    board.layers.hidden = !flags.length;
    scene.refill(board.layers, [scene.make("span", { className: "la-scene-title" }, "Layers"), ...flags]);
  };

  scene.enableControls = (board) => {
    const { root, state, history } = board;
    const canDraw = scene.allows(state, "draw");
    for (const each of root.querySelectorAll('[data-does="draw"]')) each.disabled = !canDraw;
    for (const each of root.querySelectorAll('[data-does="film"]')) each.disabled = !scene.allows(state, "film") || !board.fits();
    for (const each of root.querySelectorAll("[data-history]")) each.disabled = !canDraw || !history[each.dataset.history].length;
    for (const each of root.querySelectorAll("button[data-tool]")) each.setAttribute("aria-pressed", String(each.dataset.tool === board.tool));
    board.side.inert = !canDraw;
  };

  scene.buildBoard = (board, steps, step) => {
    const { make } = scene;
    const spoken = `Drawing board. ${scene.KEYS} The list of parts beside it does all that the pointer does.`;
    board.canvas = make("canvas", { tabIndex: 0, role: "application", "aria-label": spoken, className: "la-scene-canvas" });
    board.list = make("ul", { className: "la-scene-list", "aria-label": "Parts of the scene" });
    board.inspector = make("div", { className: "la-scene-inspector", role: "group", "aria-label": "Numbers of the chosen part" });
    board.told = make("div", { className: "la-visually-hidden", role: "status" });
    board.alarm = make("div", { className: "la-scene-alarm", role: "alert" });
    board.line = make("p", { className: "la-scene-line la-number" });
    board.layers = make("div", { className: "la-scene-row", role: "group", "aria-label": "Layers", hidden: true });
    board.side = make("div", { className: "la-scene-side" }, make("p", { className: "la-muted la-scene-help" }, scene.KEYS), board.list, board.inspector);
    const picture = make("div", { className: "la-scene-picture" }, board.canvas);
    const bar = scene.makePlayback(board);
    const main = make("div", { className: "la-scene-main" }, picture, board.line, bar, board.layers);
    board.root.replaceChildren(
      toolbar(board), settings(board, steps, step), board.alarm, make("div", { className: "la-scene-body" }, main, board.side),
      scene.makeFiles(board), board.told,
    );
  };
})();
