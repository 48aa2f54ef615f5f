// Draws what was found: each layer by itself, in the order in which they lie on the floor. What they mean is said in the
// page; a layer that a result does not have is absent.
(() => {
  const scene = ((window.lookahead ??= {}).scene ??= {});
  const BANDS = 12; // of the cost to go
  const LEAST_OPACITY = 0.12; // of a policy

  // Bands of equal length of the way that is left, darker where it is longer; every other one lies bare.
  function costToGo(pen, view, { field }, { colours }) {
    const { columns, rows, corner, step } = field;
    const picture = pictureOf(field, colours.accent);
    const [left, top] = view.px([corner[0] - step / 2, corner[1] + (rows - 0.5) * step]);
    pen.imageSmoothingEnabled = true;
    pen.drawImage(picture, left, top, columns * step * view.scale, rows * step * view.scale);
  }

  const pictures = new WeakMap(); // by raster: it never changes
  function pictureOf(field, colour) {
    const known = pictures.get(field);
    if (known?.colour === colour) return known.picture;
    const { columns, rows, values } = field;
    const most = values.reduce((high, value) => Math.max(high, value ?? 0), 0) || 1;
    const picture = Object.assign(document.createElement("canvas"), { width: columns, height: rows });
    const brush = picture.getContext("2d");
    brush.fillStyle = colour;
    values.forEach((value, at) => {
      if (value === null) return;
      const band = Math.min(BANDS - 1, Math.floor((BANDS * value) / most));
      brush.globalAlpha = (band % 2 ? 0.03 : 0.09) + (0.22 * band) / BANDS;
      brush.fillRect(at % columns, rows - 1 - Math.floor(at / columns), 1, 1);
    });
    pictures.set(field, { colour, picture });
    return picture;
  }

  // The room that the robot takes on its way.
  function tube(pen, view, { track, radius }, { colours }) {
    scene.trace(pen, view, track.map(([, x, y]) => [x, y]), false);
    pen.strokeStyle = colours.tube;
    pen.lineWidth = 2 * radius * view.scale;
    pen.lineJoin = pen.lineCap = "round";
    pen.stroke();
    pen.lineCap = "butt";
  }

  // Where a touch is likelier than the request accepts at no cost: marks along the way, larger where it is likelier.
  function risk(pen, view, { track, risks, accepted }, { colours }) {
    pen.strokeStyle = colours.bad;
    pen.lineWidth = 1.4;
    risks.forEach(([time, chance]) => {
      if (chance <= accepted) return;
      const [, x, y] = scene.between(track, time);
      const [u, v] = view.px([x, y]);
      pen.beginPath();
      pen.arc(u, v, 3 + 9 * Math.sqrt(chance), 0, 2 * Math.PI);
      pen.stroke();
    });
  }

  function policies(pen, view, found, { colours }) {
    const most = Math.max(...found.policies.map(({ probability }) => probability), 1e-12);
    pen.strokeStyle = colours.policy;
    for (const { points, probability } of [...found.policies].reverse()) {
      scene.trace(pen, view, points, false);
      pen.globalAlpha = Math.max(LEAST_OPACITY, Math.sqrt(probability / most));
      pen.lineWidth = 1 + (2 * probability) / most;
      pen.stroke();
    }
    pen.globalAlpha = 1;
  }

  function alternatives(pen, view, found, { colours }) {
    found.alternatives.forEach(({ points, length }, at) => {
      scene.trace(pen, view, points, false);
      pen.strokeStyle = colours.other;
      pen.lineWidth = 1.8;
      pen.setLineDash([[7, 4], [2, 4], [9, 3, 2, 3]][at % 3]);
      pen.stroke();
      pen.setLineDash([]);
      const middle = points[Math.floor(points.length / 2)];
      scene.label(pen, view.px(middle), `${at + 2}: ${length.toFixed(2)} m`, colours, colours.other);
    });
  }

  // The way of the result that this one is compared with.
  function compared(pen, view, found, { colours }) {
    scene.trace(pen, view, found.compared, false);
    pen.strokeStyle = colours.ink;
    pen.lineWidth = 2;
    pen.setLineDash([1, 5]);
    pen.lineCap = "round";
    pen.stroke();
    pen.lineCap = "butt";
    pen.setLineDash([]);
  }

  function path(pen, view, found, { colours }) {
    scene.trace(pen, view, found.path, false);
    pen.strokeStyle = colours.surface;
    pen.lineWidth = 5;
    pen.stroke();
    pen.strokeStyle = colours.path;
    pen.lineWidth = 2.6;
    pen.stroke();
  }

  function clearance(pen, view, { clearance: at }, { colours }) {
    const [x, y] = view.px([at.x, at.y]);
    pen.strokeStyle = colours.ink;
    pen.lineWidth = 2;
    pen.beginPath();
    for (const [u, v] of [[-6, -6], [6, -6]]) {
      pen.moveTo(x + u, y + v);
      pen.lineTo(x - u, y - v);
    }
    pen.stroke();
    const near = at.nearest ? ` from ${at.nearest}` : "";
    scene.label(pen, [x + 4, y - 14], `${at.gap.toFixed(3)} m${near}`, colours, colours.ink);
  }

  function proof(pen, view, { proof: shown }, { colours }) {
    if (shown.outline.length > 1) {
      scene.trace(pen, view, shown.outline, true);
      pen.fillStyle = scene.hatch(pen, colours.bad);
      pen.globalAlpha = 0.35;
      pen.fill();
      pen.globalAlpha = 1;
      pen.strokeStyle = colours.bad;
      pen.lineWidth = 2;
      pen.setLineDash([8, 4]);
      pen.stroke();
      pen.setLineDash([]);
    }
    const [x, y] = view.px(shown.position);
    pen.beginPath();
    pen.arc(x, y, 8, 0, 2 * Math.PI);
    pen.strokeStyle = colours.bad;
    pen.lineWidth = 2.5;
    pen.stroke();
    const gap = shown.width > 0 ? `widest gap ${shown.width.toFixed(3)} m` : "nothing passes here";
    scene.label(pen, [x + 6, y], gap, colours, colours.bad);
  }

  const later = (name) => (...drawn) => scene.DRIVE_LAYERS[name](...drawn); // that file may be read after this one

  // In the order in which they are drawn; `has` tells whether a result has it.
  scene.LAYERS = [
    { name: "cost", key: ["accent", "double"], title: "Cost to go", has: (found) => found.field, draw: costToGo },
    { name: "tube", key: ["tube", "solid"], title: "Room it takes", has: (found) => found.track.length > 1, draw: tube },
    { name: "policies", key: ["policy", "solid"], title: "Policies", has: (found) => found.policies.length, draw: policies },
    { name: "alternatives", key: ["other", "dashed"], title: "Alternatives", has: (found) => found.alternatives.length, draw: alternatives },
    { name: "compared", key: ["ink", "dotted"], title: "The other one", has: (found) => found.compared.length, draw: compared },
    { name: "path", key: ["path", "solid"], title: "Path", has: (found) => found.path.length > 1, draw: path },
    { name: "risk", key: ["bad", "dotted"], title: "Risk", has: (found) => found.risks.length, draw: risk },
    { name: "beliefs", key: ["belief", "dotted"], title: "Beliefs (2 sd)", has: (found) => found.beliefs.length, draw: later("beliefs") },
    { name: "clearance", key: ["ink", "double"], title: "Clearance", has: (found) => found.clearance, draw: clearance },
    { name: "proof", key: ["bad", "dashed"], title: "Proof", has: (found) => found.proof, draw: proof },
    { name: "searches", key: ["other", "dotted"], title: "Searches of the way", has: (found) => found.searches.length, draw: later("searches") },
    { name: "robot", key: ["accent", "solid"], title: "Robot", has: (found) => found.track.length > 1, draw: later("robot") },
  ];
  scene.HIDDEN_AT_FIRST = ["cost", "tube", "searches"];

  scene.drawLayers = (pen, view, found, hidden, shown) => {
    for (const layer of scene.LAYERS) {
      if (!hidden.has(layer.name) && layer.has(found)) layer.draw(pen, view, found, shown);
    }
  };

  // The exact shortest way while something is dragged: among what stands still.
  scene.drawRoute = (pen, view, route, colours) => {
    if (route.proof) proof(pen, view, route, { colours });
    route.alternatives.forEach(({ path: points }) => {
      scene.trace(pen, view, points, false);
      pen.strokeStyle = colours.other;
      pen.lineWidth = 1.4;
      pen.setLineDash([6, 4]);
      pen.stroke();
      pen.setLineDash([]);
    });
    if (route.path.length > 1) path(pen, view, route, { colours });
  };
})();
