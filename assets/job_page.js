// Job pages in the browser: clicks become jobs here, the address follows the job, Enter runs and Esc cancels.
(() => {
  const RECENT_MS = 10000; // clicks this young are told again with the next one; the server knows them by their ids
  const PHONE = "(max-width: 47.99em)";
  const noUpdate = () => window.dash_clientside.no_update;

  let counted = {}; // clicks that became jobs, by button

  function newId() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  function held(values, ids, key) {
    return Object.fromEntries(ids.map((id, position) => [id[key], values[position]]));
  }

  const nameOf = (id) => JSON.stringify(id, Object.keys(id).sort());
  const elementOf = (id) => document.getElementById(nameOf(id));

  // ---- the address ------------------------------------------------------------------------------------------
  // Dash's router draws a page anew when the address changes under it. While a job page shows one job after
  // another, its address changes without that; `believed` is what the router takes the address for.
  let believed = location.search;

  function showAddress(current) {
    if (current?.job_id && matchMedia(PHONE).matches) {
      for (const panel of document.querySelectorAll(".la-panel[open]")) panel.open = false; // the answer comes first
    }
    if (current?.is_asked_below) document.querySelector(".la-head, .la-status-slot")?.scrollIntoView({ block: "center" });
    if (!current?.job_id || !["push", "replace"].includes(current.address)) return noUpdate();
    const search = `?job=${current.job_id}${current.compare ? `&compare=${current.compare}` : ""}`;
    if (search !== location.search) {
      history[current.address === "push" ? "pushState" : "replaceState"](history.state, "", location.pathname + search);
    }
    return search;
  }

  // A link or the back button led to the very address that the router believes to be on: it will not look, so we do.
  function visit() {
    const page = document.querySelector("[data-job-page]")?.dataset.jobPage;
    if (!page || location.pathname.replace(/\/$/, "") !== `/${page}` || location.search !== believed) return;
    window.dash_clientside.set_props({ page, part: "visit" }, { data: { search: location.search, at: Date.now() } });
  }
  window.addEventListener("popstate", visit);
  window.addEventListener("_dashprivate_pushstate", visit);

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    jobPage: {
      ask(clicks, values, ids, tabs, tabIds, flags, flagIds, asked) {
        if (!asked) counted = {}; // the page was drawn anew, and with it its buttons
        let fresh = 0;
        for (const { id, value } of window.dash_clientside.callback_context.inputs_list[0]) {
          fresh += Math.max(0, (value ?? 0) - (counted[id.run] ?? 0));
          counted[id.run] = value ?? 0;
        }
        if (!fresh) return noUpdate();
        const form = { ...held(values, ids, "field"), ...held(tabs, tabIds, "tab"), ...held(flags, flagIds, "flag") };
        const now = Date.now();
        const items = (asked?.items ?? []).filter((item) => now - item.at < RECENT_MS);
        for (let click = 0; click < fresh; click += 1) items.push({ job_id: newId(), values: form, at: now });
        return { items };
      },
      showAddress,
      passOn(delivered, id) {
        window.dash_clientside.set_props(id, { data: delivered });
      },
      believe(search) {
        believed = search ?? "";
      },
    },
    form: {
      // What is wrong may be out of sight: folded away or scrolled off.
      showFirstError(errors, ids) {
        const first = errors.findIndex(Boolean);
        if (first < 0 || !window.dash_clientside.callback_context.triggered.some(({ value }) => value)) return;
        requestAnimationFrame(() => {
          const control = elementOf(ids[first]);
          control?.closest("details:not([open])")?.setAttribute("open", "");
          control?.scrollIntoView({ block: "center" });
          control?.focus({ preventScroll: true });
        });
      },
      // What was wrong with a value is not what is wrong with the next one.
      forgetErrors(values, errors) {
        const { inputs_list: [fields], triggered } = window.dash_clientside.callback_context;
        const changed = new Set(triggered.map(({ prop_id }) => prop_id));
        fields.forEach(({ id }, position) => {
          if (errors[position] && changed.has(`${nameOf(id)}.value`)) window.dash_clientside.set_props(id, { error: null });
        });
      },
      // A part that was never seen is drawn now. It is JSON until then: controls cost, seen or not.
      showVariants(values, tabs, variants, ids, tabIds, areHidden, folded) {
        const chosen = { ...held(values, ids, "field"), ...held(tabs, tabIds, "tab") };
        variants.forEach((id, position) => {
          const isHidden = id.tag === "*" ? !chosen[id.selector] : chosen[id.selector] !== id.tag;
          if (isHidden === (areHidden[position] ?? false)) return;
          const isEmpty = !isHidden && !elementOf(id)?.childElementCount;
          window.dash_clientside.set_props(id, isEmpty ? { hidden: false, children: folded[id.variant] } : { hidden: isHidden });
        });
      },
    },
  });

  // ---- Enter runs, Esc cancels ---------------------------------------------------------------------------------
  const cancelButton = () => document.querySelector("[data-cancel]:not([hidden]):not([disabled])");

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const { target } = event;
    const isOpen = target.getAttribute?.("aria-expanded") === "true";
    if (event.key === "Enter" && target.matches?.(".la-form input") && !isOpen && !target.closest(".mantine-TagsInput-root")) {
      event.preventDefault();
      document.querySelector("[data-run-button]")?.click();
    }
    const isCovered = [...document.querySelectorAll("[role=dialog], [role=listbox]")].some((each) => each.checkVisibility());
    if (event.key === "Escape" && !isOpen && !isCovered) cancelButton()?.click();
  });
})();
