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

  function item(board, name) {
    const made = scene.button("", () => board.choose(name), { "data-part": String(name), className: "la-scene-part" });
    made.addEventListener("focus", () => board.chosen !== name && board.choose(name)); // keys are for what has the focus
    return scene.make("li", {}, made);
  }

  // Buttons stay as long as the parts do: one that has the focus must not be exchanged for another.
  scene.fillList = (board) => {
    const all = rows(board.drawing());
    const shown = all.filter(([name], at) => at < MOST || name === board.chosen);
    const names = shown.map(([name]) => name).join(" ");
    if (board.list.dataset.names !== names) {
      scene.refill(board.list, [...shown.map(([name]) => item(board, name)), scene.make("li", { className: "la-muted" })], "data-part");
      board.list.dataset.names = names;
    }
    shown.forEach(([name, text], at) => {
      const made = board.list.children[at].firstChild;
      made.textContent = text;
      made.setAttribute("aria-pressed", String(name === board.chosen));
    });
    const rest = all.length - shown.length;
    board.list.lastChild.textContent = rest > 0 ? `and ${rest} more on the board` : "";
    board.list.lastChild.hidden = rest <= 0;
  };
})();
