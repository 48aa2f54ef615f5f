// Keeps the GPU page up to date: asks for what is new since a cursor, writes the newest numbers, appends to the charts
// that are in sight (the others catch up when they come into sight). Nothing is asked while the page is hidden or paused.
(() => {
  const TICK_MS = 1000;
  const LOOK_MS = 5000; // tables and notices are drawn anew at most this often when something in them changed
  const LONGEST_LOOK_MS = 60000; // and at least this often, for numbers and ages
  const LIVE_S = 900; // longer windows are drawn anew instead, each time a step has passed
  const REDRAW_MS = 30000;
  const TIMEOUT_MS = 5000;
  const GAP_MS = 15000;
  const SETTLE_MS = 3000; // at the least between two times that the page is drawn because it is outdated
  const NOT_DRAWN = /^host:.*\|swap_used_mib$/;
  const ROOT = ".la-live";
  let drawn = null; // what is being kept up to date: the element, its cursor, what came since it was drawn
  let isPaused = false;
  let isBusy = false;

  function begin(root) {
    const now = Date.now();
    const seen = new WeakMap();
    const lines = new Set(root.dataset.lines.split(" "));
    drawn = { root, token: root.dataset.drawn, lines, cursor: Number(root.dataset.cursor), window: Number(root.dataset.window), log: [], dropped: 0, seen, drawnAt: now, lookedAt: now };
  }

  function say(state, words) {
    const shown = document.querySelector(".la-live-state");
    if (!shown || shown.dataset.state === state) return;
    shown.dataset.state = state;
    shown.textContent = words;
  }

  function shownNumber(value) {
    if (Number.isInteger(value)) return String(value);
    const size = Math.abs(value);
    const decimals = Math.max(0, 2 - Math.floor(Math.log10(size)));
    return value.toLocaleString("en", { minimumFractionDigits: Math.min(decimals, 4), maximumFractionDigits: Math.min(decimals, 4) }).replaceAll(",", "\u202f");
  }

  function writeNumbers(series) {
    for (const place of drawn.root.querySelectorAll("[data-live]")) {
      const [source, metric] = place.dataset.live.split("|");
      const value = series[source]?.[metric]?.findLast((each) => each !== null);
      if (value !== undefined) place.textContent = shownNumber(value / Number(place.dataset.scale ?? 1));
    }
  }

  const isInSight = (element) => {
    const box = element.getBoundingClientRect();
    return box.bottom > 0 && box.top < innerHeight && box.width > 0;
  };

  // Values of one line after what it shows already; a clock that was set back would draw a line back in time.
  function news(trace, entries) {
    let last = trace.x.at(-1) ?? Infinity;
    const [x, y] = [[], []];
    for (const { at, series } of entries) {
      const values = series[trace.meta.source]?.[trace.meta.metric];
      for (let i = 0; values && i < at.length; i++) {
        if (at[i] <= last && last !== Infinity) continue;
        if (at[i] - last > GAP_MS) x.push(last + 1), y.push(null); // nothing was sampled meanwhile: the line is broken
        x.push((last = at[i]));
        y.push(values[i]);
      }
    }
    return { x, y };
  }

  function append(graph) {
    const from = Math.max((drawn.seen.get(graph) ?? 0) - drawn.dropped, 0);
    const entries = drawn.log.slice(from);
    if (!entries.length) return;
    drawn.seen.set(graph, drawn.dropped + drawn.log.length);
    const [x, y, places] = [[], [], []];
    graph.data.forEach((trace, place) => {
      if (!trace.meta?.source) return;
      const added = news(trace, entries);
      if (added.x.length) x.push(added.x), y.push(added.y), places.push(place);
    });
    if (!places.length) return;
    const rate = Math.max(1, Math.ceil(Number(drawn.root.dataset.hz)));
    window.Plotly.extendTraces(graph, { x, y }, places, drawn.window * rate);
  }

  function appendInSight() {
    if (!drawn || drawn.window > LIVE_S || !window.Plotly) return;
    for (const graph of drawn.root.querySelectorAll(".js-plotly-plot")) {
      if (graph.data && graph._fullLayout && isInSight(graph)) append(graph);
    }
  }

  // Whether what is told differs from what is drawn: a device that came, a metric that is reported now, another reason.
  function isOutdated(answer) {
    if (Date.now() - drawn.drawnAt < SETTLE_MS) return false;
    if ((answer.reason ?? "") !== drawn.root.dataset.reason) return true;
    const told = Object.entries(answer.series).flatMap(([source, metrics]) => Object.keys(metrics).map((metric) => `${source}|${metric}`));
    return told.some((line) => !drawn.lines.has(line) && !NOT_DRAWN.test(line));
  }

  function take(answer) {
    if (answer.begins_anew || isOutdated(answer)) return drawAnew();
    drawn.cursor = answer.cursor;
    if (answer.at.length) {
      drawn.log.push(answer);
      while (drawn.log.length > LIVE_S) drawn.log.shift(), drawn.dropped++;
      writeNumbers(answer.series);
      appendInSight();
    }
    say("live", "Live");
  }

  const setProps = (id, data) => window.dash_clientside?.set_props?.(id, { data });

  function drawAnew() {
    drawn.drawnAt = Date.now();
    setProps("gpu-redraw", Date.now());
  }

  function lookAnew(digest) {
    const now = Date.now();
    if (now - drawn.lookedAt > (digest === drawn.digest ? LONGEST_LOOK_MS : LOOK_MS)) {
      drawn.lookedAt = now;
      drawn.digest = digest;
      setProps("gpu-look", now);
    }
    const isZoomed = [...drawn.root.querySelectorAll(".js-plotly-plot")].some((graph) => graph._fullLayout?.xaxis.autorange === false);
    if (drawn.window > LIVE_S && !isZoomed && now - drawn.drawnAt > Math.max(REDRAW_MS, 1000 * Number(drawn.root.dataset.step))) drawAnew();
  }

  async function tick() {
    const root = document.querySelector(ROOT);
    if (!root) return (drawn = null);
    if (drawn?.token !== root.dataset.drawn) begin(root);
    if (isBusy || isPaused || document.hidden) return;
    isBusy = true;
    try {
      const answer = await fetch(`/api/v1/gpu/live?cursor=${drawn.cursor}`, { cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MS) });
      if (!answer.ok) throw new Error(String(answer.status));
      const { data } = await answer.json();
      if (isPaused || drawn?.token !== root.dataset.drawn) return; // meanwhile it was paused, left or drawn anew
      take(data);
      lookAnew(data.digest);
    } catch {
      say("away", "No answer");
    } finally {
      isBusy = false;
    }
  }

  // A part of a long window that is looked at closely is asked for again, in finer steps.
  async function refine(graph) {
    const range = graph._fullLayout.xaxis.range.map((edge) => Date.parse(`${String(edge).replace(" ", "T")}Z`));
    const [subject] = graph.data[0].meta.source.split(":");
    const window_s = Math.max(60, Math.ceil((range[1] - range[0]) / 1000));
    const query = new URLSearchParams({ subject, window: window_s, until: range[1] / 1000 });
    const answer = await fetch(`/api/v1/gpu/history?${query}`);
    if (!answer.ok) return;
    const { sources } = (await answer.json()).data;
    const [x, y, places] = [[], [], []];
    graph.data.forEach((trace, place) => {
      const found = sources.find((each) => `${subject}:${each.key}` === trace.meta?.source);
      const metric = found?.metrics.find((each) => each.name === trace.meta.metric);
      if (metric) x.push(found.times.map((at) => at * 1000)), y.push(metric.mean), places.push(place);
    });
    if (places.length) window.Plotly.restyle(graph, { x, y }, places);
  }

  function watchZoom(graph) {
    if (graph.isWatched || !graph.on) return;
    graph.isWatched = true;
    graph.on("plotly_relayout", (change) => {
      if (!drawn || drawn.window <= LIVE_S) return;
      if (change["xaxis.range[0]"] !== undefined) refine(graph);
      if (change["xaxis.autorange"]) drawAnew();
    });
  }

  document.addEventListener("pointerover", (event) => {
    const graph = event.target.closest?.(`${ROOT} .js-plotly-plot`);
    if (graph) watchZoom(graph);
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-live-pause]");
    if (!button) return;
    isPaused = !isPaused;
    button.setAttribute("aria-pressed", String(isPaused));
    button.lastElementChild.textContent = isPaused ? "Go on" : "Pause";
    say(isPaused ? "paused" : "live", isPaused ? "Paused" : "Live");
  });
  document.addEventListener("scroll", appendInSight, { passive: true, capture: true });
  setInterval(tick, TICK_MS);
})();
