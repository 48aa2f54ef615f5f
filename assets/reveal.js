// A button with data-reveal="NAME" brings the chart of that name into sight.
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-reveal]");
  if (!button) return;
  const chart = document.querySelector(`[data-graph="${CSS.escape(button.dataset.reveal)}"]`);
  const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
  chart?.scrollIntoView({ block: "nearest", behavior: isStill ? "auto" : "smooth" });
});
