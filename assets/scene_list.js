// The list of what is drawn, a button for each part: the keyboard's and the screen reader's way onto the board.
(() => {
  const scene = ((window.lookahead ??= {}).scene ??= {});
  const MOST = 200; // a longer list helps nobody; the rest is chosen on the board

  const number = (value) => String(Number(value.toFixed(2)));
  const place = (point) => `(${point.slice(0, 2).map(number).join(", ")})`;

  function sizeOf(obstacle) {
    if (obstacle.kind === "circle") return `radius ${number(obstacle.radius)} m`;
    if (obstacle.kind === "rectangle") return `${obstacle.size.map(number).join(" × ")} m`;
    if (obstacle.kind === "polygon") return `${obstacle.vertices.length} corners`;
    return `${scene.gridShape(obstacle).join(" × ")} cells`;
  }

  function words(obstacle, at) {
    const kind = obstacle.kind[0].toUpperCase() + obstacle.kind.slice(1);
    const name = obstacle.id ? `${obstacle.id}: ${obstacle.kind}` : `${kind} ${at + 1}`;
    const moves = obstacle.motion ? ", moves" : "";
    return `${name} at ${place(scene.middleOf(obstacle))}, ${sizeOf(obstacle)}${moves}`;
  }

  function rows(drawing) {
    const { map, start, goal } = drawing;
    return [
      ["map", `Map ${number(map.width)} × ${number(map.height)} m`],
      ["start", `Start ${place(start.position)}`],
      ["goal", `Goal ${place(goal.position)}`],
      ...map.obstacles.map((obstacle, at) => [at, words(obstacle, at)]),
      ...scene.areasOf(drawing).map(({ area }, at) => [`u${at}`, `Unknown area ${at + 1} at ${place(scene.middleOf(area))}, ${sizeOf(area)}`]),
    ];
  }

  scene.fillList = (board) => {
    const all = rows(board.drawing());
    const shown = all.filter(([name], at) => at < MOST || name === board.chosen);
    const items = shown.map(([name, text]) => {
      const isChosen = name === board.chosen;
      const chosen = { "aria-pressed": String(isChosen), "data-part": String(name), className: "la-scene-part" };
      const made = scene.button(text, () => board.choose(name), chosen);
      made.addEventListener("focus", () => board.chosen !== name && board.choose(name)); // keys are for what has the focus
      return scene.make("li", {}, made);
    });
    const rest = all.length - shown.length;
    if (rest > 0) items.push(scene.make("li", { className: "la-muted" }, `and ${rest} more on the board`));
    scene.refill(board.list, items, "data-part");
  };
})();
