// The board on a page of Dash: the form's fields hold the drawing as JSON, a store holds what was found for it.
(() => {
  const scene = ((window.lookahead ??= {}).scene ??= {});
  const PARTS = ["map", "start", "goal"];
  const CARRIED = "lookahead-scene"; // from one page to the other
  const boards = new Map(); // by page
  const noUpdate = () => window.dash_clientside.no_update;

  const rootOf = (page) => document.querySelector(`[data-scene="${page}"]`);

  function parsed(text) {
    if (typeof text !== "string") return text;
    try {
      return JSON.parse(text);
    } catch {
      return null;
    }
  }

  // Text that is no scene, half typed for instance, leaves the board as it is.
  function drawingIn(fields, prefix) {
    const [map, start, goal] = PARTS.map((name) => parsed(fields[prefix + name]));
    const isWhole = map?.width > 0 && map?.height > 0 && start?.position?.length > 1 && goal?.position?.length > 1;
    const isKnown = ({ kind, center, vertices, rows, cells, size, radius }) =>
      (kind === "circle" && center && radius) || (kind === "rectangle" && center && size) ||
      (kind === "polygon" && vertices?.length > 2) || (kind === "grid" && (rows ?? cells)?.length);
    if (!isWhole || !(map.obstacles ?? []).every(isKnown)) return null;
    if (!(map.unknown ?? []).every(({ area }) => area && isKnown(area))) return null;
    return { map: { ...map, obstacles: map.obstacles ?? [] }, start, goal };
  }

  function robotIn(fields, prefix) {
    const begin = `${prefix}robot/`;
    const entries = Object.entries(fields).filter(([key, value]) => key.startsWith(begin) && value !== "" && value !== null);
    return Object.fromEntries(entries.map(([key, value]) => [key.slice(begin.length), Number(value)]));
  }

  // A drawing of several megabytes is more than a browser keeps; it then does not go along.
  function keep(drawing) {
    try {
      sessionStorage.setItem(CARRIED, JSON.stringify(drawing));
    } catch {
      sessionStorage.removeItem(CARRIED);
    }
  }

  // What the board wrote comes back as news of the form, perhaps late: it is none.
  function writer(held, form, prefix) {
    held.written = new Set();
    return (drawing) => {
      for (const name of PARTS) {
        const text = JSON.stringify(drawing[name]);
        if (held.last?.[name] === text) continue;
        held.last = { ...held.last, [name]: text };
        held.written.add(text);
        window.dash_clientside.set_props({ form, field: prefix + name }, { value: text, error: null });
      }
      keep(drawing);
    };
  }

  // A map that was kept brings its robot along: into the fields that the form has for it.
  const adopter = (held, form, prefix) => (robot) => {
    for (const [name, value] of Object.entries(robot)) {
      const field = `${prefix}robot/${name}`;
      if (field in held.fields) window.dash_clientside.set_props({ form, field }, { value: value ?? "", error: null });
    }
  };

  // What a page finds out of the scene that was drawn on the other.
  function carried(query) {
    if (!query.has("carry")) return null;
    const drawing = parsed(sessionStorage.getItem(CARRIED) ?? "");
    return drawing && drawingIn(drawing, "") ? drawingIn(drawing, "") : null;
  }

  function mount(page, form, prefix, fields) {
    const root = rootOf(page);
    const drawing = drawingIn(fields, prefix);
    if (!root || !drawing) return;
    const held = { root, fields };
    const read = () => ({ robot: robotIn(held.fields, prefix) });
    held.board = new scene.Board(root, drawing, { read, write: writer(held, form, prefix), adopt: adopter(held, form, prefix) });
    boards.set(page, held);
    const brought = carried(new URLSearchParams(location.search));
    if (brought) held.board.commit(brought, "The scene came along");
    settle(page);
  }

  // News may come before the board is there.
  const news = new Map();
  function settle(page) {
    const board = boards.get(page)?.board;
    if (!board?.root.isConnected) return;
    const { seen, found } = news.get(page) ?? {};
    news.delete(page);
    if (["queued", "running"].includes(seen?.state)) {
      board.go("ask");
      scene.watch(board, page, seen.job_id);
    }
    else if (seen && !["done", "empty"].includes(seen.state)) board.go("fail");
    if (found) board.answer(found);
  }
  function hear(page, told) {
    news.set(page, { ...news.get(page), ...told });
    settle(page);
    return noUpdate();
  }

  const isNews = (held, fields, prefix) => PARTS.some((name) => !held.written.has(fields[prefix + name]));

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    scene: {
      // The form changed, or was drawn.
      read(values, ids, { page }, prefix) {
        const fields = Object.fromEntries(ids.map(({ field }, at) => [field, values[at]]));
        const held = boards.get(page);
        if (!held?.root.isConnected) {
          mount(page, ids[0]?.form, prefix, fields);
          return noUpdate();
        }
        const radius = held.board.radius();
        held.fields = fields;
        const drawing = isNews(held, fields, prefix) ? drawingIn(fields, prefix) : null;
        if (drawing) held.board.load(drawing);
        if (held.board.radius() !== radius) held.board.show(null);
        return noUpdate();
      },
      // A result was drawn.
      answer: (found, { page }) => hear(page, { found }),
      // The job went on.
      follow: (seen, { page }) => hear(page, { seen }),
      // What the form says of the drawing is said on the board as well.
      blame(errors, ids, { page }, prefix) {
        const said = ids.map(({ field }, at) => (PARTS.includes(field.slice(prefix.length)) ? errors[at] : null)).filter(Boolean);
        if (said.length) boards.get(page)?.board.refuse(said.join("; "));
        return noUpdate();
      },
    },
  });
  scene.boardOf = (page) => boards.get(page)?.board; // for tests
})();
