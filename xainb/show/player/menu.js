// What opens under "more": what can be done with the picture, its frame as a table, what is known of the run, the keys.

/**
 * @typedef {object} MenuAction
 * @property {string} label in English
 * @property {() => (string|void|Promise<string|void>)} act returns what to say for a moment in place of the label
 */

/**
 * @param {{name: string, text: string}[]} facts @param {Chapter[]} chapters @param {(frame: number) => void} seek
 * @param {(() => MenuAction)[]} actions @param {() => HTMLElement} table @param {(text: string) => void} tell
 * @returns {{el: HTMLElement, toggle: () => boolean, refresh: (frame: number) => void}} refresh: this frame is shown now
 */
function makeMenu(facts, chapters, seek, actions, table, tell) {
  const el = element("div", "menu"), line = element("div", "actions"), list = element("dl", "details"), sheet = element("div", "sheet");
  el.hidden = sheet.hidden = true;
  sheet.tabIndex = 0; // it scrolls
  sheet.setAttribute("role", "group");
  sheet.setAttribute("aria-label", translate("Frame"));
  const term = (/** @type {string} */ name, /** @type {(string|Node)[]} */ ...text) => {
    const dd = element("dd");
    dd.append(...text);
    list.append(element("dt", "", translate(name)), dd);
  };
  for (const f of facts) term(f.name, f.text);
  if (chapters.length > 1) {
    term("chapters", ...chapters.flatMap((c, k) => [k ? " · " : "", textButton(c.name, translate("Go to “{}”", c.name), () => seek(c.at))]));
  }
  term("keys", translate(keyHelp));

  let shown = -1; // the frame in the table
  const toggleTable = () => {
    sheet.hidden = !sheet.hidden;
    fillTable();
  };
  function fillTable() {
    if (el.hidden || sheet.hidden) sheet.replaceChildren();
    else sheet.replaceChildren(table());
  }
  const labels = [...actions, () => ({ label: sheet.hidden ? "Show the frame as a table" : "Hide the table", act: toggleTable })].map((made) => {
    let until = 0; // when the label has its place again from what was said of the last click
    const label = () => {
      if (performance.now() >= until) b.textContent = translate(made().label);
    };
    const say = (/** @type {string} */ text) => {
      until = performance.now() + 2400;
      b.textContent = text;
      tell(text);
      setTimeout(label, 2500);
    };
    const b = textButton("", "", () => {
      Promise.resolve().then(made().act).then((said) => (said ? say(said) : relabel()), (e) => say(translate("This did not work: {}", e.message)));
    });
    line.append(b);
    return label;
  });
  const relabel = () => labels.forEach((label) => label());
  relabel();
  el.append(line, sheet, list);
  return {
    el,
    refresh(frame) {
      if (frame === shown) return;
      shown = frame;
      fillTable();
    },
    toggle() {
      el.hidden = !el.hidden;
      fillTable();
      relabel();
      return !el.hidden;
    },
  };
}

/** @param {string} text @param {string} title @param {() => void} click */
function textButton(text, title, click) {
  const b = element("button", "option", text);
  b.type = "button";
  if (title) b.title = title;
  b.addEventListener("click", click);
  return b;
}

/** How many values a table of a frame shows; nobody reads more. */
const tableCells = 4096;

/**
 * The numbers of a frame: its scalars, then a table for each field.
 * @param {Frame} frame @param {Track[]} tracks
 */
function frameTable(frame, tracks) {
  const out = element("div", "tables");
  let room = tableCells, left = 0;
  tracks.forEach((track, k) => {
    if (tracks.indexOf(track) < k) return;
    const snapshot = frame.snapshot(k), scalars = Object.entries(snapshot.scalars);
    const name = new Set(tracks).size > 1 ? runName(tracks, k) + ": " : "";
    if (scalars.length) out.append(tableOf(name + translate("frame") + " " + (frame.index + 1), ["", "value"], scalars.map(([s, v]) => [s, formatNumber(v)])));
    for (const field of Object.keys(snapshot.fields)) {
      const f = snapshot.fields[field], size = f.shape.length, cols = size > 1 ? f.shape[size - 1] : 1, rows = size > 1 ? f.shape[size - 2] : f.data.length;
      const labels = (/** @type {number} */ d, /** @type {number} */ n) => {
        const said = d >= 0 ? snapshot.labels[f.dims[d]] : undefined;
        return Array.from({ length: n }, (_, i) => (said && said[i] !== undefined ? said[i] : String(i + 1)));
      };
      for (let at = 0; at < f.data.length; at += rows * cols) {
        const shown = Math.min(rows, Math.floor(room / cols));
        left += (rows - shown) * cols;
        if (shown === 0) continue;
        room -= shown * cols;
        const names = labels(size > 1 ? size - 2 : size - 1, rows), over = size > 1 ? labels(size - 1, cols) : [field];
        const body = names.slice(0, shown).map((label, r) => [label, ...Array.from({ length: cols }, (_, c) => formatNumber(f.data[at + r * cols + c]))]);
        out.append(tableOf(name + field + planeName(f, snapshot, at / (rows * cols)), [f.dims.slice(-2).join(" / "), ...over], body));
      }
    }
  });
  if (left) out.append(element("p", "", translate("{} more values are in the file of numbers.", left.toLocaleString("en-US"))));
  return out;
}

/** Where a plane of the last two dimensions stands among the others: ", head 3". @param {Field} f @param {Snapshot} snapshot @param {number} plane */
function planeName(f, snapshot, plane) {
  let name = "";
  for (let d = f.shape.length - 3; d >= 0; d--) {
    const i = plane % f.shape[d], said = snapshot.labels[f.dims[d]];
    name = `, ${f.dims[d]} ${said && said[i] !== undefined ? said[i] : i + 1}${name}`;
    plane = Math.floor(plane / f.shape[d]);
  }
  return name;
}

/** @param {string} caption @param {string[]} head @param {string[][]} rows the first of each row names it */
function tableOf(caption, head, rows) {
  const table = element("table"), top = element("tr");
  const cell = (/** @type {string} */ text, /** @type {string} */ scope) => {
    const th = element("th", "", text);
    th.scope = scope;
    return th;
  };
  top.append(...head.map((text, i) => (i || text ? cell(text, "col") : element("td"))));
  table.append(element("caption", "", caption), top, ...rows.map((row) => {
    const tr = element("tr");
    tr.append(...row.map((text, i) => (i ? element("td", "", text) : cell(text, "row"))));
    return tr;
  }));
  return table;
}
