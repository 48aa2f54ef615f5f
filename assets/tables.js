// Small tables: a click on a header sorts, "Copy" puts the table on the clipboard as tab-separated text.
(() => {
  const textOf = (cell) => cell.dataset.value ?? cell.textContent.trim();

  // Thousands stand apart and shares end with a sign; both are numbers all the same.
  const numberOf = (text) => (text === "" ? NaN : Number(text.replace(/[\u202f\u00a0]/g, "").replace(/\s*%$/, "")));

  function compare(left, right) {
    const [a, b] = [numberOf(left), numberOf(right)];
    if (!Number.isNaN(a) && !Number.isNaN(b)) return a - b;
    return left.localeCompare(right, undefined, { numeric: true });
  }

  function sort(header) {
    const table = header.closest("table");
    const position = [...header.parentElement.children].indexOf(header);
    const order = header.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
    for (const each of header.parentElement.children) each.setAttribute("aria-sort", each === header ? order : "none");
    const sign = order === "ascending" ? 1 : -1;
    const key = (row) => textOf(row.children[position]);
    const rows = [...table.tBodies[0].rows];
    const isEmpty = (row) => ["", "–"].includes(key(row));
    rows.sort((a, b) => isEmpty(a) - isEmpty(b) || sign * compare(key(a), key(b)));
    table.tBodies[0].append(...rows);
  }

  async function copy(button) {
    const rows = [...button.closest("table").querySelectorAll("thead tr, tbody tr")];
    const text = rows.map((row) => [...row.children].map(textOf).join("\t")).join("\n");
    await navigator.clipboard.writeText(text);
    const label = button.lastElementChild;
    label.textContent = "Copied";
    setTimeout(() => (label.textContent = "Copy"), 1500);
  }

  document.addEventListener("click", (event) => {
    const header = event.target.closest(".la-sort")?.closest("th");
    if (header) sort(header);
    const button = event.target.closest(".la-copy-table");
    if (button) copy(button);
  });
})();
