// What a reader takes along: the page, the numbers.

/**
 * The numbers of the tracks as a table with a line a value (codec/csv.go writes the same): in parts, so that no string grows too long.
 * @param {Track[]} tracks @returns {string[]}
 */
function csvOf(tracks) {
  /** @type {string[]} */
  const dims = [];
  for (const t of tracks) for (const f of Object.values(t.length ? t.at(0).fields : {})) for (const d of f.dims) if (!dims.includes(d)) dims.push(d);
  const several = tracks.length > 1;
  const parts = [[...(several ? ["run"] : []), "frame", "time", "phase", "name", ...dims, "value"].map(csvCell).join(",") + "\r\n"];
  tracks.forEach((track, k) => {
    for (let i = 0; i < track.length; i++) {
      const s = track.at(i), start = [...(several ? [csvCell(track.name || String(k + 1))] : []), i + 1, csvNumber(s.time), csvCell(s.phase)];
      const lines = Object.entries(s.scalars).map(([name, v]) => [...start, csvCell(name), ...dims.map(() => ""), csvNumber(v)].join(","));
      for (const [name, f] of Object.entries(s.fields)) {
        const at = f.shape.map(() => 0);
        for (let j = 0; j < f.data.length; j++) {
          const place = dims.map((d) => {
            const k = f.dims.indexOf(d), said = k < 0 ? undefined : s.labels[d];
            return k < 0 ? "" : said && said[at[k]] !== undefined ? csvCell(said[at[k]]) : at[k] + 1;
          });
          lines.push([...start, csvCell(name), ...place, csvNumber(f.data[j])].join(","));
          for (let d = at.length - 1; d >= 0 && ++at[d] === f.shape[d]; d--) at[d] = 0;
        }
      }
      parts.push(lines.map((l) => l + "\r\n").join(""));
    }
  });
  return parts;
}

/** @param {number} v */
function csvNumber(v) {
  return v === Infinity ? "+Inf" : v === -Infinity ? "-Inf" : String(v);
}

/** A text that a spreadsheet would run as a formula gets an apostrophe before it. @param {string} text */
function csvCell(text) {
  const safe = /^[=+\-@\t\r]/.test(text) ? "'" + text : text;
  return /[",\r\n]/.test(safe) ? '"' + safe.replace(/"/g, '""') + '"' : safe;
}

/**
 * A page of this one animation that needs no network: the cell's own HTML, with the code that other cells may have carried for it.
 * @param {HTMLElement} host @param {string} title
 */
async function pageOf(host, title) {
  const { slots } = /** @type {any} */ (window)[Symbol.for("gonb-xai/1")];
  const copy = /** @type {HTMLElement} */ (host.cloneNode(true)), data = copy.querySelector("script.xainb-data");
  const cell = JSON.parse((data && data.textContent) || "null");
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
