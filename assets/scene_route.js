// The exact shortest way while the drawing changes: one question at a time, and the latest drawing asks next.
(() => {
  const scene = ((window.lookahead ??= {}).scene ??= {});
  const ROUTE = "/api/v1/robotics/route";
  const REST_MS = 4000; // after the server asked for patience
  const MOST_RESTS = 8;

  // The first answers wait for code to be compiled. A server that stays busy is not asked for ever.
  function rest(board) {
    board.routeRestsUntil = performance.now() + REST_MS;
    board.rests = (board.rests ?? 0) + 1;
    if (board.rests > MOST_RESTS) return;
    setTimeout(() => {
      board.route = null;
      scene.askRoute(board);
    }, REST_MS + 50);
  }

  async function ask(board, drawing, key) {
    const body = JSON.stringify({ ...drawing, robot: board.robot() });
    try {
      const answer = await fetch(ROUTE, { method: "POST", headers: { "Content-Type": "application/json" }, body });
      const told = await answer.json();
      if (answer.ok) {
        board.rests = 0;
        return { key, ...told.data };
      }
      if (answer.status === 503 || answer.status === 429) rest(board);
      return { key, problem: told.errors?.map(({ msg }) => msg).join("; ") || told.detail };
    } catch {
      return { key, problem: "The server did not answer." };
    }
  }

  // The answer of a drawing that is no longer the present one is kept only until the next, and shown as such.
  scene.askRoute = async (board) => {
    if (board.isAsking || !board.isLive || !scene.allows(board.state, "route")) return;
    if (performance.now() < (board.routeRestsUntil ?? 0)) return;
    const drawing = board.drawing();
    const key = board.routeKey(drawing);
    if (board.route?.key === key) return;
    board.isAsking = true;
    const route = await ask(board, drawing, key);
    board.isAsking = false;
    if (!board.root.isConnected) return;
    board.route = route;
    board.refreshRoute();
    board.render();
    if (board.routeKey(board.drawing()) !== key) scene.askRoute(board);
  };

  scene.routeWords = (route) => {
    if (route.problem) return route.problem;
    const took = route.planning_time_ms === undefined ? "" : `, found in ${route.planning_time_ms.toFixed(1)} ms`;
    if (!route.path.length) return `${route.reason || "There is no way"}${took}`;
    const rounded = (value) => (Math.round(1000 * value) / 1000 + 0).toFixed(3); // a way that touches has no "-0.000"
    const gap = route.min_clearance === null || route.min_clearance === undefined ? "" : `, clearance ${rounded(route.min_clearance)} m`;
    return `Shortest way among what stands still: ${route.length.toFixed(3)} m${gap}${took}`;
  };
})();
