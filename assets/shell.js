// The shell in the browser: drawers, menu, keyboard, skip link, and what the reader folded away.
(() => {
  const noUpdate = () => window.dash_clientside.no_update;
  const triggeredBy = (name) => (window.dash_clientside.callback_context.triggered || []).some((t) => t.prop_id.startsWith(name));

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    shell: {
      openDrawer: (clicks) => (triggeredBy("shell-url") ? false : clicks ? true : noUpdate()),
      openHelp: (clicks) => (triggeredBy("shell-url") ? false : clicks ? true : noUpdate()),
      closeMenu: () => false,
      foldMenu: (opened, navbar) => ({ ...navbar, collapsed: { mobile: !opened } }),
    },
  });

  // ---- keyboard ---------------------------------------------------------------------------------------------
  const isTyping = (target) => target.closest("input, textarea, select, [contenteditable=true], [role=combobox]");
  const click = (selector) => document.querySelector(selector)?.click();
  const shortcuts = {
    "?": () => click("#shell-help-button"),
    j: () => click("#shell-jobs-button"),
    s: () => click("#shell-scheme-button"),
  };
  const GO_TIMEOUT_MS = 1200;
  let goPressedAt = -Infinity;

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (performance.now() - goPressedAt < GO_TIMEOUT_MS) {
      goPressedAt = -Infinity;
      const link = [...document.querySelectorAll("[data-shortcut]")].find((each) => each.dataset.shortcut === event.key);
      if (link) {
        event.preventDefault();
        link.click();
        return;
      }
    }
    if (event.key === "g") goPressedAt = performance.now();
    else if (shortcuts[event.key]) {
      event.preventDefault();
      shortcuts[event.key]();
    }
  });

  // ---- skip link: moves the focus and leaves the address alone, which belongs to the pages ----------------------
  document.addEventListener("click", (event) => {
    if (!event.target.closest(".la-skip")) return;
    event.preventDefault();
    document.getElementById("main")?.focus();
  });

  // ---- request panels: on a phone folded as soon as there is a job to look at; elsewhere as the reader left them ----
  const key = (panel) => `lookahead-panel-${panel.dataset.panel}`;
  const isPhone = () => matchMedia("(max-width: 47.99em)").matches;
  let address = null;

  function arrangePanels() {
    const panels = [...document.querySelectorAll(".la-panel")];
    const fresh = panels.filter((panel) => !panel.dataset.arranged);
    for (const panel of fresh) {
      panel.dataset.arranged = "true";
      if (!isPhone() && localStorage.getItem(key(panel)) === "folded") panel.open = false;
    }
    if ((fresh.length || location.search !== address) && isPhone() && /[?&](job|run)=/.test(location.search)) {
      for (const panel of panels) panel.open = false;
    }
    address = location.search;
  }

  document.addEventListener(
    "toggle",
    (event) => {
      const panel = event.target;
      if (panel.matches?.(".la-panel") && !isPhone()) localStorage.setItem(key(panel), panel.open ? "open" : "folded");
    },
    true, // toggle does not bubble
  );

  // ---- menu: the entry of the page that is open, or of the one that leads to it ----------------------------------
  function markMenu() {
    for (const link of document.querySelectorAll(".la-nav-link")) {
      const isLed = link.dataset.leads.split(" ").includes(location.pathname);
      const current = isLed ? "true" : link.pathname === location.pathname ? "page" : null;
      if (link.getAttribute("aria-current") === current) continue; // we are asked at every change of the page
      if (current) link.setAttribute("aria-current", current);
      else link.removeAttribute("aria-current");
    }
  }

  const observer = new MutationObserver(() => {
    arrangePanels();
    markMenu();
  });
  observer.observe(document.documentElement, { childList: true, subtree: true });
})();
