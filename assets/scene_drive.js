// Draws how a motion is driven: robot and trail at a time, what it saw, believed, searched and touched.
(() => {
  const scene = ((window.lookahead ??= {}).scene ??= {});

  // What the robot believes of movers at that time: twice the standard deviation about the place.
  function beliefs(pen, view, found, { colours, time }) {
    pen.strokeStyle = colours.belief;
    pen.lineWidth = 1.5;
    pen.setLineDash([2, 3]);
    for (const { track, radius } of found.beliefs) {
      const [, x, y, deviation] = scene.between(track, time);
      scene.disc(pen, view, [x, y], radius + 2 * deviation);
      pen.stroke();
    }
    pen.setLineDash([]);
  }

  // Where the way was searched anew: small diamonds on the way that was driven.
  function searches(pen, view, found, { colours, time }) {
    pen.strokeStyle = colours.other;
    pen.lineWidth = 1.4;
    for (const at of found.searches.filter((each) => each <= time)) {
      const [, x, y] = scene.between(found.track, at);
      const [u, v] = view.px([x, y]);
      pen.beginPath();
      for (const [a, b] of [[0, -5], [5, 0], [0, 5], [-5, 0]]) pen.lineTo(u + a, v + b);
      pen.closePath();
      pen.stroke();
    }
  }

  // What the sensor reaches: a disc, or the part of it that it looks at.
  function seen(pen, view, place, found, time) {
    if (found.field_of_view >= 360 || !found.headings.length) return scene.disc(pen, view, place, found.sensor_range);
    const near = found.headings.findLast(([at]) => at <= time) ?? found.headings[0];
    const half = (found.field_of_view * Math.PI) / 360;
    const center = view.px(place);
    pen.beginPath();
    pen.moveTo(...center);
    pen.arc(...center, found.sensor_range * view.scale, -near[1] - half, -near[1] + half);
    pen.closePath();
  }

  // Where the robot is, where it believes to be, how far it sees, what it touched.
  function robot(pen, view, found, { colours, time }) {
    const [, x, y] = scene.between(found.track, time);
    if (found.sensor_range) {
      seen(pen, view, [x, y], found, time);
      pen.strokeStyle = colours.muted;
      pen.lineWidth = 1;
      pen.setLineDash([1, 4]);
      pen.stroke();
      pen.setLineDash([]);
    }
    const driven = found.track.filter(([at]) => at <= time).map(([, u, v]) => [u, v]);
    scene.trace(pen, view, [...driven, [x, y]], false);
    pen.strokeStyle = colours.path;
    pen.lineWidth = found.kind === "run" ? 2.4 : 4;
    pen.stroke();
    scene.disc(pen, view, [x, y], found.radius);
    pen.fillStyle = found.brakings.some((at) => Math.abs(at - time) < 0.06) ? colours.bad : colours.accent;
    pen.fill();
    pen.strokeStyle = colours.surface;
    pen.lineWidth = 2;
    pen.stroke();
    if (found.believed.length) {
      const [, u, v] = scene.between(found.believed, time);
      scene.disc(pen, view, [u, v], found.radius);
      pen.strokeStyle = colours.ink;
      pen.lineWidth = 1.3;
      pen.setLineDash([3, 3]);
      pen.stroke();
      pen.setLineDash([]);
    }
    for (const touched of found.collisions) {
      if (touched.time > time + 1e-6) continue;
      const [, u, v] = scene.between(found.track, touched.time);
      scene.disc(pen, view, [u, v], 1.5 * found.radius);
      pen.strokeStyle = colours.bad;
      pen.lineWidth = 3;
      pen.stroke();
      const whose = touched.is_robots_fault ? "the robot ran into it" : "it ran into the robot";
      scene.label(pen, view.px([u, v]), `${touched.obstacle}: ${whose}`, colours, colours.bad);
    }
  }

  scene.DRIVE_LAYERS = { beliefs, robot, searches };
})();
