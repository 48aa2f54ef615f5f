// Every chart wears the reader's colour scheme. Figures come from the server in the light template (the server does
// not know the scheme); here the template is exchanged before Plotly draws, and on every toggle.
(() => {
  let templates = null;
  let plotly;

  const scheme = () => (document.documentElement.dataset.mantineColorScheme === "dark" ? "dark" : "light");

  function template() {
    const carrier = document.querySelector(".la-templates");
    if (!templates && carrier) templates = JSON.parse(carrier.dataset.templates);
    return templates?.[scheme()];
  }

  function dressed(layout) {
    const worn = template();
    return worn ? { ...layout, template: worn } : layout;
  }

  // newPlot and react take (graph, data, layout, config) or (graph, {data, layout, config, frames}).
  function dressing(draw) {
    return (graph, data, layout, ...rest) =>
      Array.isArray(data) || data === undefined
        ? draw(graph, data, dressed(layout), ...rest)
        : draw(graph, { ...data, layout: dressed(data.layout) }, layout, ...rest);
  }

  // The chart that answers is seen before the small ones below it are drawn: each of those waits for a quiet moment.
  const quietMoment = () => new Promise((resolve) => (window.requestIdleCallback ?? setTimeout)(resolve, { timeout: 500 }));

  function waiting(draw) {
    return (graph, ...rest) => {
      if (graph._fullLayout || !graph.closest?.(".la-chart-panel")) return draw(graph, ...rest);
      return quietMoment().then(() => (graph.isConnected ? draw(graph, ...rest) : graph));
    };
  }

  function dress(library) {
    if (!library || library.isDressed) return library;
    return Object.assign(Object.create(library), {
      newPlot: waiting(dressing(library.newPlot)),
      react: waiting(dressing(library.react)),
      isDressed: true,
    });
  }

  Object.defineProperty(window, "Plotly", {
    configurable: true,
    get: () => plotly,
    set: (library) => {
      plotly = dress(library);
    },
  });

  // Reading 5 MB of Plotly takes half a second, and Dash begins only when the first chart is there to be drawn. It finds
  // the library where it looks for it; should both load it, the second replaces the first. The same goes for Dash's own
  // part that draws with it, which says by itself that it was loaded.
  function load(source) {
    if (!source || document.querySelector(`script[src="${source}"]`)) return;
    const script = document.createElement("script");
    script.src = source;
    script.async = true;
    document.head.append(script);
  }

  window.addEventListener("load", () => {
    (window.requestIdleCallback ?? setTimeout)(() => {
      if (!plotly) load(window._dashPlotlyJSURL);
      const core = document.querySelector('script[src*="/dash_core_components."]');
      load(core?.src.replace(/[^/]*$/, "async-graph.js"));
    });
  });

  new MutationObserver(() => {
    for (const graph of document.querySelectorAll(".js-plotly-plot")) plotly?.react(graph, graph.data, graph.layout);
  }).observe(document.documentElement, { attributeFilter: ["data-mantine-color-scheme"] });
})();
