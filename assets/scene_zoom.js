// How near the board is looked at: by wheel, two fingers and keys; and where, by dragging what is empty.
(() => {
  const scene = ((window.lookahead ??= {}).scene ??= {});
  const NEAREST = 40; // times the whole map
  const STEP = 1.25;
  const PER_PIXEL = 0.0015; // of the wheel, in the logarithm of the scale
  const LINE_PX = 16; // wheels that count lines

  const clamped = (value, low, high) => Math.min(Math.max(value, low), high);

  // A window { factor, middle } on a map, its middle on the map; null where all of it is seen.
  function windowOn(map, { factor, middle }) {
    if (factor <= 1.001) return null;
    const [x, y] = map.origin ?? [0, 0];
    return {
      factor: Math.min(factor, NEAREST),
      middle: [clamped(middle[0], x, x + map.width), clamped(middle[1], y, y + map.height)],
    };
  }

  // As many times as near, what is under a pixel stays under it.
  function zoomed(board, times, pixel = [board.size[0] / 2, board.size[1] / 2]) {
    const { map } = board.drawing();
    const before = board.window?.factor ?? 1;
    const factor = clamped(before * times, 1, NEAREST);
    const held = board.view.world(pixel);
    const scale = (board.view.scale / before) * factor;
    const middle = [held[0] - (pixel[0] - board.size[0] / 2) / scale, held[1] + (pixel[1] - board.size[1] / 2) / scale];
    look(board, windowOn(map, { factor, middle }));
  }

  function panned(board, right, down) {
    if (!board.window) return;
    const { factor, middle } = board.window;
    const { scale } = board.view;
    look(board, windowOn(board.drawing().map, { factor, middle: [middle[0] - right / scale, middle[1] + down / scale] }));
  }

  // Views follow at once: the next event of a pinch reckons with this one.
  function look(board, seen) {
    board.window = seen;
    board.view = scene.viewOf(board.drawing().map, board.size[0], board.size[1], seen);
    for (const each of board.root.querySelectorAll('[data-zoom="out"], [data-zoom="whole"]')) each.disabled = !seen;
    board.render();
  }

  const pixelOf = (board, { clientX, clientY }) => {
    const box = board.canvas.getBoundingClientRect();
    return [clientX - box.left, clientY - box.top];
  };

  // The wheel scrolls the page where nobody asked to zoom: with the whole map in sight, and the board not in use.
  function onWheel(board, event) {
    const isAsked = event.ctrlKey || event.metaKey || document.activeElement === board.canvas || board.window;
    if (!isAsked || (!board.window && event.deltaY > 0)) return;
    event.preventDefault();
    const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_PX : 1);
    zoomed(board, Math.exp(-PER_PIXEL * pixels * (event.ctrlKey ? 4 : 1)), pixelOf(board, event));
  }

  function pinched(board, [a, b], [c, d]) {
    const middle = ([p, q]) => [(p[0] + q[0]) / 2, (p[1] + q[1]) / 2];
    const [from, to] = [middle([a, b]), middle([c, d])];
    zoomed(board, scene.distance(c, d) / Math.max(scene.distance(a, b), 1), from);
    panned(board, to[0] - from[0], to[1] - from[1]);
  }

  // Two fingers are no drawing: what one of them began is given up, and the tools hear of neither.
  function usePinch(board) {
    const { canvas } = board;
    const fingers = new Map();
    const end = (event) => fingers.delete(event.pointerId);
    canvas.addEventListener("pointerdown", (event) => {
      if (event.pointerType !== "touch") return;
      fingers.set(event.pointerId, pixelOf(board, event));
      if (fingers.size < 2) return;
      event.stopImmediatePropagation();
      canvas.dispatchEvent(new PointerEvent("pointercancel"));
    }, { capture: true });
    canvas.addEventListener("pointermove", (event) => {
      if (!fingers.has(event.pointerId)) return;
      const before = [...fingers.values()];
      fingers.set(event.pointerId, pixelOf(board, event));
      if (fingers.size < 2) return;
      event.stopImmediatePropagation();
      pinched(board, before, [...fingers.values()]);
    }, { capture: true });
    for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, end, { capture: true });
  }

  function usePan(board) {
    const { canvas } = board;
    let last = null;
    canvas.addEventListener("pointerdown", (event) => {
      const isEmpty = !scene.allows(board.state, "draw") || (board.tool === "select" && board.chosen === null);
      if (!board.window || !(event.button === 1 || (event.button === 0 && isEmpty))) return;
      event.preventDefault(); // the middle button would scroll by itself
      canvas.setPointerCapture(event.pointerId);
      last = pixelOf(board, event);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!last) return;
      const now = pixelOf(board, event);
      panned(board, now[0] - last[0], now[1] - last[1]);
      last = now;
    });
    for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, () => (last = null));
  }

  // Keys on the board: + and - zoom, 0 shows all; arrows look elsewhere while nothing is chosen.
  scene.zoomByKey = (board, { key }) => {
    if (key === "+" || key === "=") zoomed(board, STEP);
    else if (key === "-") zoomed(board, 1 / STEP);
    else if (key === "0") look(board, null);
    else return false;
    return true;
  };
  scene.panByKey = (board, direction) => {
    if (!board.window) return false;
    const [width, height] = board.size;
    panned(board, (-direction[0] * width) / 10, (direction[1] * height) / 10);
    return true;
  };

  scene.makeZoom = (board) => {
    const made = (label, name, act, sign) => scene.button(sign, act, { "data-zoom": name, disabled: name !== "in", "aria-label": label, title: label });
    return [
      made("Zoom in", "in", () => zoomed(board, STEP), "+"),
      made("Zoom out", "out", () => zoomed(board, 1 / STEP), "−"),
      made("Show the whole map", "whole", () => look(board, null), "Whole map"),
    ];
  };
  scene.useZoom = (board) => {
    board.window = null;
    board.canvas.addEventListener("wheel", (event) => onWheel(board, event), { passive: false });
    usePinch(board);
    usePan(board);
  };
  Object.assign(scene, { panned, windowOn, zoomed });
})();
