// Time on the board: play, pause, step, scrub, speed. A frame of the browser is a frame of the film.
(() => {
  const scene = ((window.lookahead ??= {}).scene ??= {});
  const STEP_S = 0.1;
  const GRAIN_S = 0.01; // of the slider
  const SPEEDS = [0.25, 0.5, 1, 2, 4, 8];

  const prefersCalm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

  function setTime(board, time) {
    board.time = Math.min(Math.max(time, 0), board.found?.duration ?? 0);
    board.refreshPlayback();
    board.render();
  }

  function tick(board, now) {
    if (board.state !== "playing" || !board.root.isConnected) return;
    const passed = (now - board.tickedAt) / 1000;
    board.tickedAt = now;
    setTime(board, board.time + passed * board.pace);
    if (board.time >= board.found.duration) board.go("end");
    else requestAnimationFrame((next) => tick(board, next));
  }

  scene.play = (board) => {
    if (!scene.allows(board.state, "play")) return;
    if (board.time >= board.found.duration) setTime(board, 0);
    board.go("play");
    board.tickedAt = performance.now();
    requestAnimationFrame((now) => tick(board, now));
  };
  scene.pause = (board) => board.go("pause");
  scene.scrub = (board, time) => {
    board.go(board.state === "playing" ? "pause" : "scrub");
    setTime(board, time);
  };
  // Nothing moves by itself for somebody who asked for calm.
  scene.playFirst = (board) => {
    setTime(board, 0);
    if (!prefersCalm()) scene.play(board);
  };

  scene.makePlayback = (board) => {
    const play = scene.button("Play", () => (board.state === "playing" ? scene.pause(board) : scene.play(board)), { "data-does": "play" });
    const back = scene.button("−0.1 s", () => scene.scrub(board, board.time - STEP_S), { "aria-label": "Back by 0.1 s", "data-does": "scrub" });
    const on = scene.button("+0.1 s", () => scene.scrub(board, board.time + STEP_S), { "aria-label": "On by 0.1 s", "data-does": "scrub" });
    const slider = scene.make("input", { type: "range", min: 0, max: 1, step: GRAIN_S, value: 0, "aria-label": "Time", "data-does": "scrub" });
    // The last place of the slider is the end itself, which lies up to a grain beyond: Play begins anew from there.
    const chosen = () => (Number(slider.value) > slider.max - GRAIN_S ? board.found.duration : Number(slider.value));
    slider.addEventListener("input", () => scene.scrub(board, chosen()));
    const clock = scene.make("output", { className: "la-scene-clock la-number" });
    const pace = scene.make("select", { "aria-label": "Speed of the film" });
    for (const speed of SPEEDS) pace.append(scene.make("option", { value: speed, selected: speed === 1 }, `${speed}×`));
    pace.addEventListener("change", () => (board.pace = Number(pace.value)));
    board.pace = 1;
    board.refreshPlayback = () => {
      const most = board.found?.duration ?? 0;
      const isPlaying = board.state === "playing";
      const does = isPlaying ? "Pause" : "Play";
      if (play.textContent !== does) play.textContent = does; // a film draws this 60 times a second
      play.disabled = !scene.allows(board.state, isPlaying ? "pause" : "play");
      for (const each of [back, on, slider]) each.disabled = !scene.allows(board.state, "scrub");
      slider.max = most || 1;
      slider.value = board.time;
      const said = most ? `${board.time.toFixed(2)} of ${most.toFixed(2)} s` : "nothing to play";
      slider.setAttribute("aria-valuetext", said);
      clock.textContent = said;
    };
    return scene.make("div", { className: "la-scene-row la-scene-playback", role: "group", "aria-label": "Playback" }, play, back, slider, on, clock, pace);
  };
})();
