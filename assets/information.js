// The network of information flow: which arrows are drawn is chosen here, at once. What they look like came with the page.
(() => {
  const amount = (value) => Number(value.toPrecision(3)).toString();

  function told(kept, counted, least, units) {
    const above = least > 0 ? ` of at least ${amount(least)} ${units}` : "";
    return `${kept.length} of ${counted} shown${above}.`;
  }

  function withLinks(figure, kept) {
    const data = figure.data.map((trace) =>
      trace.meta === "links"
        ? {
            ...trace,
            x: kept.map(({ middle }) => middle[0]),
            y: kept.map(({ middle }) => middle[1]),
            customdata: kept.map(({ label }) => label),
          }
        : trace,
    );
    return { ...figure, data, layout: { ...figure.layout, annotations: kept.map(({ annotation }) => annotation) } };
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    information: {
      showLinks(least, isSignificantOnly, stored, figure) {
        if (!stored || !window.dash_clientside.callback_context.triggered.length) {
          throw window.dash_clientside.PreventUpdate;
        }
        const kept = stored.links.filter((link) => link.value >= least && (link.isSignificant || !isSignificantOnly));
        return [withLinks(figure, kept), told(kept, stored.counted, least, stored.units)];
      },
    },
  });
})();
