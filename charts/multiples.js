// Painter "multiples": a small picture for each position along one dimension; the selected one is outlined, a click changes it.

/**
 * Beside what RasterSpec says.
 * @typedef {object} MultiplesOwnSpec
 * @property {string} over the dimension
 * @property {string} select the state's entry that holds the position
 * @property {string} [title] template: {count}, {time}, {timeName} and what else the player knows of a frame
 * @property {string} [item] what one of them is called, "head"
 * @property {boolean} [legend]
 */
/** @typedef {RasterSpec & MultiplesOwnSpec} MultiplesSpec */

const thumbGap = 10, thumbMost = 88;

painters.multiples = paintMultiples;

/** @param {Panel} panel @returns {Painting} */
function paintMultiples(panel) {
  /** @type {MultiplesSpec} */
  const spec = panel.spec;
  const title = element("div", "small"), grid = element("div");
  styled(title, { marginBottom: "8px" });
  grid.setAttribute("role", "radiogroup");
  panel.el.append(title, grid);
  const legend = spec.legend ? makeLegend(panel.el) : null;
  /** @type {{button: HTMLButtonElement, raster: ReturnType<typeof makeRaster>}[]} */
  let thumbs = [];
  let placedFor = "", chosenFor = "", width = 0, gridWidth = 0;
  const item = spec.item || spec.over;
  /** @type {string[]} */
  let names = [];
  const links = () => thumbs.map((_, i) => names[i] || "");
  const nameOf = (/** @type {number} */ i) => (names[i] === undefined ? `${item} ${i + 1}` : oneLine(names[i]));

  /** @param {number} n */
  function make(n) {
    if (thumbs.length === n) return;
    thumbs = Array.from({ length: n }, (_, i) => {
      const button = element("button"), raster = makeRaster();
      button.type = "button";
      button.setAttribute("role", "radio");
      styled(raster.cells, { display: "block", width: "100%", height: "100%" });
      button.append(raster.cells);
      button.addEventListener("click", () => panel.set(spec.select, i));
      onHover(panel, button, () => i, () => [{ text: nameOf(i) }], () => placeOf(spec.over, i, links()));
      return { button, raster };
    });
    grid.replaceChildren(...thumbs.map((t) => t.button));
    placedFor = chosenFor = "";
  }

  /** @param {Slice} s */
  function place(s) {
    if (!width) width = panel.el.clientWidth; // read once a size: reading makes the browser lay the page out
    const n = thumbs.length, room = width || 240;
    const columns = thumbColumns(n, room), size = Math.min(thumbMost, Math.floor((room - 2 - (columns - 1) * thumbGap) / columns));
    const most = Math.max(s.rows, s.cols), w = Math.max(4, Math.round((size * s.cols) / most)), h = Math.max(4, Math.round((size * s.rows) / most));
    const now = [columns, w, h, s.rows, s.cols].join();
    if (now !== placedFor) {
      placedFor = now;
      styled(grid, { display: "grid", gridTemplateColumns: `repeat(${columns}, ${w}px)`, gap: thumbGap + "px" });
      for (const t of thumbs) {
        styled(t.button, { display: "block", width: w + "px", height: h + "px" });
        t.raster.cells.style.imageRendering = most <= size * (window.devicePixelRatio || 1) ? "pixelated" : "auto";
      }
    }
    gridWidth = columns * w + (columns - 1) * thumbGap;
  }

  /** @param {Frame} frame */
  function draw(frame) {
    const track = trackOf(panel, spec), name = String(panel.resolve(spec.field));
    const field = frame.field(name, track), dim = field ? field.dims.indexOf(spec.over) : -1;
    if (panel.el.hidden !== (dim < 0)) panel.el.hidden = dim < 0;
    if (!field || dim < 0) return;
    make(field.shape[dim]);
    names = labelsAt(panel.tracks[track], frame.snapshot(track), spec.over);
    const theme = panel.theme(), range = rangeOf(panel, spec, name, spec.ramp), table = rampTable(spec.ramp, theme);
    const chosen = positionOf(panel, { ramp: "", field: "", index: { [spec.over]: "$" + spec.select } }, spec.over, thumbs.length);
    let bad = 0;
    thumbs.forEach((t, i) => {
      const s = sliceOf(panel, spec, field, { [spec.over]: i });
      if (t.button.getAttribute("aria-label") !== nameOf(i)) t.button.setAttribute("aria-label", nameOf(i));
      if (!s) return;
      bad += t.raster.paint(s, table, range, theme);
      if (i === 0) place(s);
    });
    choose(chosen, panel.pointed(spec.over, links()), theme);
    const text = fillText(spec.title || "", Object.assign(frameReadings(frame, track), { count: String(thumbs.length) }));
    if (title.textContent !== text) title.textContent = text;
    if (title.hidden !== !text) title.hidden = !text;
    if (grid.getAttribute("aria-label") !== (text || item)) grid.setAttribute("aria-label", text || item);
    panel.read({ [spec.over]: names[chosen] === undefined ? String(chosen + 1) : names[chosen] });
    if (legend) legend.show(spec.ramp, range, mostOf(panel, spec, name), bad, 0, Math.min(260, Math.max(80, gridWidth)), theme);
  }

  /** @param {number} chosen @param {number} marked @param {Theme} theme */
  function choose(chosen, marked, theme) {
    const now = [chosen, marked, theme.accent, theme.paper].join();
    if (now === chosenFor) return;
    chosenFor = now;
    thumbs.forEach((t, i) => {
      t.button.setAttribute("aria-checked", String(i === chosen));
      t.button.tabIndex = i === chosen ? 0 : -1;
      t.button.style.boxShadow = i === chosen ? `0 0 0 2px ${theme.paper}, 0 0 0 3.75px ${theme.accent}` : i === marked ? `0 0 0 1px ${theme.ink}` : "none";
    });
  }

  /** As in any group of radio buttons the arrows move the choice; left and right stay the player's. @param {KeyboardEvent} e */
  function keyed(e) {
    const by = e.key === "ArrowUp" ? -1 : e.key === "ArrowDown" ? 1 : 0;
    if (!by || e.ctrlKey || e.altKey || e.metaKey || e.shiftKey || !thumbs.length) return;
    e.preventDefault();
    const at = thumbs.findIndex((t) => t.button.tabIndex === 0), next = (at + by + thumbs.length) % thumbs.length;
    panel.set(spec.select, next);
    thumbs[next].button.tabIndex = 0;
    thumbs[next].button.focus();
  }
  grid.addEventListener("keydown", keyed);

  return {
    draw,
    resize: () => void (width = 0),
    dispose: () => panel.el.replaceChildren(),
  };
}

/**
 * As few columns as keep the pictures from being larger than they need, at least 3 (2 of 4); full rows where that costs little.
 * @param {number} n @param {number} width
 */
function thumbColumns(n, width) {
  let least = Math.max(1, Math.min(n, n <= 4 ? 2 : 3));
  while (least < n && (width - (least - 1) * thumbGap) / least > 1.15 * thumbMost) least++;
  for (let c = least; c <= Math.min(n, least * 1.5); c++) if (n % c === 0) return c;
  for (let c = least - 1; c >= least * 0.75; c--) if (n % c === 0) return c;
  return least;
}
