// What the page and the posters compute alike for series, words, stages and paths, against the file that TestSeriesTwins writes.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const here = new URL("./", import.meta.url);
const files = ["../xainb/show/player/words.js", "../xainb/show/player/colour.js", "../xainb/show/player/dom.js", "parts.js", "series.js", "series_lines.js", "series_profile.js", "series_bars.js", "series_scatter.js", "text.js", "stages.js", "path.js"];
const source = files.map((f) => readFileSync(new URL(f, here), "utf8")).join("\n");
const names = ["readingOf", "plainLabel", "roundTicks", "tickText", "roomyScale", "outcomeText", "entriesOf", "arrivedEntries", "rankingReadings",
  "routeOf", "valueText", "scanRun", "rampPosition", "inkOn", "contrast", "rampCSS", "wrapLines", "spread", "labelsAt", "timeScale", "timeTicks", "seriesKinds", "onArrows", "readAs", "placeOf", "linkLabels", "classColour"];
// Text is measured as 7 pixels a character, as parts.js does where a page has no canvas.
const page = new Function("document", `"use strict";\n${source}\nreturn {${names.join(", ")}};`)({ createElement: () => ({ getContext: () => null }) });
const twins = JSON.parse(readFileSync(new URL("testdata/series.json", here), "utf8"));
const number = (s) => (s === "NaN" ? NaN : s === "+Inf" ? Infinity : s === "-Inf" ? -Infinity : Number(s));

test("tokens are read as the poster reads them", () => {
  assert.ok(twins.readings.length >= 9);
  for (const [labels, want] of twins.readings) {
    assert.equal(page.readingOf(labels.split(" ")).map((w) => (w.space ? " " : "") + w.shown).join(""), want);
  }
});

test("labels are shown alike", () => {
  for (const [label, want] of twins.labels) assert.equal(page.plainLabel(label), want, label);
});

test("axes have the poster's ticks and scales", () => {
  for (const t of twins.ticks) {
    const ticks = page.roundTicks(t.Lo, t.Hi, t.N);
    assert.deepEqual(ticks.map(page.tickText(ticks)), t.Text, `${t.Lo} to ${t.Hi}`);
  }
  for (const [lo, hi, from, to] of twins.scales) assert.deepEqual(page.roomyScale(lo, hi), [from, to]);
});

test("tests of a path come out alike", () => {
  for (const o of twins.outcomes) assert.equal(page.outcomeText({ name: "", value: number(o.Value), threshold: number(o.Threshold) }), o.Text);
});

test("rankings are read alike", () => {
  for (const r of twins.rankings) {
    const all = page.entriesOf(Float32Array.from(r.Data, number), r.Labels, "word");
    const { here, newest } = page.arrivedEntries(all, r.Came, r.Frame);
    assert.deepEqual(page.rankingReadings(here, newest, "weight", 3), r.Read);
  }
});

test("phases make the same route", () => {
  for (const r of twins.routes) {
    const got = page.routeOf(r.Phases);
    assert.deepEqual([got.stages, got.at, got.rounds, got.loopFrom, got.loopTo], [r.Stages, r.At, r.Rounds, r.From, r.To]);
  }
});

test("values and their places on a ramp are alike", () => {
  for (const [value, limit, want] of twins.values) assert.equal(page.valueText(number(value), number(limit)), want);
  for (const p of twins.positions) for (const ramp of ["heat", "diverging"]) assert.equal(page.rampPosition(p.value, ramp, 2), p[ramp]);
});

/** A track of snapshots with these parts. */
const trackOf = (frames) => ({ length: frames.length, at: (i) => Object.assign({ timeName: "", scalars: {}, fields: {}, labels: {} }, frames[i]) });

test("the abscissa is the run's own time where that is a way", () => {
  for (const t of twins.times) {
    const got = page.scanRun(trackOf(t.Times.map((time) => ({ time, timeName: "t" }))), []);
    assert.deepEqual([got.x, got.name], [t.X, t.Name]);
    assert.equal(got.inverse, t.Name === "t" && t.X.length > 1 && t.X[1] < t.X[0]);
  }
});

test("labels of a frame, or of the first frame that names any", () => {
  const track = trackOf([{}, { labels: { word: ["a", "b"] } }, { labels: { word: ["c"] } }]);
  for (const [i, want] of [[0, ["a", "b"]], [1, ["a", "b"]], [2, ["c"]]]) assert.deepEqual(page.labelsAt(track, track.at(i), "word"), want);
  assert.deepEqual(page.labelsAt(track, track.at(0), "none"), []);
  let looks = 0;
  const bare = { length: 50, at: () => ({ labels: {}, look: looks++ }) };
  for (let i = 0; i < 3; i++) page.labelsAt(bare, bare.at(0), "none");
  assert.equal(looks, 50 + 3, "a dimension without labels is looked for in all frames once");
});

test("a run of any length has an abscissa", () => {
  const x = Array.from({ length: 300_000 }, (_, i) => i);
  assert.deepEqual(page.timeScale(x), [0, 299_999]);
  assert.ok(page.timeTicks(x, 5).length > 2);
  assert.deepEqual(page.timeScale([7]), [6, 8]);
  const [lo, hi] = page.timeScale([1.8e18]);
  assert.ok(lo < hi);
});

test("between two classes a point has one of them", () => {
  const f = (kind, y) => ({ dims: ["p", "xyk"], shape: [1, 3], data: Float32Array.of(0, y, kind) });
  let drawn;
  const theme = { series: ["#000", "#111", "#222"], muted: "grey", accent: "red", ink: "#000", paper: "#fff", font: "x" };
  const plot = { style: {}, addEventListener() {} };
  const picture = page.seriesKinds.scatter({
    panel: { spec: { field: "f", dim: "p", columns: ["", "", ""], range: [[0, 1], [0, 1], [0, 2]], classes: true, kinds: ["none", "one", "two"], trail: 0, select: "feature", count: 1 }, tracks: [trackOf([{}])], state: () => "", pointed: () => -1, theme: () => theme, el: { setAttribute() {}, addEventListener() {} } },
    chart: { setOption: (o) => (drawn = o.series[1].data) }, plot, width: () => 300, setHeight() {}, setHead() {}, setFoot() {},
  });
  picture.draw({ position: 0.4, index: 0, own: () => ({ index: 0, position: 0.4 }), field: () => f(0.8, 0.4), snapshot: () => ({ labels: {}, fields: { f: f(0, 0) } }) });
  assert.deepEqual([drawn[0].itemStyle.color, drawn[0].value[1].toFixed(1), drawn[0].label.formatter()], [page.classColour(0, theme), "0.4", "none"]);
});

test("text is readable on every colour, in the light and in the dark", () => {
  for (const theme of [
    { dark: false, ink: "#1b1f2a", paper: "#ffffff", faint: "#d5d8de" }, { dark: true, ink: "#f0f1f4", paper: "#111317", faint: "#3a3e48" },
  ]) {
    for (const ramp of ["heat", "diverging"]) {
      for (let i = 0; i < 256; i++) {
        const back = page.rampCSS(ramp, i / 255, theme);
        assert.ok(page.contrast(page.inkOn(back, theme), back) >= 4.5, `${ramp} at ${i}`);
      }
    }
  }
});

test("long names are broken at spaces and end in an ellipsis", () => {
  assert.deepEqual(page.wrapLines("mean corpuscular volume", 120, "", 3), ["mean corpuscular", "volume"]);
  assert.deepEqual(page.wrapLines("a b", 120, "", 1), ["a b"]);
  assert.deepEqual(page.wrapLines("aaaaaaaaaa bbbbbbbbbb", 70, "", 1), ["aaaaaaaaa…"]);
  assert.deepEqual(page.wrapLines("aaaaaaaaaaaaaaaaaaaa", 70, "", 2), ["aaaaaaaaa…"]);
});

test("labels at the ends of lines keep a distance within their row", () => {
  const area = { tops: [0, 200], row: 100 };
  assert.deepEqual(page.spread([50, 80], [0, 0], 15, area), [50, 80]);
  assert.deepEqual(page.spread([104, 103], [0, 0], 15, area), [104, 89]);
  assert.deepEqual(page.spread([10, 205], [0, 1], 15, area), [10, 205]);
  assert.ok(Number.isNaN(page.spread([10, NaN], [0, 0], 15, area)[1]));
});

test("arrows choose among what is shown, and nothing beyond its ends", () => {
  const state = { feature: "" }, el = { style: {}, setAttribute: (k, v) => (said[k] = v), addEventListener: (_, f) => (press = f) }, said = {};
  let press;
  const all = [{ key: "a#1", label: "a" }, { key: "b#1", label: "b" }];
  const tell = page.onArrows({ el, spec: { select: "feature" }, state: (k) => state[k], set: (k, v) => (state[k] = v), theme: () => ({ accent: "red" }) }, "weight", () => all);
  const after = (key, more) => {
    press({ key, preventDefault() {}, ...more });
    tell();
    return [state.feature, said["aria-valuetext"]];
  };
  assert.deepEqual(["ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp", "ArrowUp", "ArrowUp"].map((k) => after(k)[1]), ["a", "b", "none", "b", "a", "none"]);
  assert.deepEqual([after("ArrowDown", { ctrlKey: true })[0], after("x")[0], after("ArrowDown")[0]], ["", "", "a#1"]);
});

test("what is read can have a word before its name", () => {
  const read = {}, panel = (spec) => ({ spec, read: (v) => Object.assign(read, v) });
  page.readAs(panel({}), { top: 1 });
  page.readAs(panel({ as: "b." }), { top: 2 });
  assert.deepEqual(read, { top: 1, "b.top": 2 });
});

test("counts link no two axes, names do", () => {
  assert.deepEqual(page.linkLabels(["1", "2"]), ["", ""]);
  assert.deepEqual(page.placeOf("head", 1, ["1", "2"]), { head: { index: 1, label: "" } });
  assert.deepEqual(page.placeOf("token", 0, ["it", "sat"]), { token: { index: 0, label: "it" } });
});

test("a line of another run goes across the frames that lack its number, and waits there", () => {
  const frames = [0, 1, 2, 3].map((time) => ({ time, timeName: "t", scalars: Object.assign({ a: time }, time % 2 ? {} : { b: 10 * time }) }));
  const spec = { kind: "lines", rows: [{ lines: [{ name: "a", scalar: "a" }, { name: "b", scalar: "b" }], scale: [0, 99] }], span: [0, 9], bridge: true, option: { xAxis: [{}], yAxis: [{}], series: ["ghost", "line", "now"].map((p) => ({ id: `${p} 1` })) } };
  const theme = { series: ["#000", "#111", "#222"], muted: "grey", faint: "grey", accent: "red", ink: "#000", paper: "#fff", font: "x" }, read = {};
  let drawn, open = true;
  const all = [], ghost = () => all.filter((s) => s.id === "ghost 1").pop().lineStyle.opacity; // as last told
  const picture = page.seriesKinds.lines({
    panel: { spec, tracks: [trackOf(frames)], theme: () => theme, asking: () => open, read: (v) => Object.assign(read, v) },
    chart: { setOption: (o) => (drawn = o.series, all.push(...o.series)), convertToPixel: () => 0 }, plot: { addEventListener() {} }, width: () => 300, setHeight() {}, setHead() {}, setFoot() {},
  });
  const base = picture.base();
  assert.deepEqual(base.series[0].data, [[0, 0], [2, 20]]);
  assert.deepEqual([base.xAxis[0].max, base.yAxis[0].max > 99], [9, true]);
  const frame = { index: 3, position: 3, own: () => ({ index: 3, position: 3 }), snapshot: () => ({}) };
  const asked = picture.key(frame);
  picture.draw(frame);
  picture.read(frame);
  assert.deepEqual(drawn.find((s) => s.id === "now 1").data, [[2, 20]]);
  assert.deepEqual(read, { a: 3, b: 20 });
  assert.equal(ghost(), 0, "what is to come would answer the question");
  open = false;
  assert.notEqual(picture.key(frame), asked);
  picture.draw(frame);
  assert.equal(ghost(), 1);
});
