// Ways in and out of the board: files, pictures, films, maps that are kept, scenes that are made by a seed.
(() => {
  const scene = ((window.lookahead ??= {}).scene ??= {});
  const MAPS = "/api/v1/robotics/maps";
  const FILM_FPS = 30;
  const LAST_MS = 1000; // that the last picture is seen; a film that is shorter may hold none at all
  const FILM_BITS = 6_000_000; // a second
  const FILMS = ["video/webm;codecs=vp9", "video/webm;codecs=vp8", "video/webm"];

  async function fetched(address, options) {
    const answer = await fetch(address, options);
    const told = answer.status === 204 ? {} : await answer.json();
    if (answer.ok) return told.data;
    const problems = told.errors?.map(({ loc, msg }) => `${loc.join(".")}: ${msg}`).join("; ");
    throw new Error(problems || told.detail || told.title);
  }

  const asJson = (method, body) => ({ method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

  // What does not work is said on the board.
  async function attempt(board, act) {
    try {
      await act();
    } catch (error) {
      board.refuse(error.message);
    }
  }

  function save(name, blob) {
    const link = scene.make("a", { href: URL.createObjectURL(blob), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  // A scene that came from elsewhere: what it does not say stays as it was drawn.
  function take(board, { map, start, goal, robot, name }, said) {
    const present = board.drawing();
    const [x, y] = map.origin ?? [0, 0];
    const inset = Math.min(map.width, map.height) / 12;
    const ends = {
      start: start ?? { ...present.start, position: [x + inset, y + inset] },
      goal: goal ?? { ...present.goal, position: [x + map.width - inset, y + map.height - inset] },
    };
    board.choose(null);
    if (robot) board.adopt(robot);
    board.commit({ map, ...ends }, `${said}${name ? `: ${name}` : ""}`);
  }

  const sceneFile = (board) => new Blob([JSON.stringify({ ...board.drawing(), robot: board.robot() }, null, 1)], { type: "application/json" });

  function film(board, button) {
    const type = FILMS.find((each) => window.MediaRecorder?.isTypeSupported(each));
    if (!type) return board.refuse("This browser cannot record films; another one can.");
    const recorder = new MediaRecorder(board.canvas.captureStream(FILM_FPS), { mimeType: type, videoBitsPerSecond: FILM_BITS });
    const parts = [];
    recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
    recorder.addEventListener("stop", () => {
      button.textContent = "Film (WebM)";
      save("motion.webm", new Blob(parts, { type: "video/webm" }));
    });
    board.ended = () => {
      board.ended = null;
      setTimeout(() => recorder.stop(), LAST_MS);
    };
    button.textContent = "Filming …";
    board.choose(null);
    board.time = 0;
    recorder.start();
    scene.play(board);
  }

  function exports(board) {
    const filmed = scene.button("Film (WebM)", () => film(board, filmed), { "data-does": "film" });
    const table = scene.make("a", { className: "la-tool la-tool-small", "data-does": "table", hidden: true }, "Trajectory (CSV)");
    board.refreshFiles = () => {
      const { table: address } = board.fits() ? board.found : {};
      table.hidden = !address;
      if (address) Object.assign(table, { href: address, download: "trajectory.csv" });
    };
    return scene.make(
      "div",
      { className: "la-scene-row", role: "group", "aria-label": "Save" },
      scene.make("span", { className: "la-scene-title" }, "Save"),
      scene.button("Scene (JSON)", () => save("scene.json", sceneFile(board)), { icon: "download" }),
      scene.button("Picture (PNG)", () => board.canvas.toBlob((blob) => save("scene.png", blob))),
      table,
      filmed,
    );
  }

  function imports(board) {
    const input = scene.make("input", { type: "file", multiple: true, accept: ".map,.pgm,.yaml,.yml,.json", hidden: true, "aria-label": "Map files" });
    input.addEventListener("change", () =>
      attempt(board, async () => {
        const form = new FormData();
        for (const file of input.files) form.append("file", file);
        input.value = "";
        take(board, await fetched(`${MAPS}/import`, { method: "POST", body: form }), "Opened");
      }),
    );
    const open = scene.button("Open a file …", () => input.click(), { icon: "upload", title: "MovingAI .map, ROS .pgm with its .yaml, or a scene as JSON" });
    return [open, input];
  }

  function generators(board) {
    const kind = scene.make("select", { "aria-label": "What to make" });
    for (const each of ["maze", "rooms", "random"]) kind.append(scene.make("option", { value: each }, each));
    const seed = scene.make("input", { type: "number", value: 1, min: 0, step: 1, "aria-label": "Seed" });
    const make = scene.button("Make", () =>
      attempt(board, async () => {
        const { width, height } = board.drawing().map;
        const asked = { kind: kind.value, width, height, seed: Number(seed.value), radius: board.radius() };
        take(board, await fetched(`${MAPS}/generate`, asJson("POST", asked)), `A ${kind.value}, seed ${seed.value}`);
      }),
    );
    return [kind, scene.make("label", { className: "la-scene-flag" }, "seed", seed), make];
  }

  // ---- maps that are kept ---------------------------------------------------------------------------------------------
  function keeping(board) {
    const chosen = scene.make("select", { "aria-label": "Maps" }, scene.make("option", { value: "" }, "Choose a map …"));
    const name = scene.make("input", { type: "text", placeholder: "Name", "aria-label": "Name to save the map under", maxLength: 100 });
    const forget = scene.button("Delete", () =>
      attempt(board, async () => {
        await fetched(`${MAPS}/${chosen.value}`, { method: "DELETE" });
        await list();
        board.tell("Deleted");
      }),
      { disabled: true, "aria-label": "Delete the chosen map" },
    );
    async function list(select = "") {
      const known = await fetched(MAPS);
      const groups = [["bundled", "Bundled"], ["saved", "Saved"]].map(([kind, title]) => {
        const options = known.filter((each) => each.kind === kind).map((each) => scene.make("option", { value: each.id, "data-kind": kind }, each.name));
        return options.length ? scene.make("optgroup", { label: title }, ...options) : null;
      });
      chosen.replaceChildren(scene.make("option", { value: "" }, "Choose a map …"), ...groups.filter(Boolean));
      chosen.value = select;
      forget.disabled = chosen.selectedOptions[0]?.dataset.kind !== "saved";
    }
    chosen.addEventListener("change", () => {
      forget.disabled = chosen.selectedOptions[0]?.dataset.kind !== "saved";
      if (chosen.value) attempt(board, async () => take(board, await fetched(`${MAPS}/${chosen.value}`), "Opened"));
    });
    const keep = scene.button("Save", () =>
      attempt(board, async () => {
        const kept = await fetched(MAPS, asJson("POST", { name: name.value.trim(), ...board.drawing(), robot: board.robot() }));
        await list(kept?.id ?? "");
        board.tell(`Saved as ${name.value.trim()}`);
      }),
    );
    board.listMaps = () => list().catch(() => chosen.replaceChildren(scene.make("option", { value: "" }, "No maps could be read")));
    return [chosen, forget, name, keep];
  }

  scene.makeFiles = (board) => {
    const row = (title, ...parts) =>
      scene.make("div", { className: "la-scene-row", role: "group", "aria-label": title }, scene.make("span", { className: "la-scene-title" }, title), ...parts);
    const body = scene.make("div", {}, row("Open", ...imports(board)), row("Maps", ...keeping(board)), row("Make", ...generators(board)), exports(board));
    const fold = scene.make("details", { className: "la-fold la-scene-files" }, scene.make("summary", { className: "la-fold-summary" }, "Files and maps", scene.icon("chevron-down")), body);
    fold.addEventListener("toggle", () => fold.open && board.listMaps(), { once: true });
    return fold;
  };
})();
