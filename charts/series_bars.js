// Kind "bars" of painter "series": a ranking. Horizontal bars, the strongest first, about zero where values are negative; a bar that
// changes its rank moves there. A feature stays the same by its name and which of that name it is.
// spec: { kind, option, field, dim, name, top, slots, long, min, max, more, came, select }; series "bars" of the option.
// reads: rankingReadings (parts.js); {feature} is the selected one, else the newest where they come one by one, else the strongest.

Object.assign(chinese, {
  "… and {} more": "……还有 {} 个", "rank {}": "第 {} 名",
});

seriesKinds.bars = barChart;

/** @typedef {Entry & {rank: number, top: boolean, newest: boolean, chosen: boolean}} Bar */

/** @param {Chart} c @returns {Picture} */
function barChart(c) {
  const { panel, chart, plot } = c, spec = panel.spec, track = panel.tracks[0];
  /** @type {Bar[]} */
  let bars = [];
  /** @type {{names: number, values: number, row: number, lines: number}} */
  let layout;
  /** @type {Entry[]} */
  let all = [];
  const few = Math.max(1, spec.slots), limit = Math.max(Math.abs(spec.min), Math.abs(spec.max));
  /** @type {Entry|undefined} */
  let newest;
  let marked = -1;
  /** @type {string[]} the labels of the frame, of which the bars are the strongest */
  let names = [];
  const pointed = () => panel.pointed(spec.dim, names);

  /** How wide names and values become over the whole track, so that nothing moves but the bars. */
  function measure(/** @type {Theme} */ theme) {
    const font = `650 13px ${theme.font}`, width = c.width();
    const widest = Math.max(0, ...spec.long.map((/** @type {string} */ l) => textWidth(l, font)));
    const most = Math.max(60, Math.min(240, width * 0.42)), marks = 16;
    const values = Math.max(...[spec.min, spec.max].map((v) => textWidth(formatNumber(v), `12px ${theme.font}`))) + 14;
    const names = Math.ceil(Math.min(widest + marks, most));
    const lines = Math.max(1, ...spec.long.map((/** @type {string} */ l) => wrapLines(l, names - marks + 2, font, 3).length));
    layout = { names, values: Math.ceil(values), row: lines > 1 ? 6 + 15 * lines : 25, lines };
  }

  function base() {
    const theme = panel.theme(), option = spec.option;
    measure(theme);
    const height = few * layout.row + 6;
    c.setHeight(height);
    c.setHead(spec.name);
    if (spec.more) c.setFoot(" "); // its room from the start
    const negative = spec.min < 0, left = layout.names + 10 + (negative ? layout.values : 0);
    const hide = { show: false };
    return {
      grid: [{ left, right: layout.values, top: 2, height: few * layout.row, outerBoundsMode: "none" }],
      xAxis: [Object.assign({}, option.xAxis[0], hide, { min: Math.min(0, spec.min), max: Math.max(0, spec.max) || 1 })],
      yAxis: [Object.assign({}, option.yAxis[0], { axisLabel: hide, axisTick: hide, splitLine: hide, axisLine: { show: true, onZero: true, lineStyle: { color: theme.faint, width: 1 } }, silent: true, min: 0, max: few, inverse: true })],
      series: [Object.assign({}, option.series[0], {
        renderItem: (/** @type {any} */ params, /** @type {any} */ api) => drawBar(bars[params.dataIndex], api, theme),
        clip: false, silent: true, data: [], animation: !stillness(), animationDuration: 0, animationDurationUpdate: 280, animationEasingUpdate: "cubicInOut",
      })],
    };
  }

  function drawBar(/** @type {Bar|undefined} */ b, /** @type {any} */ api, /** @type {Theme} */ theme) {
    if (!b) return null;
    const zero = api.coord([0, 0])[0], end = api.coord([b.value, 0])[0], y = api.coord([0, b.rank])[1];
    const row = layout.row, thick = 15, mid = row / 2, named = b.chosen || b.top;
    const fill = named ? theme.accent : mixColour(theme.paper, theme.ink, 0.3);
    const leftward = b.value < 0;
    const text = (/** @type {string} */ s, /** @type {number} */ x, /** @type {string} */ align, /** @type {any} */ style) => ({
      type: "text", x, y: mid, transition: ["x"], style: Object.assign({ text: s, align, verticalAlign: "middle", fontFamily: theme.font, fontSize: 13, fill: theme.ink }, style),
    });
    const strong = b.chosen || b.newest;
    const children = [
      text(wrapLines(b.label, layout.names - (b.nth ? 14 : 0), `${strong ? 650 : 400} 13px ${theme.font}`, layout.lines).join("\n"), layout.names - (b.nth ? 14 : 0), "right",
        { fontWeight: strong ? 650 : 400, fill: b.chosen ? theme.accent : theme.ink, lineHeight: 15 }),
      { type: "rect", shape: { x: Math.min(zero, end), y: mid - thick / 2, width: Math.max(1, Math.abs(end - zero)), height: thick }, transition: ["shape"], style: { fill } },
      text(valueText(b.value, limit), end + (leftward ? -6 : 6), leftward ? "right" : "left", { fontSize: 12, fill: named ? theme.accent : theme.muted, fontWeight: named ? 650 : 400 }),
    ];
    children.push(text(b.nth ? String(b.nth) : "", layout.names, "right", { fontSize: 11, fill: theme.muted }));
    if (b.index === marked) children.push(/** @type {any} */ ({ type: "rect", shape: { x: Math.min(zero, end) - 1.5, y: mid - thick / 2 - 1.5, width: Math.abs(end - zero) + 3, height: thick + 3 }, style: { fill: "none", stroke: theme.ink, lineWidth: 1 } }));
    if (b.newest) children.push({ type: "rect", shape: { x: Math.min(zero, end) - 2.5, y: mid - thick / 2 - 2.5, width: Math.abs(end - zero) + 5, height: thick + 5 }, transition: ["shape"], style: { fill: "none", stroke: theme.accent, lineWidth: 1.25 } });
    return { type: "group", x: 0, y, transition: ["x", "y"], enterFrom: { y: api.coord([0, few])[1] }, children };
  }

  /** The bars of a frame in their order; how many are left out, and how many are not finite. */
  function rank(/** @type {Frame} */ frame) {
    const f = frame.field(spec.field);
    all = [];
    newest = undefined;
    if (!f) return { bars: [], more: 0, bad: 0 };
    const known = labelsAt(track, frame.snapshot(), spec.dim), every = entriesOf(f.data, known, spec.dim);
    names = every.map((e) => e.raw);
    ({ here: all, newest } = arrivedEntries(every, spec.came, frame.own().index));
    const finite = all.filter((e) => Number.isFinite(e.value));
    const order = finite.slice().sort((a, b) => Math.abs(b.value) - Math.abs(a.value) || a.index - b.index);
    const chosen = panel.state(spec.select);
    const list = order.slice(0, spec.top).map((e, i) => Object.assign(e, {
      rank: i, top: i === 0 && !chosen && e.value !== 0, chosen: e.key === chosen, newest: e === newest,
    }));
    return { bars: list, more: order.length - list.length, bad: all.length - finite.length };
  }

  function draw(/** @type {Frame} */ frame) {
    marked = pointed();
    const now = rank(frame), shown = new Set(now.bars.map((b) => b.key));
    // What leaves the ranking slides out below, where it cannot be seen, and is gone at the next change.
    const leaving = bars.filter((b) => b.rank < few && !shown.has(b.key)).map((b) => Object.assign({}, b, { rank: few, top: false, newest: false }));
    bars = now.bars.concat(leaving);
    c.setFoot([now.more ? translate("… and {} more", now.more) : "", notFiniteText(now.bad)].filter(Boolean).join(", "));
    chart.setOption({ series: [{ id: "bars", data: bars.map((b) => ({ id: b.key, name: b.label, value: [b.value, b.rank] })) }] });
  }

  const find = (/** @type {number} */ x, /** @type {number} */ y) => bars.find((b) => b.rank < few && b.rank === Math.floor((y - 2) / layout.row)) || null;
  onHover(panel, plot, find, (b) => [{ text: b.label, strong: true }, { text: `${spec.name || spec.field} ${valueText(b.value, limit)}` }, { text: translate("rank {}", b.rank + 1) }],
    (b) => placeOf(spec.dim, b.index, names));
  plot.addEventListener("click", (e) => {
    const box = plot.getBoundingClientRect(), b = find(e.clientX - box.left, e.clientY - box.top);
    if (b) panel.set(spec.select, panel.state(spec.select) === b.key ? "" : b.key);
  });
  styled(plot, { cursor: "pointer" });
  const tell = onArrows(panel, spec.name || spec.field, () => bars.filter((b) => b.rank < few));

  return {
    base, draw,
    key: (frame) => `${frame.position} ${panel.state(spec.select)} ${pointed()}`,
    read() {
      tell();
      readAs(panel, rankingReadings(all, all.find((e) => e.key === panel.state(spec.select)) || newest, spec.field, limit));
    },
  };
}
