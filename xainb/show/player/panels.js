// Where the panels of a document stand.

/**
 * @param {Doc} doc @param {HTMLElement} into a row, which becomes the document's outermost
 * @param {(el: HTMLElement, panel: Doc["panels"][0]) => void} fill
 */
function placePanels(doc, into, fill) {
  /** @param {Layout} part @returns {number} its share of a row: of panels in a row that of all, in a column that of the largest */
  function growOf(part) {
    if (!part.parts) return doc.panels[part.panel].grow;
    return part.parts.map(growOf).reduce((a, b) => (part.column ? Math.max(a, b) : a + b), 0);
  }
  /** @param {Layout} part @returns {number} the least width in a row, in pixels */
  function basisOf(part) {
    return part.parts ? Math.max(...part.parts.map(basisOf)) : doc.panels[part.panel].basis || 280;
  }
  /** @param {Layout} part @param {HTMLElement} box */
  function place(part, box) {
    const el = part.parts && !part.column && box === into ? into : element("div", !part.parts ? "panel" : part.column ? "column" : "panels");
    if (el !== box) {
      el.style.flex = box.className === "column" ? "none" : `${growOf(part)} 1 ${basisOf(part)}px`;
      box.append(el);
    }
    if (part.parts) for (const p of part.parts) place(p, el);
    else fill(el, doc.panels[part.panel]);
  }
  into.replaceChildren();
  place(doc.layout || { panel: 0, parts: doc.panels.map((_, panel) => ({ panel })) }, into);
}
