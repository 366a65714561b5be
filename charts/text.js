// Painter "text": words as running text, each on the colour of its weight.
// spec: { field, dim, mask, name, ramp, limit, came, select, words } (charts.Words); words is the longest list of labels of the track.
// reads: rankingReadings (parts.js); {feature} is the selected word, else the newest where the words come one by one, else the
// strongest; {masked}: the words that are struck through.

painters.text = paintText;

Object.assign(chinese, {
  "no weight yet": "还没有权重", "nothing": "无",
});

/** @typedef {{el: HTMLElement, key: string, raw: string, label: string, shown: string}} Word */

const closingSigns = /^[.,;:!?%)\]}’”»…。，、！？；：）」』]+$/u;
const openingSigns = /^[([{‘“«（「『]+$/u;
const wideFirst = /^[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u{20000}-\u{3ffff}]/u;
const wideLast = /[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u{20000}-\u{3ffff}]$/u;
const rightToLeft = /^[^\p{L}]*[\u0590-\u08ff\ufb1d-\ufdfd\ufe70-\ufefc]/u;
const specialToken = /^(\[[A-Za-z_]+\]|<\/?[a-z_|]+>|<\|.*\|>)$/;

/**
 * The words as they are read: whether a space stands before each, and what is shown of it. Pieces of a word ("##ing"; without "Ġ" or
 * "▁" where others have it) join the word before them, so does punctuation, and CJK is set without spaces.
 * @param {string[]} labels
 * @returns {{shown: string, space: boolean}[]}
 */
function readingOf(labels) {
  const marked = labels.some((l) => /^[Ġ▁]/u.test(l));
  return labels.map((label, i) => {
    const before = i > 0 ? labels[i - 1] : "";
    if (label.startsWith("##") && label.length > 2) return { shown: label.slice(2), space: false };
    if (marked && !specialToken.test(label)) return { shown: label.replace(/^[Ġ▁]/u, "") || " ", space: i > 0 && (/^[Ġ▁]/u.test(label) || specialToken.test(before)) };
    const dense = wideFirst.test(label) && wideLast.test(before);
    return { shown: label, space: i > 0 && !dense && !closingSigns.test(label) && !openingSigns.test(before) };
  });
}

/** @param {Panel} panel @returns {Painting} */
function paintText(panel) {
  const spec = panel.spec, track = panel.tracks[0];
  const text = element("div", ""), foot = element("div", "small");
  foot.hidden = true;
  /** @type {HTMLElement} */
  let legend = element("div");
  panel.el.append(text, legend, foot);
  /** @type {Word[]} */
  let words = [];
  /** @type {string} */
  let written = "";
  /** @type {Entry[]} */
  let entries = [];
  /** @type {Map<string, Entry>} */
  let byKey = new Map();

  function restyle() {
    const theme = panel.theme(), long = spec.words.length > 120;
    styled(text, { font: `${long ? 15 : 19}px/${long ? 1.75 : 1.9} ${theme.font}`, color: theme.muted, maxHeight: "440px", overflowY: "auto", overflowWrap: "anywhere", padding: "3px", margin: "0 -3px" });
    const fresh = rampLegend(spec.name, spec.ramp, spec.limit, theme);
    styled(fresh, { marginTop: "10px" });
    legend.replaceWith(fresh);
    legend = fresh;
  }
  restyle();
  const tell = onArrows(panel, spec.name || spec.field, () => words);

  /** Writes the words; only where the labels have changed. */
  function write(/** @type {string[]} */ labels) {
    const same = labels.join("\u0000");
    if (same === written && words.length) return;
    written = same;
    const reading = readingOf(labels);
    words = entriesOf(new Float32Array(labels.length), labels, spec.dim).map((e, i) => {
      const el = element("bdi", "", reading[i].shown);
      const ends = reading[i + 1] ? reading[i + 1].space : true;
      const begins = reading[i].space || i === 0, near = begins ? "3px" : "0", far = ends ? "3px" : "0";
      styled(el, {
        paddingBlock: "2px 3px", paddingInline: `${begins ? 4 : 1}px ${ends ? 4 : 1}px`, cursor: "pointer",
        borderStartStartRadius: near, borderEndStartRadius: near, borderStartEndRadius: far, borderEndEndRadius: far,
      });
      if (specialToken.test(e.raw)) styled(el, { fontSize: "0.72em" });
      el.dataset.index = String(i);
      return { el, key: e.key, raw: e.raw, label: e.label, shown: reading[i].shown };
    });
    text.dir = rightToLeft.test(labels.join("")) ? "rtl" : "ltr"; // "auto" would not look into the words
    text.replaceChildren(...words.flatMap((w, i) => (reading[i].space ? [document.createTextNode(" "), w.el] : [w.el])));
  }

  /** The labels to write: those of the frame, and what the track's longest text has after them. */
  function labelsNow(/** @type {string[]} */ now) {
    const all = spec.words;
    return now.length <= all.length && now.every((l, i) => l === all[i]) ? all : now;
  }

  function draw(/** @type {Frame} */ frame) {
    const theme = panel.theme(), f = frame.field(spec.field), mask = spec.mask ? frame.field(spec.mask) : null;
    const all = f ? entriesOf(f.data, labelsAt(track, frame.snapshot(), spec.dim), spec.dim) : [], arrived = arrivedEntries(all, spec.came, frame.own().index);
    entries = arrived.here;
    byKey = new Map(entries.map((e) => [e.key, e]));
    write(labelsNow(all.map((e) => e.raw)));
    const marked = panel.pointed(spec.dim, linkLabels(all.map((e) => e.raw)));
    const chosen = panel.state(spec.select), newest = arrived.newest ? arrived.newest.key : "";
    words.forEach((w, i) => {
      const e = byKey.get(w.key), v = e && Number.isFinite(e.value) ? e.value : NaN;
      const colour = e && v === v ? rampCSS(spec.ramp, rampPosition(v, spec.ramp, spec.limit), theme) : "transparent";
      const out = !!mask && mask.data[i] > 0.5, named = w.key === chosen || (!chosen && w.key === newest);
      styled(w.el, {
        background: colour, color: e && v === v ? inkOn(colour, theme) : theme.muted,
        outline: named ? `2px solid ${theme.accent}` : i === marked ? `1px solid ${theme.ink}` : "none", outlineOffset: "1px",
        textDecoration: out ? "line-through 2px" : "none",
      });
    });
    const bad = entries.filter((e) => !Number.isFinite(e.value)).length;
    foot.textContent = notFiniteText(bad);
    foot.hidden = bad === 0;
    tell();
    read(chosen, newest, mask);
  }

  function read(/** @type {string} */ chosen, /** @type {string} */ newest, /** @type {Field|null} */ mask) {
    panel.read(rankingReadings(entries, byKey.get(chosen) || byKey.get(newest), spec.field, spec.limit));
    if (mask) panel.read({ masked: words.filter((_, i) => mask.data[i] > 0.5).map((w) => w.shown).join(" ") || translate("nothing") });
  }

  /** @param {EventTarget|null} target @returns {Word|null} */
  function wordOf(target) {
    const i = target instanceof HTMLElement ? target.dataset.index : undefined;
    return i === undefined ? null : words[+i] || null;
  }
  onHover(panel, text, (_x, _y, target) => wordOf(target), (w) => {
    const at = byKey.get(w.key);
    return [{ text: w.label, strong: true }, { text: at ? `${spec.name || spec.field} ${valueText(at.value, spec.limit)}` : translate("no weight yet") }];
  }, (w) => placeOf(spec.dim, words.indexOf(w), words.map((o) => o.raw)));
  text.addEventListener("click", (e) => {
    const w = wordOf(e.target);
    if (w) panel.set(spec.select, panel.state(spec.select) === w.key ? "" : w.key);
  });

  return { draw, restyle, dispose: () => panel.el.replaceChildren() };
}
