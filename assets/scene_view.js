// From metres to pixels and back, and the colours of the page: what everything that draws stands on.
(() => {
  const scene = ((window.lookahead ??= {}).scene ??= {});
  const MARGIN = 18; // px about the map
  const COLOURS = [
    "ink", "muted", "canvas", "surface", "line", "accent", "bad", "good", "wall", "mover", "start", "goal", "path", "other", "policy",
    "belief", "tube", "unknown",
  ];

  // A map of any shape in a picture of that size (CSS pixels): whole and in the middle, or as a window on it has it.
  function viewOf(map, width, height, window = null) {
    const [left, low] = map.origin ?? [0, 0];
    const { factor, middle } = window ?? { factor: 1, middle: [left + map.width / 2, low + map.height / 2] };
    const scale = factor * Math.min((width - 2 * MARGIN) / map.width, (height - 2 * MARGIN) / map.height);
    const x0 = width / 2 - scale * middle[0];
    const y0 = height / 2 + scale * middle[1];
    return {
      width,
      height,
      scale,
      px: ([x, y]) => [x0 + scale * x, y0 - scale * y],
      world: ([u, v]) => [(u - x0) / scale, (y0 - v) / scale],
    };
  }

  // As high as the map asks for at that width, within what the window has room for.
  function heightFor(map, width) {
    const most = Math.max(280, Math.min(640, innerHeight * 0.66));
    return Math.round(Math.min(most, Math.max(240, ((width - 2 * MARGIN) * map.height) / map.width + 2 * MARGIN)));
  }

  function coloursOf(root) {
    const style = getComputedStyle(root);
    const read = (name) => style.getPropertyValue(`--scene-${name}`).trim() || style.getPropertyValue(`--la-${name}`).trim();
    return Object.fromEntries(COLOURS.map((name) => [name, read(name)]));
  }

  // Steps of 1, 2 or 5 times a power of ten, at least that long.
  function roundStep(least) {
    const power = 10 ** Math.floor(Math.log10(least));
    return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= least);
  }

  Object.assign(scene, { coloursOf, heightFor, roundStep, viewOf });
})();
