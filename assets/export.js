// Ways out of a page: images of charts, text for the clipboard. Elements say what they want by data attributes:
// data-export="png|svg" with data-graph and data-file, data-copy, data-copy-path, data-open-panel.
(() => {
  const TOLD_MS = 1600;
  const IMAGE_WIDTH = 1280;

  // Images are drawn for paper: the light template whatever the reader's scheme, on white.
  function onPaper(graph) {
    const carrier = document.querySelector(".la-templates");
    const templates = carrier ? JSON.parse(carrier.dataset.templates) : {};
    const layout = { ...graph.layout, template: templates.light, paper_bgcolor: "#fff", plot_bgcolor: "#fff", autosize: false };
    return { data: graph.data, layout };
  }
  window.lookahead = { ...window.lookahead, onPaper };

  async function saveImage({ export: format, graph: name, file }) {
    const graph = document.querySelector(`[data-graph="${name}"] .js-plotly-plot, [data-graph="${name}"].js-plotly-plot`);
    if (!graph) return;
    const { width, height } = graph.getBoundingClientRect();
    const size = { width: IMAGE_WIDTH, height: Math.max(560, Math.round((IMAGE_WIDTH * height) / width)) };
    await window.Plotly.downloadImage(onPaper(graph), { format, filename: file, ...size, scale: format === "png" ? 2 : 1 });
  }

  // The clipboard interface is missing outside secure origins and refused without permission; the old command is not.
  async function toClipboard(text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const carrier = Object.assign(document.createElement("textarea"), { value: text });
      carrier.setAttribute("aria-hidden", "true");
      carrier.style.position = "fixed";
      document.body.append(carrier);
      carrier.select();
      document.execCommand("copy");
      carrier.remove();
    }
  }

  async function copy(text, button) {
    await toClipboard(text);
    const label = button.querySelector("span:last-child");
    const before = button.dataset.label ?? label.textContent;
    button.dataset.label = before;
    label.textContent = "Copied";
    setTimeout(() => (label.textContent = before), TOLD_MS);
  }

  function openPanel(name) {
    const panel = document.querySelector(`.la-panel[data-panel="${name}"]`);
    if (!panel) return;
    panel.open = true;
    panel.scrollIntoView({ block: "nearest" });
    panel.querySelector(".la-panel-body input:not([disabled]), .la-panel-body textarea")?.focus();
  }

  function foldPopUps(except) {
    for (const each of document.querySelectorAll(".la-pop[open]")) {
      if (each !== except) each.open = false;
    }
  }

  document.addEventListener("keydown", (event) => {
    const open = document.querySelector(".la-pop[open]");
    if (event.key !== "Escape" || !open) return;
    event.preventDefault(); // Esc did its work here: it cancels nothing
    open.open = false;
    open.querySelector("summary").focus();
  });

  document.addEventListener("click", (event) => {
    foldPopUps(event.target.closest(".la-pop"));
    const image = event.target.closest('[data-export="png"], [data-export="svg"]');
    if (image) saveImage(image.dataset);
    if (event.target.closest("[data-export]")) foldPopUps();
    const copied = event.target.closest("[data-copy], [data-copy-path]");
    if (copied) copy(copied.dataset.copy ?? location.origin + copied.dataset.copyPath, copied);
    const opener = event.target.closest("[data-open-panel]");
    if (opener) openPanel(opener.dataset.openPanel);
  });
})();
