// The offline banner: asks the server whether it is there, says so when it is not, and goes when it is back.
(() => {
  const PING_MS = 3000;
  const AWAY_PING_MS = 1000;
  const TIMEOUT_MS = 5000;
  let banner = null;
  let timer = null;

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

  async function ping() {
    clearTimeout(timer);
    try {
      const answer = await fetch("/health", { cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MS) });
      if (!answer.ok) throw new Error(String(answer.status));
      hide();
    } catch {
      show();
    }
    timer = setTimeout(pingIfSeen, banner ? AWAY_PING_MS : PING_MS);
  }

  function pingIfSeen() {
    if (document.hidden) timer = setTimeout(pingIfSeen, PING_MS);
    else ping();
  }

  window.addEventListener("offline", ping);
  window.addEventListener("online", ping);
  document.addEventListener("visibilitychange", () => !document.hidden && ping());
  timer = setTimeout(pingIfSeen, PING_MS);
})();
