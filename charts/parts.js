// Parts that several painters share: names of features, colours that can be read, legends, text that is measured.

Object.assign(chinese, {
  "Nothing": "还没有条目", "has {} {}": "的 {} 为 {}", "has a {} yet": "得到 {}", "Strongest so far: ": "目前最强：", ", then {}.": "，其次是 {}。", ".": "。", " and ": " 和 ",
  "{} of {} {}": "{}（{} {}）", "{} not finite": "{} 个非有限值", "{}. Arrow up and down choose one.": "{}。用上下箭头选择。", "none": "无",
  "not finite ({})": "非有限值（{}）", "1 point": "1 个点", "{} points": "{} 个点", "{} is at {}, {}": "{} 位于 {}, {}",
});

/**
 * One entry of a 1-D field. The key stays the same from frame to frame: the label and which of its kind it is, so that "the" and
 * the second "the" are two, and an algorithm may sort its ranking as it likes.
 * @typedef {object} Entry
 * @property {string} key
 * @property {string} raw the label as the run has it
 * @property {string} label as it is shown
 * @property {number} nth 1 for the first of this label, 2 for the second; 0 where the label is the only one
 * @property {number} index
 * @property {number} value
 */

/** @type {WeakMap<Track, Map<string, string[]>>} */
const knownLabels = new WeakMap();

/**
 * The labels along a dimension at a frame; where the frame names none, those of the track's first frame that does.
 * @param {Track} track @param {Snapshot} snapshot @param {string} dim
 * @returns {string[]}
 */
function labelsAt(track, snapshot, dim) {
  const own = snapshot.labels[dim];
  if (own) return own;
  let known = knownLabels.get(track);
  if (!known) knownLabels.set(track, (known = new Map()));
  const hit = known.get(dim);
  if (hit) return hit;
  for (let i = 0; i < track.length; i++) {
    const l = track.at(i).labels[dim];
    if (l) {
      known.set(dim, l);
      return l;
    }
  }
  known.set(dim, []);
  return [];
}

/**
 * @param {ArrayLike<number>} data @param {string[]} labels @param {string} dim names an entry without a label: "feature 3"
 * @returns {Entry[]}
 */
function entriesOf(data, labels, dim) {
  const counts = new Map();
  const out = [];
  for (let i = 0; i < data.length; i++) {
    const label = labels[i] === undefined ? `${dim} ${i + 1}` : labels[i];
    const nth = (counts.get(label) || 0) + 1;
    counts.set(label, nth);
    out.push({ key: `${label}#${nth}`, raw: label, label: plainLabel(label), nth, index: i, value: data[i] });
  }
  for (const e of out) if (counts.get(e.raw) === 1) e.nth = 0;
  return out;
}

/**
 * Leaves of a frame's entries those that have come by then, and says which of them the frame brought.
 * @param {Entry[]} all @param {number[]|null} came the index of the entry that each frame brings, -1 for none @param {number} index of the frame
 * @returns {{here: Entry[], newest: Entry|undefined}}
 */
function arrivedEntries(all, came, index) {
  if (!came) return { here: all, newest: undefined };
  const last = Math.min(index, came.length - 1), known = new Set(came.slice(0, last + 1));
  const here = all.filter((e) => known.has(e.index) || e.value !== 0);
  return { here, newest: here.find((e) => e.index === came[last]) };
}

/**
 * A label as a sentence and a ranking have it: without a tokenizer's mark for a space or a comma behind it; a bare sign is in quotation marks.
 * @param {string} label
 */
function plainLabel(label) {
  const bare = bounded(label).replace(/^[Ġ▁]/u, "");
  return /[\p{L}\p{N}]/u.test(bare) ? bare.replace(/[.,;:!?…。，、；：！？]+$/u, "") : `“${bare}”`;
}

/** Right-to-left text as a part of its own, so that it does not turn the numbers beside it around. @param {string} text */
function isolated(text) {
  return /[\u0590-\u08ff\ufb1d-\ufdfd\ufe70-\ufefc]/.test(text) ? `\u2068${text}\u2069` : text;
}

/** A value as text; what is nothing beside the limit is 0, not a power of ten. @param {number} v @param {number} limit @returns {string} */
function valueText(v, limit) {
  return Math.abs(v) < 1e-4 * limit ? "0" : formatNumber(v);
}

/**
 * What the parts of a ranking say to captions: {feature} {has} a value, the entry that is selected or newest; {lead} says "Strongest so far: "
 * where anything is, {top} is the strongest with its value, {rest} the next two and the full stop.
 * @param {Entry[]} all @param {Entry|undefined} one @param {string} name of the values @param {number} limit
 * @returns {Object<string, string|number>}
 */
function rankingReadings(all, one, name, limit) {
  const order = all.filter((e) => Number.isFinite(e.value)).sort((a, b) => Math.abs(b.value) - Math.abs(a.value) || a.index - b.index);
  const said = (/** @type {Entry} */ e) => `${isolated(e.label)} ${valueText(e.value, limit)}`;
  const rest = order.slice(1, 3).map(said).join(translate(" and "));
  const top = order[0], it = one || top;
  /** @type {Object<string, string|number>} */
  const out = {
    feature: it ? isolated(it.label) : translate("Nothing"), has: it ? translate("has {} {}", name, valueText(it.value, limit)) : translate("has a {} yet", name),
    lead: top ? translate("Strongest so far: ") : "", top: "", rest: top ? (rest ? translate(", then {}.", rest) : translate(".")) : "",
  };
  if (it) out.value = valueText(it.value, limit);
  if (top) Object.assign(out, { top: said(top), "top.label": isolated(top.label), "top.value": valueText(top.value, limit) });
  return out;
}

/** Says what a panel reads, under names that begin with its spec's `as` where it has one. @param {Panel} panel @param {Object<string, string|number>} values */
function readAs(panel, values) {
  const as = panel.spec.as || "";
  panel.read(as ? Object.fromEntries(Object.entries(values).map(([k, v]) => [as + k, v])) : values);
}

/**
 * The labels by which panels find the same position: nothing where an axis has only counts, which mean something else in every picture.
 * @param {string[]} names
 */
function linkLabels(names) {
  return names.every((t, i) => t === String(i + 1)) ? names.map(() => "") : names;
}

/** A position along a dimension for Panel.point. @param {string} dim @param {number} index @param {string[]} names @returns {Places} */
function placeOf(dim, index, names) {
  return { [dim]: { index, label: linkLabels(names)[index] } };
}

/** @param {number} n @returns {string} "3 not finite", or nothing */
function notFiniteText(n) {
  return n > 0 ? translate("{} not finite", n) : "";
}

/**
 * What a picture is of, with its time where that is not the clock's: a run with fewer frames than the others is held at its last one. ofTime in charts/clock.go is the same.
 * @param {string} name @param {Frame} frame @param {number} [track]
 */
function ofTime(name, frame, track) {
  const own = frame.snapshot(track), unit = own.timeName || "step", { clock } = frame;
  if (!clock || clock.time === null || clock.time === own.time || clock.name !== unit || own.time - own.time !== 0) return name;
  return translate("{} of {} {}", name, translate(unit) + (unit.length === 1 ? " =" : ""), formatTime(own.time));
}

/** @param {HTMLElement|SVGElement} el @param {Object<string, string>} style */
function styled(el, style) {
  Object.assign(el.style, style);
  return el;
}

/** @param {string} css @returns {number} relative luminance (WCAG 2), 0..1 */
function luminance(css) {
  const [r, g, b] = parseColour(css).map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** @param {string} a @param {string} b @returns {number} contrast ratio (WCAG 2), 1..21 */
function contrast(a, b) {
  const x = luminance(a), y = luminance(b);
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

/**
 * The colour for text on a background: the theme's ink or paper where that is readable (4.5:1), otherwise black or white,
 * of which one always is.
 * @param {string} background @param {Theme} theme
 */
function inkOn(background, theme) {
  for (const c of [theme.ink, theme.paper]) if (contrast(c, background) >= 4.5) return c;
  return contrast("#000", background) > contrast("#fff", background) ? "#000000" : "#ffffff";
}

/** @param {string} a @param {string} b @param {number} t share of b @returns {string} */
function mixColour(a, b, t) {
  const x = parseColour(a), y = parseColour(b);
  return `rgb(${[0, 1, 2].map((k) => Math.round(x[k] + (y[k] - x[k]) * t)).join(",")})`;
}

/**
 * Where a value stands on its ramp: "heat" runs from 0 to the largest, "diverging" is symmetric about 0.
 * @param {number} v @param {string} ramp @param {number} limit the largest magnitude of the track
 */
function rampPosition(v, ramp, limit) {
  const t = limit > 0 ? v / limit : 0;
  return ramp === "diverging" ? 0.5 + 0.5 * t : t;
}

/**
 * A legend as thin as it can be read: the ramp with the values at its ends.
 * @param {string} name @param {string} ramp @param {number} limit @param {Theme} theme
 * @returns {HTMLElement}
 */
function rampLegend(name, ramp, limit, theme) {
  const box = element("div");
  styled(box, { display: "flex", alignItems: "center", gap: "8px", font: `12px ${theme.font}`, color: theme.muted, fontVariantNumeric: "tabular-nums" });
  const bar = element("span");
  const stops = [];
  for (let i = 0; i <= 16; i++) stops.push(rampCSS(ramp, i / 16, theme));
  styled(bar, { display: "inline-block", width: "112px", height: "6px", background: `linear-gradient(to right, ${stops.join(", ")})` });
  if (ramp === "diverging") { // a line where zero is
    const zero = element("span");
    styled(zero, { display: "block", width: "1px", height: "12px", margin: "-3px auto", background: theme.muted });
    bar.append(zero);
  }
  if (name) box.append(element("span", "", name));
  box.append(element("span", "", ramp === "diverging" ? formatNumber(-limit) : "0"), bar, element("span", "", formatNumber(limit)));
  return box;
}

/** @type {CanvasRenderingContext2D|null} */
let measureContext = null;

/** @param {string} text @param {string} font CSS shorthand @returns {number} pixels */
function textWidth(text, font) {
  if (!measureContext) measureContext = document.createElement("canvas").getContext("2d");
  if (!measureContext) return 7 * text.length;
  measureContext.font = font;
  return measureContext.measureText(bounded(text)).width;
}

const longestText = 300;

/** A text without its middle where it is so long that its ends are all that could show: each of its letters would be measured and drawn. @param {string} s */
function bounded(s) {
  if (s.length <= 2 * longestText) return s;
  return s.slice(0, longestText).replace(/[\ud800-\udbff]$/, "") + "…" + s.slice(-longestText).replace(/^[\udc00-\udfff]/, "");
}

/** A label on one line: line breaks and tabs are shown as signs. @param {string} s */
function oneLine(s) {
  return bounded(s).replace(/\r\n|[\n\r]/g, "↵").replace(/\t/g, "⇥");
}

/**
 * Shortens a text in its middle until it fits.
 * @param {string} text @param {number} width @param {string} font @returns {string}
 */
function shortened(text, width, font) {
  if (textWidth(text, font) <= width) return text;
  const chars = Array.from(bounded(text));
  const kept = (/** @type {number} */ n) => chars.slice(0, Math.ceil(n / 2)).join("") + "…" + chars.slice(chars.length - Math.floor(n / 2)).join("");
  let fits = 0, not = chars.length;
  while (not - fits > 1) {
    const n = (fits + not) >> 1;
    if (textWidth(kept(n), font) <= width) fits = n;
    else not = n;
  }
  return fits ? kept(fits) : "…";
}

/**
 * Breaks a text at its spaces into at most so many lines; what does not fit ends in "…".
 * @param {string} text @param {number} width pixels @param {string} font @param {number} most lines
 * @returns {string[]}
 */
function wrapLines(text, width, font, most) {
  /** @type {string[]} */
  const lines = [];
  let line = "";
  for (const word of bounded(text).split(/\s+/)) {
    const longer = line ? `${line} ${word}` : word;
    if (line && textWidth(longer, font) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  lines.push(line);
  const kept = lines.slice(0, most);
  return kept.map((l, i) => {
    const cut = i === most - 1 && lines.length > most;
    if (!cut && textWidth(l, font) <= width) return l;
    const chars = Array.from(l);
    while (chars.length > 1 && textWidth(chars.join("") + "…", font) > width) chars.pop();
    return chars.join("").trimEnd() + "…";
  });
}

/** @returns {boolean} the reader asked for less motion */
function stillness() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/**
 * Shows a tooltip of what is under the pointer over el; also when something else comes under a pointer that rests.
 * @template T
 * @param {Panel} panel
 * @param {HTMLElement} el
 * @param {(x: number, y: number, target: Element) => (T|null)} find at pixels of el
 * @param {(found: T) => TooltipLine[]} lines
 * @param {(found: T) => Places} [places] what other panels are to mark
 */
function onHover(panel, el, find, lines, places) {
  el.addEventListener("pointermove", (e) => {
    const box = el.getBoundingClientRect(), x = e.clientX - box.left, y = e.clientY - box.top, target = /** @type {Element} */ (e.target);
    panel.tooltip(() => {
      const found = find(x, y, target);
      return found === null ? [] : lines(found);
    }, e.clientX, e.clientY);
    const found = places && find(x, y, target);
    if (places) panel.point(found === null || found === undefined ? null : places(found));
  });
  el.addEventListener("pointerleave", () => {
    panel.tooltip([], 0, 0);
    if (places) panel.point(null);
  });
}

/**
 * Lets arrow up and down choose among what the picture shows; beyond either end nothing is chosen.
 * @param {Panel} panel
 * @param {string} what the picture shows
 * @param {() => {key: string, label: string}[]} all in the order of the arrows
 * @returns {() => void} tells who cannot see it what is chosen: to be called at each draw
 */
function onArrows(panel, what, all) {
  const el = panel.el, name = panel.spec.select;
  const place = () => all().findIndex((e) => e.key === panel.state(name));
  el.tabIndex = 0;
  el.setAttribute("role", "slider");
  el.setAttribute("aria-orientation", "vertical");
  el.setAttribute("aria-label", translate("{}. Arrow up and down choose one.", what));
  el.setAttribute("aria-valuemin", "0");
  el.addEventListener("keydown", (e) => {
    const by = e.key === "ArrowUp" ? -1 : e.key === "ArrowDown" ? 1 : 0;
    if (!by || e.ctrlKey || e.altKey || e.metaKey || e.shiftKey) return;
    e.preventDefault();
    const list = all(), at = place(), next = list[at < 0 && by < 0 ? list.length - 1 : at + by];
    panel.set(name, next ? next.key : "");
  });
  return () => {
    const list = all(), at = place();
    styled(el, { outlineColor: panel.theme().accent, outlineOffset: "4px" });
    el.setAttribute("aria-valuemax", String(list.length));
    el.setAttribute("aria-valuenow", String(at + 1));
    el.setAttribute("aria-valuetext", at < 0 ? translate("none") : list[at].label);
  };
}

/**
 * Ten colours in which no two classes look alike to any reader, in either theme: in the four kinds of colour vision two are 0.11 or more apart in OKLab, and each
 * stands out from the page by 3:1. classColours in charts/classes.go are those of the light theme.
 */
const classColours = {
  light: ["#8b07fe", "#310636", "#b63a07", "#782276", "#728ef2", "#fd1db1", "#133905", "#9f9308", "#200dc1", "#2b7360"],
  dark: ["#9708f7", "#fefd21", "#c60e09", "#efa9b1", "#6d97fd", "#207167", "#f740b8", "#a1930a", "#90faf9", "#17dd13"],
};

/** @param {number} k a class, -1 for none @param {Theme} theme @returns {string} */
function classColour(k, theme) {
  const all = theme.dark ? classColours.dark : classColours.light;
  return k >= 0 ? all[k % all.length] : theme.muted;
}

/** The point of a class that is nearest to the middle of its points, -1 without any. @param {ArrayLike<number>} points pairs @param {number[]} of @param {number} k */
function medoid(points, of, k) {
  const own = [];
  let x = 0, y = 0;
  for (let i = 0; i < of.length; i++) {
    if (of[i] !== k || !Number.isFinite(points[2 * i] + points[2 * i + 1])) continue;
    own.push(i);
    x += points[2 * i];
    y += points[2 * i + 1];
  }
  let best = -1, least = Infinity;
  for (const i of own) {
    const d = (points[2 * i] - x / own.length) ** 2 + (points[2 * i + 1] - y / own.length) ** 2;
    if (d < least) [best, least] = [i, d];
  }
  return best;
}
