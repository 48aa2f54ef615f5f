// The states of a drawing board: what leads from one to another, and what each allows. All else asks here.
(() => {
  const scene = ((window.lookahead ??= {}).scene ??= {});

  // "ready" has a motion that fits the drawing; "failed" has an answer without one, or none that came.
  const STATES = {
    editing: { allows: ["draw", "route"], on: { ask: "planning", answer: "ready", refuse: "failed", fail: "failed" } },
    planning: { allows: ["draw", "route"], on: { answer: "ready", refuse: "failed", fail: "failed", stale: "editing" } },
    ready: {
      allows: ["draw", "route", "play", "scrub", "film"],
      on: { edit: "editing", ask: "planning", play: "playing", scrub: "paused", refuse: "failed", fail: "failed" },
    },
    playing: {
      allows: ["pause", "scrub"],
      on: { pause: "paused", end: "ready", ask: "planning", edit: "editing", refuse: "failed", fail: "failed" },
    },
    paused: {
      allows: ["draw", "route", "play", "scrub", "film"],
      on: { play: "playing", end: "ready", edit: "editing", ask: "planning", answer: "ready", refuse: "failed", fail: "failed" },
    },
    failed: { allows: ["draw", "route"], on: { edit: "editing", ask: "planning", answer: "ready", stale: "editing" } },
  };

  scene.STATES = STATES;
  scene.FIRST_STATE = "editing";
  // An event that a state does not know changes nothing.
  scene.nextState = (state, event) => STATES[state].on[event] ?? state;
  scene.allows = (state, what) => STATES[state].allows.includes(what);
})();
