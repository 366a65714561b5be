// Small helpers: elements, numbers as a reader wants them, templates for captions.

/** @type {Object<string, Painter>} the painters, each registered by its own file */
const painters = Object.create(null);

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag @param {string} [className] @param {string} [text] set as text, never as HTML
 * @returns {HTMLElementTagNameMap[K]}
 */
function element(tag, className, text) {
  const e = document.createElement(tag);
  if (className) e.className = className;
  if (text !== undefined) e.textContent = text;
  return e;
}

/**
 * A number in few characters: two decimals below 10, no more digits than help. Typographic minus.
 * @param {number} v
 * @returns {string}
 */
function formatNumber(v) {
  if (!Number.isFinite(v)) return v !== v ? "NaN" : v > 0 ? "∞" : "−∞";
  const a = Math.abs(v);
  let s;
  if (a === 0) s = "0";
  else if (a >= 1e6 || a < 1e-4) s = a.toExponential(1).replace("e+", "e").replace(".0e", "e");
  else if (a >= 1000) s = Math.round(a).toLocaleString("en-US");
  else if (a >= 100) s = a.toFixed(0);
  else if (a >= 10) s = a.toFixed(1);
  else if (a >= 0.0095) s = a.toFixed(2);
  else s = String(+a.toPrecision(2));
  return v < 0 ? "−" + s : s;
}

/** A formula as Go ships it (show/formula.go): a text, or an element's name, its attributes if it has any, its children. @typedef {string|any[]} Formula */

/**
 * Fills el with the template: {name} becomes values.name (a number is formatted, a missing one is "–"), **text** is set in
 * the accent colour, $TeX$ is a formula where there is one, \\$ a dollar. Values are text: what they contain is never read as markup.
 * @param {HTMLElement} el
 * @param {string} template
 * @param {Object<string, string|number>} values
 * @param {Object<string, Formula>} [formulas] by their TeX
 */
function fillTemplate(el, template, values, formulas) {
  let strong = false;
  /** @type {Node[]} */
  const out = [];
  const write = (/** @type {string} */ text) => void out.push(strong ? element("strong", "", text) : document.createTextNode(text));
  for (const part of template.split(/(\*\*|\\\$|\$(?:\\[^]|[^\\$])+\$|\{[^{}]*\})/)) {
    const tex = part.slice(1, -1);
    if (part === "**") strong = !strong;
    else if (part === "\\$") write("$");
    else if (part[0] === "$" && formulas && Object.prototype.hasOwnProperty.call(formulas, tex)) out.push(mathElement(["math", formulas[tex]], values));
    else if (part[0] === "{" && part[part.length - 1] === "}") write(readingText(values, tex));
    else if (part[0] === "$" && part.length > 1) write(part.replace(/\{([^{}]*)\}/g, (_, name) => readingText(values, name)));
    else if (part) write(part);
  }
  el.replaceChildren(...out);
}

/** @param {Object<string, string|number>} values @param {string} name */
function readingText(values, name) {
  const v = Object.hasOwn(values, name) ? values[name] : undefined;
  return v === undefined || v === null ? "–" : typeof v === "number" ? formatNumber(v) : String(v);
}

/** Builds MathML; "{name}" as an element's text is a live number. @param {any[]} tree @param {Object<string, string|number>} values @returns {Element} */
function mathElement(tree, values) {
  const e = document.createElementNS("http://www.w3.org/1998/Math/MathML", String(tree[0]));
  for (const part of tree.slice(1)) {
    if (Array.isArray(part)) e.append(mathElement(part, values));
    else if (typeof part === "string") e.append(tree[0] === "mn" && /^\{.+\}$/.test(part) ? readingText(values, part.slice(1, -1)) : part);
    else for (const k of Object.keys(part)) e.setAttribute(k, part[k]);
  }
  return e;
}

/** @type {Object<string, string>} the drawings on the buttons, as SVG paths in a 16 by 16 box */
const iconPaths = {
  play: "M5 3l8 5-8 5z",
  pause: "M4.5 3h2.5v10H4.5zM9 3h2.5v10H9z",
  back: "M10.5 3.5v9L4.5 8z",
  forward: "M5.5 3.5v9l6-4.5z",
  reverse: "M8 4v8L2.5 8zM13.5 4v8L8 8z",
  loop: "M8 3V1L4.5 3.75 8 6.5v-2a3.75 3.75 0 1 1-3.6 2.7l-1.4-.5A5.25 5.25 0 1 0 8 3z",
  bounce: "M5.5 4v2h5V4L14 7 10.5 10V8h-5v2L2 7zM2 12h12v1.25H2z",
  more: "M3 7h2v2H3zM7 7h2v2H7zM11 7h2v2h-2z",
};

/** @param {SVGElement} svg @param {string} name */
function setIcon(svg, name) {
  /** @type {Element} */ (svg.firstChild).setAttribute("d", iconPaths[name]);
}

/**
 * @param {string} className @param {string} icon @param {string} label said by the tooltip and by screen readers
 * @param {() => void} click
 * @returns {HTMLButtonElement}
 */
function iconButton(className, icon, label, click) {
  const b = element("button", className);
  b.type = "button";
  b.title = label;
  b.setAttribute("aria-label", label);
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  svg.appendChild(document.createElementNS(svg.namespaceURI || "", "path"));
  setIcon(svg, icon);
  b.appendChild(svg);
  b.addEventListener("click", click);
  return b;
}
