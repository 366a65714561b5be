// The controls of a document: words to choose from, a list, a question to answer before playing. Each sets one entry of the state.

/**
 * @typedef {object} Option
 * @property {any} value
 * @property {string} label
 * @property {string} [subtitle]
 * @property {string} [caption]
 */

/**
 * @typedef {object} Control
 * @property {"choice"|"menu"|"predict"} kind
 * @property {string} state
 * @property {string} [label]
 * @property {Option[]} options
 * @property {string} [reveal]
 */

/**
 * @param {Control[]} controls
 * @param {(key: string) => any} get
 * @param {(key: string, value: any, control: Control) => void} set
 * @returns {{el: HTMLElement, show: () => void, focus: (control: Control|null) => void}}
 */
function makeControls(controls, get, set) {
  const el = element("div", "controls");
  el.hidden = controls.length === 0;
  /** @type {Map<string, HTMLElement>} */
  const boxes = new Map();
  const shows = controls.map((c) => {
    const box = element("div", "control " + (c.kind === "menu" ? "list" : c.kind));
    boxes.set(c.state, box);
    if (c.label) box.append(element("span", "label", c.label));
    el.append(box);
    return c.kind === "menu" ? menu(c, box) : words(c, box);
  });

  function words(/** @type {Control} */ c, /** @type {HTMLElement} */ box) {
    box.setAttribute("role", "radiogroup");
    if (c.label) box.setAttribute("aria-label", c.label);
    const buttons = c.options.map((o) => {
      const b = element("button", "option", o.label);
      b.type = "button";
      b.setAttribute("role", "radio");
      b.addEventListener("click", () => set(c.state, o.value, c));
      box.append(b);
      return b;
    });
    // As in any group of radio buttons the arrows move the choice; left and right stay the player's. An answer to a question is given by hand.
    box.addEventListener("keydown", (e) => {
      const by = e.key === "ArrowUp" ? -1 : e.key === "ArrowDown" ? 1 : 0, at = buttons.findIndex((b) => b === e.target);
      if (!by || at < 0 || e.ctrlKey || e.altKey || e.metaKey || e.shiftKey) return;
      e.preventDefault();
      const next = buttons[(at + by + buttons.length) % buttons.length];
      next.focus();
      if (c.kind === "choice") next.click();
    });
    return () => buttons.forEach((b, i) => b.setAttribute("aria-checked", String(get(c.state) === c.options[i].value)));
  }

  function menu(/** @type {Control} */ c, /** @type {HTMLElement} */ box) {
    const select = element("select");
    if (c.label) select.setAttribute("aria-label", c.label);
    for (const o of c.options) select.append(element("option", "", o.label));
    select.addEventListener("change", () => set(c.state, c.options[select.selectedIndex].value, c));
    box.append(select);
    return () => {
      const at = c.options.findIndex((o) => o.value === get(c.state));
      if (at === select.selectedIndex && select.options[at] && select.options[at].defaultSelected) return;
      [...select.options].forEach((o, i) => (o.defaultSelected = i === at)); // the attribute, which copies keep
      select.selectedIndex = at;
    };
  }

  return {
    el, show: () => shows.forEach((f) => f()),
    focus(c) {
      const box = c && boxes.get(c.state), chosen = box && /** @type {HTMLElement|null} */ (box.querySelector("[aria-checked=true], select"));
      if (chosen) chosen.focus({ preventScroll: true });
    },
  };
}
