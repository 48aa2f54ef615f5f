// Moving along the efficient frontier: weights between turning points are straight lines, so every point is computed here.
(() => {
  const percent = (value, digits = 2) => `${(100 * value).toFixed(digits)} %`;

  // The portfolio at a place on the path: turning point k and fraction t towards the next.
  function at(path, place) {
    const last = path.weights.length - 1;
    const k = Math.max(0, Math.min(Math.floor(place), last));
    const t = Math.min(place - k, k < last ? 1 : 0);
    const next = Math.min(k + 1, last);
    const between = (from, to) => from.map((value, i) => (1 - t) * value + t * to[i]);
    const cross = k < last ? path.crossings[k] : path.variances[k];
    const variance =
      (1 - t) ** 2 * path.variances[k] + 2 * t * (1 - t) * cross + t ** 2 * path.variances[next];
    const weights = between(path.weights[k], path.weights[next]);
    const marginals = between(path.marginals[k], path.marginals[next]);
    return {
      weights,
      contributions: weights.map((weight, i) => (variance > 0 ? (weight * marginals[i]) / variance : 0)),
      earned: (1 - t) * path.expected_returns[k] + t * path.expected_returns[next],
      volatility: Math.sqrt(Math.max(variance, 0)),
    };
  }

  function told(point, riskFree) {
    const held = point.weights.filter((weight) => Math.abs(weight) > 1e-9).length;
    const ratio = point.volatility > 0 ? ((point.earned - riskFree) / point.volatility).toFixed(3) : "–";
    return `Return ${percent(point.earned)}, volatility ${percent(point.volatility)}, Sharpe ratio ${ratio}, ${held} assets held`;
  }

  // The ranges of weights in resamples belong to the portfolio that was asked for, and are drawn beside it alone.
  function withBars(figure, point, order, isBack) {
    const columns = [point.weights, point.contributions].map((values) => order.map((i) => values[i]));
    const data = figure.data.map((trace, row) =>
      trace.meta === "ranges"
        ? { ...trace, visible: isBack }
        : { ...trace, x: columns[row], text: columns[row].map((value) => percent(value, 1)) },
    );
    return { ...figure, data };
  }

  function withMark(figure, point) {
    const data = figure.data.map((trace) =>
      trace.meta === "chosen" ? { ...trace, x: [point.volatility], y: [point.earned] } : trace,
    );
    return { ...figure, data };
  }

  // The portfolios within a turnover, and the best ratio among them (the least risk where none is above 0).
  function withinTurnover(stored, most) {
    const left = stored.points.filter((point) => point.turnover <= most + 1e-9);
    const ratio = (point) => (point.earned - stored.risk_free) / Math.max(point.volatility, 1e-12);
    const better = (best, point) => (ratio(point) > ratio(best) ? point : best);
    const calmer = (best, point) => (point.volatility < best.volatility ? point : best);
    const best = left.length ? left.reduce(better) : null;
    return { left, best: best && ratio(best) <= 0 ? left.reduce(calmer) : best };
  }

  function withPoints(figure, left) {
    const data = figure.data.map((trace) =>
      trace.meta === "pareto"
        ? {
            ...trace,
            x: left.map((point) => point.volatility),
            y: left.map((point) => point.earned),
            marker: { ...trace.marker, color: left.map((point) => point.turnover) },
          }
        : trace,
    );
    return { ...figure, data };
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    portfolio: {
      moveAlong(place, _clicks, stored, frontier, bars) {
        const { triggered } = window.dash_clientside.callback_context;
        if (!stored || !triggered.length) throw window.dash_clientside.PreventUpdate;
        const isBack = triggered.some(({ prop_id }) => prop_id.endsWith(".n_clicks"));
        const point = isBack ? stored.result : at(stored.path, place);
        const label = isBack ? "This portfolio: " : "On the frontier: ";
        return [withMark(frontier, point), withBars(bars, point, stored.order, isBack), label + told(point, stored.risk_free)];
      },
      tradeLess(most, stored, frontier, bars) {
        if (!stored || !window.dash_clientside.callback_context.triggered.length) {
          throw window.dash_clientside.PreventUpdate;
        }
        const { left, best } = withinTurnover(stored, most);
        if (!best) throw window.dash_clientside.PreventUpdate;
        const label = `Best of ${left.length} within a turnover of ${percent(most, 1)}: `;
        return [
          withMark(withPoints(frontier, left), best),
          withBars(bars, best, stored.order, false),
          `${label}${told(best, stored.risk_free)}, turnover ${percent(best.turnover, 1)}`,
        ];
      },
    },
  });
})();
