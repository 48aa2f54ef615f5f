// A result as one file to keep, send and print: what the page shows, as text, tables and drawings. The browser makes it,
// for it alone has drawn the charts: as SVG they are sharp on paper and a hundredth of the library that could redraw them.
// The file holds no script and asks for nothing. Elements with data-no-report stay out, and so does what only moves.
(() => {
  const CHART = { width: 660, least: 240, most: 460 }; // px
  const WIDE = { width: 1000, least: 300, most: 360 }; // the chart that answers
  const FONT = "system-ui, -apple-system, Segoe UI, Roboto, sans-serif";
  const MAX_COLUMNS = 7; // of a table beside others
  const MAX_ROWS = 10; // of a table: the rest is in the exports
  const KEPT = new Set("B CAPTION DD DIV DL DT EM H2 H3 LI OL P SECTION SPAN TABLE TBODY TD TH THEAD TR UL".split(" "));
  const LEFT_OUT = "button:not(.la-sort), input, textarea, select, details, .la-links, .la-icon, [hidden], [data-no-report]";
  const STYLE = `
    @page { size: A4; margin: 12mm }
    * { box-sizing: border-box }
    body { max-width: 1000px; margin: 0 auto; padding: 28px; background: #fff; color: #1c1f21; font: 14px/1.4 ${FONT}; print-color-adjust: exact; -webkit-print-color-adjust: exact }
    h1 { margin: 0 0 6px; font-size: 1.6em } h2, h3 { margin: 0 0 6px; font-size: 1.08em; break-after: avoid } p { margin: 0 0 8px }
    .told { max-width: 90ch } .muted, footer, caption, dt { color: #5f5d58 }
    .parts { columns: 2 420px; column-gap: 28px } .wide { column-span: all }
    section { margin: 0 0 18px; padding-top: 10px; border-top: 1px solid #d7d4cd } figure { margin: 0 0 8px; break-inside: avoid } img { display: block; width: 100% }
    table { width: 100%; margin: 0 0 10px; border-collapse: collapse; font-size: 0.8em; font-variant-numeric: tabular-nums; break-inside: avoid } caption { padding: 2px 0; text-align: left }
    th, td { padding: 2px 6px 2px 0; border-bottom: 1px solid #e6e4de; text-align: left; vertical-align: top } thead th { color: #5f5d58; font-weight: 500 } tbody th { font-weight: 500 } .la-right { text-align: right } td.la-right, .la-one-line { white-space: nowrap }
    dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(88px, 1fr)); gap: 6px 14px; margin: 0 0 10px; font-size: 0.86em } dd { margin: 0; font-weight: 500; overflow-wrap: anywhere } ul { margin: 0 0 8px; padding-left: 18px }
    footer { margin-top: 14px; padding-top: 8px; border-top: 1px solid #d7d4cd; font-size: 0.78em } footer h3 { margin-top: 12px } footer dl { grid-template-columns: repeat(auto-fill, minmax(180px, 1fr)); font-size: 1em } .defined { columns: 2 }
    @media screen and (max-width: 600px) { body { padding: 16px } table { display: block; overflow-x: auto } }
    @media print { body { max-width: none; padding: 0; font-size: 8.4pt } .parts { columns: 2 } }`;

  function make(tag, text, className) {
    const made = document.createElement(tag);
    if (text) made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  async function drawing(graph, { width, least, most }) {
    const plot = graph.querySelector(".js-plotly-plot");
    if (!plot) return null;
    const height = Math.min(most, Math.max(least, Math.round(graph.getBoundingClientRect().height)));
    const image = document.createElement("img");
    const { data, layout } = window.lookahead.onPaper(plot);
    const still = data.filter((trace) => trace.meta !== "chosen"); // what a slider moves
    const font = { family: FONT }; // an image finds none of the page's own fonts: texts are measured in what it will show
    image.src = await window.Plotly.toImage({ data: still, layout: { ...layout, font } }, { format: "svg", width, height });
    image.alt = graph.getAttribute("aria-label") ?? "";
    const figure = make("figure");
    figure.append(image);
    return figure;
  }

  // Only what is to be read is copied, and nothing that could act: texts, the elements they stand in, and one class.
  async function copied(node, size) {
    if (node.nodeType === Node.TEXT_NODE) return node.cloneNode();
    if (node.nodeType !== Node.ELEMENT_NODE || node.matches(LEFT_OUT)) return null;
    if (node.matches("[data-graph]")) return drawing(node, size);
    const made = make(KEPT.has(node.tagName) ? node.tagName : node.matches("button") ? "span" : "div");
    const kept = ["la-right", "la-one-line"].filter((name) => node.classList.contains(name));
    if (node.tagName === "TABLE" && node.tHead.rows[0].cells.length > MAX_COLUMNS) kept.push("wide");
    if (kept.length) made.className = kept.join(" ");
    for (const attribute of ["scope", "colspan"]) if (node.hasAttribute(attribute)) made.setAttribute(attribute, node.getAttribute(attribute));
    const children = node.tagName === "TBODY" ? [...node.children].slice(0, MAX_ROWS) : [...node.childNodes];
    for (const child of children) {
      const copy = await copied(child, size);
      if (copy) made.append(copy);
    }
    const more = node.tagName === "TABLE" ? node.tBodies[0].rows.length - MAX_ROWS : 0;
    if (more > 0) made.querySelector("caption")?.append(` (${more} more rows are in the exports)`);
    return made.hasChildNodes() ? made : null;
  }

  function definitions(parts) {
    const told = new Set(parts.flatMap((part) => [...part.querySelectorAll(".la-defined")].map((each) => each.getAttribute("aria-label"))));
    const list = make("div", "", "defined");
    for (const sentence of told) {
      const [word, ...meaning] = sentence.split(": ");
      const line = make("div");
      line.append(make("b", `${word}: `), meaning.join(": "));
      list.append(line);
    }
    return told.size ? [make("h3", "What the figures mean"), list] : [];
  }

  function written(title, content) {
    const page = document.implementation.createHTMLDocument(title);
    page.documentElement.lang = "en";
    const abouts = [
      { charset: "utf-8" },
      { "http-equiv": "Content-Security-Policy", content: "default-src 'none'; style-src 'unsafe-inline'; img-src data:" },
      { name: "viewport", content: "width=device-width" },
    ];
    const metas = abouts.map((about) => {
      const meta = make("meta");
      for (const [name, value] of Object.entries(about)) meta.setAttribute(name, value);
      return meta;
    });
    page.head.prepend(...metas);
    page.head.append(make("style", STYLE));
    page.body.append(...content);
    return `<!doctype html>\n${page.documentElement.outerHTML}\n`;
  }

  async function report() {
    const head = document.querySelector(".la-head");
    const result = document.querySelector(".la-result > .la-stack");
    const parts = [...result.firstElementChild.children].filter((each) => !each.matches(LEFT_OUT) && !each.querySelector("[role=slider]"));
    const title = head.querySelector("h2").textContent;
    const main = make("div", "", "parts");
    let isFirst = true;
    for (const part of parts) {
      const isChart = part.matches("[data-graph]");
      const copy = await copied(part, isChart && isFirst ? WIDE : CHART);
      if (!copy) continue;
      const section = copy.tagName === "SECTION" ? copy : make("section");
      if (section !== copy) section.append(copy);
      if (!part.matches("section") && isFirst) section.className = "wide";
      isFirst &&= !isChart;
      main.append(section);
    }
    const footer = make("footer");
    const how = result.querySelector(".la-provenance");
    footer.append(...definitions(parts));
    if (how) footer.append(make("h3", "How it was made"), await copied(how));
    footer.append(make("p", `Lookahead, ${new Date().toISOString().slice(0, 10)}, ${location.href}`));
    return written(title, [make("h1", title), make("p", head.querySelector(".la-answer").textContent, "told"), main, footer]);
  }

  async function saveReport(file) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([await report()], { type: "text/html" }));
    link.download = `${file}.html`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  }

  document.addEventListener("click", (event) => {
    const asked = event.target.closest('[data-export="report"]');
    if (asked) saveReport(asked.dataset.file);
  });
})();
