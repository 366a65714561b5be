// What is said of the place under the pointer.

/** @param {HTMLElement} player @returns {{show: Panel["tooltip"], redo: () => void}} redo: the frame under the pointer is another one */
function makeTooltip(player) {
  const box = element("div", "tooltip");
  box.hidden = true;
  player.append(box);
  let again = () => {};
  /** @type {Panel["tooltip"]} */
  function show(said, x, y) {
    const lines = typeof said === "function" ? said() : said;
    again = () => show(said, x, y);
    box.hidden = lines.length === 0;
    if (box.hidden) return;
    box.replaceChildren(...lines.map((l) => {
      const row = element("div");
      row.append(element(l.strong ? "strong" : "span", "", l.text));
      return row;
    }));
    player.append(box); // last, so that it lies over the rest
    const area = player.getBoundingClientRect(), own = box.getBoundingClientRect();
    const left = Math.max(0, Math.min(x - area.left + 14, area.width - own.width));
    const above = y - area.top - own.height - 12;
    box.style.left = `${left}px`;
    box.style.top = `${above < 0 ? y - area.top + 16 : above}px`;
  }
  return { show, redo: () => again() };
}
