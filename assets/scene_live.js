// A drive as it goes on: the moments that the job tells those who watch, drawn until its result is there.
(() => {
  const scene = ((window.lookahead ??= {}).scene ??= {});
  const RUNS = "motion-run"; // the page whose jobs tell moments
  const TRIES = 4;
  const AGAIN_MS = 500;

  // What the layers of beliefs and robot read, empty.
  const begun = (board) => ({
    kind: "run", radius: board.radius(), track: [], believed: [], beliefs: [], headings: [], collisions: [], brakings: [], risks: [], searches: [],
    path: [], compared: [], alternatives: [], policies: [], sensor_range: null, field_of_view: 360, attempt: null,
  });

  function addFrame(live, board, { time, position, believed, heading, movers, is_braking: isBraking }) {
    live.track.push([time, ...position]);
    live.believed.push([time, ...believed]);
    if (heading !== undefined) live.headings.push([time, heading]);
    if (isBraking) live.brakings.push(time);
    const { obstacles } = board.drawing().map;
    for (const { obstacle: name, position: place, deviation } of movers) {
      let belief = live.beliefs.find((each) => each.name === name);
      if (!belief) {
        const drawn = obstacles.find((each, at) => scene.nameOf(each, at) === name);
        live.beliefs.push((belief = { name, radius: drawn?.radius ?? 0, track: [] }));
      }
      belief.track.push([time, ...place, deviation]);
    }
  }

  function hear(board, { data }) {
    const { attempt, frames } = JSON.parse(data);
    if (board.live.attempt !== attempt) board.live = { ...begun(board), attempt }; // it began anew
    for (const frame of frames) addFrame(board.live, board, frame);
    board.refreshRoute();
    board.render();
  }

  // The page may hear of a job a moment before its events can be asked for. Where they stay away, the result is shown all the same.
  function listen(board, jobId, tries) {
    const source = (board.source = new EventSource(`/api/v1/jobs/${encodeURIComponent(jobId)}/events`));
    source.addEventListener("frames", (event) => (board.root.isConnected ? hear(board, event) : scene.unwatch(board)));
    source.addEventListener("state", () => source.close());
    source.addEventListener("error", () => {
      source.close();
      if (tries > 1) setTimeout(() => board.source === source && listen(board, jobId, tries - 1), AGAIN_MS);
    });
  }

  // Watches a job of that id while the board plans; one at a time.
  scene.watch = (board, page, jobId) => {
    if (page !== RUNS || board.watched === jobId) return;
    scene.unwatch(board);
    board.watched = jobId;
    board.live = begun(board);
    listen(board, jobId, TRIES);
  };
  scene.unwatch = (board) => {
    board.source?.close();
    Object.assign(board, { source: null, live: null, watched: null });
  };
  scene.liveWords = ({ track }) => (track.length ? `Driving: ${track.at(-1)[0].toFixed(1)} s so far` : "");
})();
