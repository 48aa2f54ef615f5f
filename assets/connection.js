// Asks the server whether it is there and whether there is news of jobs or alerts. A banner says when it is not there.
(() => {
  const PING_MS = 1500;
  const AWAY_PING_MS = 1000;
  const HIDDEN_PING_MS = 12000;
  const LOOK_MS = 10000; // ages of jobs and the state of the machine are told anew this often, changed or not
  const TIMEOUT_MS = 5000;
  let banner = null;
  let timer = null;
  let toldAlerts = null;
  let told = null; // the revision of the jobs that the page was told
  let toldAt = Date.now();

  function show() {
    if (banner) return;
    banner = document.createElement("div");
    banner.className = "la-offline";
    banner.setAttribute("role", "alert");
    banner.textContent = "The server cannot be reached. Jobs that were started go on; this page catches up when it is back.";
    document.body.append(banner);
  }

  function hide() {
    banner?.remove();
    banner = null;
  }

  // The drawer and the home page listen to this store. They are told of news only: being told costs them much.
  function tell(jobs) {
    const now = Date.now();
    if (!window.dash_clientside?.set_props || (jobs === told && now - toldAt < LOOK_MS)) return;
    window.dash_clientside.set_props("shell-jobs-tick", { data: `${jobs} ${now}` });
    told = jobs;
    toldAt = now;
  }

  function tellAlerts(alerts) {
    if (!window.dash_clientside?.set_props || alerts === toldAlerts) return;
    window.dash_clientside.set_props("shell-alerts-tick", { data: alerts });
    toldAlerts = alerts;
  }

  async function ping() {
    clearTimeout(timer);
    try {
      const answer = await fetch("/_pulse", { cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MS) });
      if (!answer.ok) throw new Error(String(answer.status));
      hide();
      const news = await answer.json();
      tell(news.jobs);
      tellAlerts(news.alerts);
    } catch {
      show();
    }
    clearTimeout(timer); // another may have asked meanwhile, as the page came into sight
    timer = setTimeout(ping, document.hidden ? HIDDEN_PING_MS : banner ? AWAY_PING_MS : PING_MS);
  }

  window.addEventListener("offline", ping);
  window.addEventListener("online", ping);
  document.addEventListener("visibilitychange", () => !document.hidden && ping());
  timer = setTimeout(ping, PING_MS);
})();
