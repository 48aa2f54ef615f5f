// Sends a chosen or dropped file in chunks: flat memory, progress, cancel, and after a failure it goes on where the
// server's copy ends. The page hears of the finished upload through a store; see components/uploader.py.
(() => {
  const CHUNK_BYTES = 8 * 2 ** 20;
  const ATTEMPTS = 6; // of one chunk; the pauses between them add up to about 15 s
  const FIRST_PAUSE_MS = 500;
  const ROUTE = "/api/v1/uploads";
  const running = new WeakMap(); // zone -> AbortController

  class UploadError extends Error {}

  const megabytes = (bytes) => (bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(bytes < 1e8 ? 1 : 0)} MB`);
  const pause = (ms) => new Promise((resume) => setTimeout(resume, ms));

  // ---- the protocol -----------------------------------------------------------------------------------------

  async function sentence(answer) {
    try {
      const problem = await answer.json();
      return problem.errors?.[0]?.msg || problem.detail || problem.title;
    } catch {
      return `the server answered ${answer.status}`;
    }
  }

  async function begin(file, signal) {
    const answer = await fetch(ROUTE, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ file_name: file.name, size: file.size }),
      signal,
    });
    if (!answer.ok) throw new UploadError(await sentence(answer));
    return (await answer.json()).data.id;
  }

  async function arrivedBytes(id, signal) {
    const answer = await fetch(`${ROUTE}/${id}`, { method: "HEAD", signal });
    if (answer.status === 404) throw new UploadError("the server no longer knows this upload; start it again");
    if (!answer.ok) throw new Error(String(answer.status));
    return Number(answer.headers.get("Upload-Offset"));
  }

  // Returns the offset of the next chunk. A refusal that a repeat cannot change is an UploadError.
  async function sendChunk(id, file, offset, signal) {
    if (offset >= file.size) return offset; // the answer to the last chunk was lost, the chunk was not
    const chunk = file.slice(offset, offset + CHUNK_BYTES);
    const answer = await fetch(`${ROUTE}/${id}?offset=${offset}`, {
      method: "PUT",
      headers: { "Content-Type": "application/octet-stream" },
      body: chunk,
      signal,
    });
    if (answer.ok) return offset + chunk.size;
    const canPass = [409, 429].includes(answer.status) || (answer.status >= 500 && answer.status !== 507); // 507: disk full
    if (canPass) throw new Error(await sentence(answer));
    throw new UploadError(await sentence(answer));
  }

  async function sendFile(file, signal, report) {
    const id = await begin(file, signal);
    try {
      let offset = 0;
      while (offset < file.size) {
        offset = await withPatience(() => sendChunk(id, file, offset, signal), async () => {
          offset = await arrivedBytes(id, signal);
        }, signal);
        report(offset);
      }
    } catch (error) {
      fetch(`${ROUTE}/${id}`, { method: "DELETE", keepalive: true }).catch(() => {});
      throw error;
    }
    return id;
  }

  async function withPatience(act, recover, signal) {
    for (let attempt = 1; ; attempt += 1) {
      try {
        if (attempt > 1) await recover();
        return await act();
      } catch (error) {
        if (signal.aborted || error instanceof UploadError || attempt === ATTEMPTS) throw error;
        await pause(FIRST_PAUSE_MS * 2 ** (attempt - 1));
      }
    }
  }

  // ---- what is seen -----------------------------------------------------------------------------------------

  function element(tag, className, text) {
    const made = document.createElement(tag);
    made.className = className;
    if (text) made.textContent = text;
    return made;
  }

  function showProgress(zone, file) {
    const area = zone.querySelector(".la-drop-progress");
    const bar = element("progress", "la-drop-bar");
    bar.max = 1;
    bar.setAttribute("aria-label", `Uploading ${file.name}`);
    const note = element("span", "la-small la-number");
    const cancel = element("button", "la-button la-button-plain la-drop-cancel", "Cancel");
    cancel.type = "button";
    const line = element("div", "la-drop-line");
    line.append(note, cancel);
    area.replaceChildren(element("strong", "", file.name), bar, line);
    zone.dataset.state = "working";
    const startedAt = performance.now();
    return (sent) => {
      bar.value = file.size ? sent / file.size : 1;
      const elapsed = (performance.now() - startedAt) / 1000;
      const left = sent && elapsed > 2 ? `, about ${Math.ceil((elapsed * (file.size - sent)) / sent)} s left` : "";
      note.textContent = `${megabytes(sent)} of ${megabytes(file.size)}${left}`;
    };
  }

  function showMessage(zone, text) {
    const area = zone.querySelector(".la-drop-progress");
    area.replaceChildren(...(text ? [element("p", "la-drop-error", text)] : []));
    zone.dataset.state = text ? "failed" : "idle";
  }

  async function upload(zone, file) {
    const limit = Number(zone.dataset.limit);
    if (file.size > limit) return showMessage(zone, `${file.name} has ${megabytes(file.size)}; at most ${megabytes(limit)} can be uploaded.`);
    if (file.size === 0) return showMessage(zone, `${file.name} is empty; choose a file with at least one row.`);
    running.get(zone)?.abort();
    const controller = new AbortController();
    running.set(zone, controller);
    const report = showProgress(zone, file);
    report(0);
    try {
      const id = await sendFile(file, controller.signal, report);
      window.dash_clientside.set_props(zone.dataset.store, { data: { upload: id, file_name: file.name } });
    } catch (error) {
      if (controller.signal.aborted) return showMessage(zone, "");
      showMessage(zone, error instanceof UploadError ? `${file.name} was not taken: ${error.message}` : `${file.name} did not arrive: the server cannot be reached. Try again when it is back.`);
    }
    return undefined;
  }

  // ---- choosing and dropping --------------------------------------------------------------------------------

  function choose(zone) {
    const input = zone.querySelector("input[type=file]");
    input.value = ""; // so that the same file can be chosen twice
    input.click();
  }

  function prepare(zone) {
    const input = element("input", "la-drop-input");
    input.type = "file";
    input.hidden = true;
    input.accept = zone.dataset.accept;
    input.setAttribute("aria-label", "File to upload");
    input.addEventListener("change", () => input.files[0] && upload(zone, input.files[0]));
    zone.append(input);
    zone.dataset.state = "idle";
  }

  const zoneOf = (event) => event.target.closest?.(".la-drop");

  document.addEventListener("click", (event) => {
    const zone = zoneOf(event);
    if (!zone) return;
    if (event.target.closest(".la-drop-choose")) choose(zone);
    if (event.target.closest(".la-drop-cancel")) running.get(zone)?.abort();
  });
  document.addEventListener("dragover", (event) => {
    const zone = zoneOf(event);
    if (!zone) return;
    event.preventDefault();
    zone.dataset.over = "true";
  });
  document.addEventListener("dragleave", (event) => {
    const zone = zoneOf(event);
    if (zone && !zone.contains(event.relatedTarget)) delete zone.dataset.over;
  });
  document.addEventListener("drop", (event) => {
    const zone = zoneOf(event);
    if (!zone) return;
    event.preventDefault();
    delete zone.dataset.over;
    if (event.dataTransfer.files.length) upload(zone, event.dataTransfer.files[0]);
  });
  new MutationObserver(() => {
    for (const zone of document.querySelectorAll(".la-drop:not([data-state])")) prepare(zone);
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
