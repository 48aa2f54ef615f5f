// What everything on the board is drawn with: lines and discs in metres, arrows, letters, labels, patterns.
(() => {
  const scene = ((window.lookahead ??= {}).scene ??= {});

  function trace(pen, view, points, isClosed) {
    pen.beginPath();
    points.forEach((point, at) => pen[at ? "lineTo" : "moveTo"](...view.px(point)));
    if (isClosed) pen.closePath();
  }

  function disc(pen, view, center, radius) {
    pen.beginPath();
    pen.arc(...view.px(center), Math.max(0, radius * view.scale), 0, 2 * Math.PI);
  }

  function drawArrow(pen, view, from, to) {
    const [a, b] = [view.px(from), view.px(to)];
    const angle = Math.atan2(b[1] - a[1], b[0] - a[0]);
    pen.beginPath();
    pen.moveTo(...a);
    pen.lineTo(...b);
    for (const turn of [2.6, -2.6]) {
      pen.moveTo(...b);
      pen.lineTo(b[0] + 8 * Math.cos(angle + turn), b[1] + 8 * Math.sin(angle + turn));
    }
    pen.stroke();
  }

  function drawLetter(pen, [x, y], letter, colour) {
    pen.font = "700 12px Geist, sans-serif";
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillStyle = colour;
    pen.fillText(letter, x, y + 0.5);
  }

  function label(pen, [x, y], text, colours, colour) {
    pen.font = "600 12px Geist, sans-serif";
    pen.textBaseline = "middle";
    pen.textAlign = "left";
    const width = pen.measureText(text).width;
    const left = Math.min(x + 8, pen.canvas.width / devicePixelRatio - width - 10);
    pen.fillStyle = colours.surface;
    pen.globalAlpha = 0.88;
    pen.fillRect(left - 4, y - 9, width + 8, 18);
    pen.globalAlpha = 1;
    pen.fillStyle = colour;
    pen.fillText(text, left, y);
  }

  // Patterns are made once a colour: making one takes longer than drawing with it.
  const patterns = new Map();
  function pattern(pen, name, colour, make) {
    const key = `${name} ${colour}`;
    if (!patterns.has(key)) patterns.set(key, make(pen, colour));
    return patterns.get(key);
  }
  const hatch = (pen, colour) => pattern(pen, "hatch", colour, makeHatch);
  const grain = (pen, colour) => pattern(pen, "grain", colour, makeGrain);

  function makeHatch(pen, colour) {
    const tile = Object.assign(document.createElement("canvas"), { width: 8, height: 8 });
    const brush = tile.getContext("2d");
    brush.strokeStyle = colour;
    brush.lineWidth = 1.6;
    brush.beginPath();
    for (const at of [-8, 0, 8]) {
      brush.moveTo(at, 8);
      brush.lineTo(at + 8, 0);
    }
    brush.stroke();
    return pen.createPattern(tile, "repeat");
  }

  function makeGrain(pen, colour) {
    const tile = Object.assign(document.createElement("canvas"), { width: 6, height: 6 });
    const brush = tile.getContext("2d");
    brush.fillStyle = colour;
    brush.fillRect(0, 0, 1.4, 1.4);
    brush.fillRect(3, 3, 1.4, 1.4);
    return pen.createPattern(tile, "repeat");
  }

  Object.assign(scene, { disc, drawArrow, drawLetter, grain, hatch, label, trace });
})();
