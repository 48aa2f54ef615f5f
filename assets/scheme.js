// Chooses light or dark before the first paint: what the reader chose, else what the system prefers.
// Mantine keeps the choice under this key and takes over once it has started.
(() => {
  const chosen = localStorage.getItem("mantine-color-scheme-value");
  const isDark = chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.mantineColorScheme = isDark ? "dark" : "light";
})();
