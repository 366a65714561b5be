// What a reader takes along: the page, the numbers.

/**
 * The numbers of a recording as a long table, a row a value, as codec.WriteCSV in Go has it: in parts, so that no string grows too long.
 * @param {Track[]} tracks several are told apart by a first column "run"
 * @returns {string[]}
 */
function csvOf(tracks) {
  const head = [...(tracks.length > 1 ? ["run"] : []), "frame", "time", "phase", "field"], first = head.length;
  /** @type {Map<string, {at: number, label: number}>} the columns of each dimension, see dimKey; label is 0 where there are none */
  const columns = new Map();
  const taken = new Set([...head, "value"]), frames = tracks.flatMap((t, run) => Array.from({ length: t.length }, (_, i) => ({ t, run, i })));
  const labelled = new Set(frames.flatMap(({ t, i }) => Object.keys(t.at(i).labels)));
  const add = (/** @type {string} */ text) => {
    let name = text;
    for (let n = 2; taken.has(name); n++) name = `${text}_${n}`;
    taken.add(name);
    return head.push(name) - 1;
  };
  for (const { t, i } of frames) {
    for (const { dims } of Object.values(t.at(i).fields)) {
      dims.forEach((d, k) => {
        if (!columns.has(dimKey(dims, k))) columns.set(dimKey(dims, k), { at: add(d), label: labelled.has(d) ? add(d + "_label") : 0 });
      });
    }
  }
  const line = (/** @type {string[]} */ cells) => cells.join(",") + "\n";
  const parts = [line([...head.map(csvCell), "value"])];
  for (const { t, run, i } of frames) {
    const s = t.at(i), lines = [], row = new Array(head.length + 1).fill("");
    [String(i), csvNumber(s.time), csvCell(s.phase)].forEach((text, k) => (row[first - 4 + k] = text));
    if (tracks.length > 1) row[0] = csvCell(runName(tracks, run));
    for (const [name, f] of Object.entries(s.fields)) {
      row.fill("", first);
      row[first - 1] = csvCell(name);
      const dims = f.dims.map((d, k) => Object.assign({ names: s.labels[d] || [], place: 0, size: f.shape[k] }, columns.get(dimKey(f.dims, k))));
      for (const v of f.data) {
        for (const d of dims) {
          row[d.at] = String(d.place);
          if (d.label) row[d.label] = d.names[d.place] === undefined ? "" : csvCell(d.names[d.place]);
        }
        row[head.length] = csvNumber(v, true);
        lines.push(line(row));
        for (let k = dims.length - 1; k >= 0 && ++dims[k].place === dims[k].size; k--) dims[k].place = 0;
      }
    }
    row.fill("", first);
    for (const [name, v] of Object.entries(s.scalars)) {
      row[first - 1] = csvCell(name);
      row[head.length] = csvNumber(v);
      lines.push(line(row));
    }
    parts.push(lines.join(""));
  }
  return parts;
}

/** What a recording is called among others. @param {Track[]} tracks @param {number} k */
function runName(tracks, k) {
  const { name } = tracks[k];
  return name && tracks.filter((t) => t.name === name).length === 1 ? name : `${name || translate("run")} ${k + 1}`;
}

/** Tells dimensions apart that have one name: [token, token]. @param {string[]} dims @param {number} k */
function dimKey(dims, k) {
  return dims[k] + "\0".repeat(dims.slice(0, k).filter((d) => d === dims[k]).length);
}

/** The shortest text that reads back as the same number, of 32 bits if single. @param {number} v @param {boolean} [single] */
function csvNumber(v, single) {
  if (!Number.isFinite(v)) return v !== v ? "NaN" : v > 0 ? "+Inf" : "-Inf";
  for (let digits = 6; single && digits < 9; digits++) {
    const short = Number(v.toPrecision(digits));
    if (Math.fround(short) === v) return String(short);
  }
  return String(v);
}

/** A text that a spreadsheet would run as a formula gets an apostrophe before it. @param {string} text */
function csvCell(text) {
  const safe = /^[=+\-@\t\r\n＝＋－＠]/.test(text) ? "'" + text : text;
  return /^[ \t]|[",\r\n]/.test(safe) ? '"' + safe.replace(/"/g, '""') + '"' : safe;
}

/**
 * A page of this one animation that needs no network: the cell's own HTML, with the code that other cells may have carried for it.
 * @param {HTMLElement} host @param {string} title @param {number} [variant] the one that the page begins with
 */
async function pageOf(host, title, variant) {
  const { slots } = /** @type {any} */ (window)[Symbol.for("gonb-xai/1")];
  const copy = /** @type {HTMLElement} */ (host.cloneNode(true)), data = copy.querySelector("script.xainb-data");
  const cell = JSON.parse((data && data.textContent) || "null");
  if (cell.variants && variant !== undefined) {
    const { docs, start } = cell.variants;
    if (!docs[start].doc) docs[start].doc = cell.doc;
    cell.doc = docs[variant].doc;
    cell.variants.start = variant;
  }
  for (const part of [cell.player, ...cell.libraries]) part.code = part.code || (await deflated(slots[part.id].source));
  /** @type {Element} */ (data).textContent = JSON.stringify(cell).replace(/</g, "\\u003c");
  copy.removeAttribute("data-xainb");
  const name = element("span", "", title || "gonb-xai").innerHTML; // escaped
  return pageHead.replace("%s", () => name) + copy.outerHTML + "\n</body>\n</html>\n";
}

/** @param {string} text @returns {Promise<string>} base64 */
async function deflated(text) {
  const bytes = new Uint8Array(await new Response(new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"))).arrayBuffer());
  let out = "";
  for (let i = 0; i < bytes.length; i += 0x8000) out += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(out);
}
