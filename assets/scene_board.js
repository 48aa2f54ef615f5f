// A drawing board: holds the drawing, what is chosen, what was found for it and the time; draws when something changed.
// What leads from state to state is in scene_states.js, what can be done to a drawing in scene_model.js.
(() => {
  const scene = ((window.lookahead ??= {}).scene ??= {});
  const STEPS = [0.05, 0.1, 0.25, 0.5, 1, 2, 5];
  const TOLD_MS = 6000;
  scene.LIVE_KEY = "lookahead-live-way"; // what the reader chose

  class Board {
    constructor(root, drawing, { read, write, adopt }) {
      Object.assign(this, {
        root, write, read, adopt, history: scene.begun(drawing), preview: null, chosen: null, tool: "select", isSnapping: true, isLive: localStorage.getItem(scene.LIVE_KEY) !== "off",
        isLooping: true, speed: 1, state: scene.FIRST_STATE, found: null, route: null, time: 0, corners: null, cursor: null,
        pointer: null, hidden: new Set(scene.HIDDEN_AT_FIRST),
      });
      this.step = scene.roundStep(Math.max(drawing.map.width, drawing.map.height) / 60);
      scene.buildBoard(this, STEPS, this.step);
      scene.usePointer(this);
      scene.useZoom(this);
      scene.useKeys(this);
      new ResizeObserver(() => this.resize()).observe(this.canvas.parentElement);
      this.dress = new MutationObserver(() => (root.isConnected ? this.resize() : this.dress.disconnect()));
      this.dress.observe(document.documentElement, { attributeFilter: ["data-mantine-color-scheme"] });
      this.resize();
      this.refresh();
      scene.askRoute(this);
    }

    // ---- what there is ---------------------------------------------------------------------------------------------
    drawing() {
      return this.preview ?? this.history.present;
    }
    robot() {
      return this.read().robot;
    }
    radius() {
      return Number(this.robot().radius) || 0.3;
    }
    isShape(name) {
      return scene.isObstacle(name) || scene.isArea(name);
    }
    routeKey(drawing) {
      return `${scene.textOf(drawing)} ${this.radius()}`;
    }
    // Whether what was found is an answer for the present drawing.
    fits() {
      if (!this.found || this.preview) return false;
      if (this.fitting?.drawing !== this.history.present || this.fitting.found !== this.found) {
        const fits = scene.textOf(this.found.scene) === scene.textOf(this.history.present);
        this.fitting = { drawing: this.history.present, found: this.found, fits };
      }
      return this.fitting.fits;
    }

    // ---- what changes it -------------------------------------------------------------------------------------------
    go(event) {
      const wasPlaying = this.state === "playing";
      this.state = scene.nextState(this.state, event);
      if (wasPlaying && this.state !== "playing") this.ended?.(); // a film is over
      if (this.state !== "planning" && this.live) scene.unwatch(this);
      this.root.dataset.state = this.state;
      this.refreshControls();
    }
    show(drawing) {
      this.preview = drawing;
      scene.askRoute(this);
      this.render();
    }
    commit(drawing, said) {
      this.history = scene.done(this.history, drawing);
      this.follow(said);
    }
    undo() {
      this.history = scene.undone(this.history);
      this.follow("Undone");
    }
    redo() {
      this.history = scene.redone(this.history);
      this.follow("Redone");
    }
    // The drawing is another one: the form holds it, and what was found may fit it or not.
    follow(said) {
      this.preview = null;
      if (this.isShape(this.chosen) && !scene.shapeOf(this.history.present, this.chosen)) this.chosen = null;
      this.write(this.history.present);
      this.judge();
      if (said) this.tell(said);
      this.refresh();
      scene.askRoute(this);
    }
    judge() {
      if (this.state === "planning") return;
      this.go("edit");
      if (this.fits()) this.go(this.found.duration > 0 ? "answer" : "refuse");
    }
    // A drawing that came from the form: typed, opened, or asked for by the address.
    load(drawing) {
      if (scene.textOf(drawing) === scene.textOf(this.history.present)) return;
      this.history = scene.done(this.history, drawing);
      this.preview = null;
      this.judge();
      this.resize();
      this.refresh();
      scene.askRoute(this);
    }
    // An answer came, one that is kept was opened, or the same was drawn again.
    answer(found) {
      const wasAwaited = this.state === "planning";
      const isKnown = this.found?.job === found.job && scene.allows(this.state, "scrub");
      this.found = found;
      if (isKnown && this.fits()) return this.refresh(); // drawn again: the film goes on where it is
      this.time = 0;
      if (!this.fits()) this.go("stale");
      else if (!(found.duration > 0)) this.go("refuse");
      else {
        this.go("answer");
        if (wasAwaited) scene.playFirst(this);
      }
      this.refresh();
    }

    choose(name) {
      this.chosen = name;
      if (this.tool !== "track") this.corners = null;
      this.refresh();
    }
    removeChosen() {
      if (!this.isShape(this.chosen)) return this.tell("Start, goal and map stay; they can be moved");
      const drawing = scene.removed(this.drawing(), this.chosen);
      this.chosen = null;
      this.commit(drawing, "Removed");
      this.root.querySelector(".la-scene-part")?.focus({ preventScroll: true });
    }
    useTool(tool) {
      Object.assign(this, { tool, corners: null, cursor: null });
      this.canvas.dataset.tool = tool;
      this.refreshControls();
      this.render();
    }

    // ---- what is said ----------------------------------------------------------------------------------------------
    tell(words) {
      this.told.textContent = words;
    }
    refuse(words) {
      this.alarm.textContent = words;
      clearTimeout(this.calming);
      this.calming = setTimeout(() => (this.alarm.textContent = ""), 3 * TOLD_MS);
      this.refresh();
    }
    refreshRoute() {
      if (this.state === "planning" && this.live) return (this.line.textContent = scene.liveWords(this.live));
      const isPresent = this.route && this.route.key === this.routeKey(this.drawing());
      this.line.textContent = this.fits() ? this.found.line : isPresent && this.isLive ? scene.routeWords(this.route) : "";
    }
    refresh() {
      scene.fillList(this);
      this.refreshInspector();
      scene.fillLayers(this);
      this.refreshControls();
      this.render();
    }
    // A field says what was typed while the focus is on its way to the next one: that one must still be there.
    refreshInspector() {
      clearTimeout(this.inspecting);
      this.inspecting = setTimeout(() => scene.fillInspector(this));
    }
    refreshControls() {
      scene.enableControls(this);
      this.refreshPlayback();
      this.refreshFiles();
      this.refreshRoute();
    }

    // ---- what is seen ----------------------------------------------------------------------------------------------
    resize() {
      const width = Math.floor(this.canvas.parentElement.clientWidth);
      if (!width) return;
      const height = scene.heightFor(this.drawing().map, width);
      const ratio = window.devicePixelRatio || 1;
      Object.assign(this.canvas, { width: width * ratio, height: height * ratio });
      this.canvas.style.height = `${height}px`;
      this.size = [width, height, ratio];
      this.colours = scene.coloursOf(this.root);
      this.render();
    }
    render() {
      if (this.isDrawing) return;
      this.isDrawing = true;
      requestAnimationFrame(() => {
        this.isDrawing = false;
        if (this.size && this.root.isConnected) this.draw();
      });
    }
    draw() {
      const [width, height, ratio] = this.size;
      const { colours } = this;
      const pen = this.canvas.getContext("2d");
      const drawing = this.drawing();
      const view = (this.view = scene.viewOf(drawing.map, width, height, this.window && scene.windowOn(drawing.map, this.window)));
      const live = this.state === "planning" && this.live?.track.length ? this.live : null;
      const fits = !live && this.fits();
      const time = live ? live.track.at(-1)[0] : fits ? this.time : 0;
      pen.setTransform(ratio, 0, 0, ratio, 0, 0);
      pen.globalAlpha = 1;
      pen.fillStyle = colours.canvas || colours.surface;
      pen.fillRect(0, 0, width, height);
      scene.drawScene(pen, view, drawing, { time, radius: this.radius(), step: this.step, colours });
      if (live) scene.drawLayers(pen, view, live, new Set(["tube"]), { time, colours });
      else if (fits) scene.drawLayers(pen, view, this.found, this.hidden, { time, colours });
      else if (this.isLive && this.route?.path) this.drawRoute(pen, view, drawing);
      if (this.chosen !== null && this.state !== "playing") {
        scene.drawChosen(pen, view, drawing, this.chosen, this.radius(), colours);
      }
      this.drawUnfinished(pen, view);
    }
    // An answer for where something was a moment ago is pale; one for another drawing is not shown.
    drawRoute(pen, view, drawing) {
      const isPresent = this.route.key === this.routeKey(drawing);
      if (!isPresent && !this.preview) return;
      pen.save();
      if (isPresent) scene.drawRoute(pen, view, this.route, this.colours);
      else {
        pen.globalAlpha = 0.35;
        scene.trace(pen, view, this.route.path, false);
        pen.strokeStyle = this.colours.path;
        pen.lineWidth = 2;
        pen.stroke();
      }
      pen.restore();
    }
    drawUnfinished(pen, view) {
      pen.strokeStyle = this.colours.accent;
      pen.lineWidth = 2;
      if (this.corners?.length) {
        const begin = this.tool === "track" ? [scene.placeOf(this.drawing(), this.chosen)] : [];
        scene.trace(pen, view, [...begin, ...this.corners, this.pointer ?? this.corners.at(-1)], false);
        pen.stroke();
      }
      if (this.cursor) {
        const [x, y] = view.px(this.cursor);
        pen.strokeRect(x - 7, y - 7, 14, 14);
      }
    }
  }

  scene.Board = Board;
})();
