// Painter "path": the tests on the way to a decision, from the top; those of the current frame are lit, the last of them is where the
// decision stands, and what a later frame adds is a ghost.
// spec: { field, dim, longest, score } (charts.Path). reads: {node}, {test} of the node where the decision stands, {nodes}.

painters.path = paintPath;

Object.assign(chinese, { "no test yet": "还没有判断", "score {}": "得分 {}", "{}, asked ≤ {}": "{}，要求 ≤ {}" });

/** @typedef {{name: string, threshold: number, value: number}} PathTest */

/** @param {Panel} panel @returns {Painting} */
function paintPath(panel) {
  const spec = panel.spec, track = panel.tracks[0];
  const list = element("ol"), foot = element("div", "small");
  panel.el.append(list, foot);

  /** @param {Snapshot} s @returns {PathTest[]} */
  function testsOf(s) {
    const f = s.fields[spec.field], out = [];
    if (!f) return [];
    const names = labelsAt(track, s, spec.dim);
    for (let i = 0; i < f.shape[0]; i++) out.push({ name: names[i] === undefined ? `${spec.dim} ${i + 1}` : names[i], threshold: f.data[2 * i], value: f.data[2 * i + 1] });
    return out;
  }

  /** What the next frames add to this frame's path: the longest of those that begin with it, until one does not. @param {PathTest[]} now @param {number} index */
  function ahead(now, index) {
    let best = now;
    for (let i = index + 1; i < track.length; i++) {
      const later = testsOf(track.at(i));
      if (!now.every((t, k) => later[k] && later[k].name === t.name && Object.is(later[k].threshold, t.threshold))) break;
      if (later.length > best.length) best = later;
    }
    return best.slice(now.length);
  }

  function draw(/** @type {Frame} */ frame) {
    const theme = panel.theme(), now = testsOf(frame.snapshot()), later = ahead(now, frame.own().index);
    styled(list, { listStyle: "none", margin: "0", padding: "0", font: `15px/1.35 ${theme.font}` });
    const all = now.concat(later);
    list.replaceChildren(...all.map((t, i) => row(t, i, i < now.length ? (i === now.length - 1 ? "here" : "past") : "ahead", i === all.length - 1, theme)));
    styled(list, { minHeight: `${spec.longest * 34}px` });
    const score = frame.scalar("score");
    foot.textContent = now.length ? (spec.score && score === score ? translate("score {}", formatNumber(score)) : "") : translate("no test yet");
    styled(foot, { marginTop: "4px", paddingLeft: "24px", color: theme.muted });
    const here = now[now.length - 1];
    panel.read({ nodes: String(now.length), node: here ? here.name : translate("no test yet"), test: here ? testText(here) : translate("no test yet") });
  }

  return { draw, dispose: () => panel.el.replaceChildren() };
}

/** @param {PathTest} t @returns {string} "petal length 4.7 > 2.45" */
function testText(t) {
  return `${t.name} ${outcomeText(t)}`;
}

/** @param {PathTest} t */
function outcomeText(t) {
  if (!Number.isFinite(t.value)) return translate("{}, asked ≤ {}", formatNumber(t.value), exact(t.threshold));
  return `${exact(t.value)} ${t.value <= t.threshold ? "≤" : ">"} ${exact(t.threshold)}`;
}

/** A number of a test in as many digits as a float32 needs; rounding could turn the test around. @param {number} v */
function exact(v) {
  if (!Number.isFinite(v)) return formatNumber(v);
  const a = Math.abs(v), s = a >= 1e6 || (a > 0 && a < 1e-4) ? a.toExponential(2).replace("e+", "e") : String(+a.toPrecision(6));
  return v < 0 ? "−" + s : s;
}

/** @param {PathTest} t @param {number} i @param {"past"|"here"|"ahead"} state @param {boolean} last @param {Theme} theme */
function row(t, i, state, last, theme) {
  const li = element("li"), mark = element("span"), text = element("span");
  const colour = state === "here" ? theme.accent : state === "past" ? theme.ink : theme.muted;
  styled(li, { display: "flex", gap: "12px", position: "relative", minHeight: "34px" });
  styled(mark, { flex: "none", width: "9px", height: "9px", marginTop: "5px", borderRadius: "50%", boxSizing: "border-box", border: `1.5px solid ${state === "ahead" ? theme.faint : colour}`, background: state === "ahead" ? "transparent" : colour });
  if (!last) {
    const thread = element("span");
    styled(thread, { position: "absolute", left: "4px", top: "16px", bottom: "-3px", width: "1px", background: theme.faint });
    li.append(thread);
  }
  text.append(element("span", "", t.name), document.createTextNode(" "));
  const test = element("span", "", outcomeText(t));
  styled(test, { whiteSpace: "nowrap", fontVariantNumeric: "tabular-nums", fontWeight: state === "here" ? "650" : "400" });
  text.append(test);
  styled(text, { color: colour, overflowWrap: "anywhere" });
  li.append(mark, text);
  if (state === "here") li.setAttribute("aria-current", "step");
  return li;
}
