// Elements that a drawing board is made of: buttons, fields, lists. What they do belongs to whoever makes them.
(() => {
  const scene = ((window.lookahead ??= {}).scene ??= {});

  // Properties that are no properties of elements are attributes: aria-label, data-tool, role.
  function make(tag, properties = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
      if (value === null || value === undefined || value === false) continue;
      if (name in made && !name.includes("-")) made[name] = value;
      else made.setAttribute(name, value === true ? "" : value);
    }
    made.append(...children.filter((child) => child !== null && child !== undefined));
    return made;
  }

  const icon = (name) => make("span", { className: `la-icon la-icon-${name}`, "aria-hidden": "true", style: "width:16px;height:16px" });

  function button(label, onclick, properties = {}) {
    const { icon: name, ...rest } = properties;
    const made = make("button", { type: "button", className: "la-tool la-tool-small", ...rest }, name ? icon(name) : null, label);
    made.addEventListener("click", onclick);
    return made;
  }

  // A labelled number; `take` gets it once it is entered, and only where it is one.
  function numberField(label, value, take, { step = "any", name = label, min } = {}) {
    const input = make("input", { type: "number", value: value ?? "", step, min, "data-name": name });
    input.addEventListener("change", () => take(input.value === "" ? null : Number(input.value)));
    return make("label", { className: "la-scene-field" }, make("span", {}, label), input);
  }

  function textField(label, value, take, { name = label } = {}) {
    const input = make("input", { type: "text", value: value ?? "", "data-name": name, maxLength: 100 });
    input.addEventListener("change", () => take(input.value.trim()));
    return make("label", { className: "la-scene-field" }, make("span", {}, label), input);
  }

  function linesField(label, lines, take, { name = label } = {}) {
    const input = make("textarea", { rows: 4, "data-name": name, spellcheck: false });
    input.value = lines.map((line) => line.map((value) => Number(value.toFixed(4))).join(" ")).join("\n");
    input.addEventListener("change", () => {
      const rows = input.value.split("\n").map((line) => line.trim()).filter(Boolean);
      take(rows.map((row) => row.split(/[\s,;]+/).map(Number)));
    });
    return make("label", { className: "la-scene-field la-scene-wide" }, make("span", {}, label), input);
  }

  function flagField(label, checked, take, { name = label } = {}) {
    const input = make("input", { type: "checkbox", checked, "data-name": name });
    input.addEventListener("change", () => take(input.checked));
    return make("label", { className: "la-scene-flag" }, input, make("span", {}, label));
  }

  function choiceField(label, value, options, take, { name = label } = {}) {
    const input = make("select", { "data-name": name });
    for (const [key, title] of options) input.append(make("option", { value: key, selected: key === value }, title));
    input.addEventListener("change", () => take(input.value));
    return make("label", { className: "la-scene-field" }, make("span", {}, label), input);
  }

  // New content for a box; the focus stays on what has the same name.
  function refill(box, children, attribute = "data-name") {
    const held = box.contains(document.activeElement) ? document.activeElement.getAttribute(attribute) : null;
    box.replaceChildren(...children);
    if (held !== null) box.querySelector(`[${attribute}="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
  }

  Object.assign(scene, { button, choiceField, flagField, icon, linesField, make, numberField, refill, textField });
})();
