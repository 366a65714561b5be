// What the page and the posters compute alike for planes and lanes, against the file that TestPlaneTwins writes.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const here = new URL("./", import.meta.url);
const files = ["../xainb/show/player/words.js", "../xainb/show/player/colour.js", "../xainb/show/player/dom.js", "parts.js", "raster.js", "plane_parts.js", "plane_legend.js", "plane_paths.js", "series.js", "series_lines.js", "series_plane.js", "series_lanes.js"];
const source = files.map((f) => readFileSync(new URL(f, here), "utf8")).join("\n");
const names = ["planeArea", "arrowScale", "roundLength", "roundText", "normaliseFactors", "laneArea", "frameEdges", "lanePosition", "laneReadings", "laneValue", "spanOf", "planeNumber", "curveThrough", "alikePercent", "medoid", "labelsThatFit"];
const page = new Function("document", `"use strict";\n${source}\nreturn {${names.join(", ")}};`)({ createElement: () => ({ getContext: () => null }) });
const twins = JSON.parse(readFileSync(new URL("testdata/plane.json", here), "utf8"));
const number = (s) => (s === "NaN" ? NaN : s === "+Inf" ? Infinity : s === "-Inf" ? -Infinity : Number(s));
const near = (got, want, what) => assert.ok(Object.is(got, want) || Math.abs(got - want) <= 1e-12 * Math.abs(want), `${what}: ${got}, want ${want}`);

test("a plane lies where the poster has it", () => {
  for (const t of twins.areas) {
    const a = page.planeArea(t.Width, t.Left, t.View, true);
    assert.deepEqual([[a.width, a.height], a.side], [t.Want, t.Side], t.View.join());
  }
});

test("arrows are as long as the poster's", () => {
  for (const t of twins.scales) {
    const { unit, cells } = page.arrowScale({ mode: "", unit: t.Unit, peaks: t.Peaks }, t.Mode, t.Frame);
    [unit, cells(0), cells(1), cells(5)].forEach((v, i) => near(v, t.Want[i], t.Mode + t.Frame));
  }
  for (const [unit, want] of twins.lengths) assert.equal(page.roundText(page.roundLength(number(unit))), want, unit);
});

test("normalised pictures have the same factors", () => {
  const got = page.normaliseFactors(twins.normal.map(([m]) => number(m)));
  got.forEach((v, i) => near(v, number(twins.normal[i][1]), twins.normal[i][0]));
});

test("lanes lie where the poster has them", () => {
  for (const t of twins.lanes) {
    const a = page.laneArea(...t.In, t.Second, t.Events);
    assert.deepEqual([a.left, a.right, a.top, a.high, a.pitch, a.bottom], t.Want);
  }
  for (const [x, want] of twins.edges) assert.deepEqual(page.frameEdges(x), want);
  for (const [v, lo, hi, log, want] of twins.positions) near(page.lanePosition(v, [lo, hi], log === 1), want, `${v}`);
});

test("lanes say what the poster says", () => {
  for (const t of twins.readings) {
    const got = page.laneReadings(t.Names.map((name) => ({ name })), t.Values.map(number), t.Against && t.Against.map(number), t.States, t.Chosen, "cosine", "null");
    assert.deepEqual(got, t.Want);
  }
});

test("a lane of several layers has the largest value, and none where one is not a number", () => {
  const f = { data: Float32Array.of(1, 3, 2, NaN) };
  assert.equal(page.laneValue(f, [0, 1, 2]), 3);
  assert.ok(Number.isNaN(page.laneValue(f, [1, 3])));
  assert.ok(Number.isNaN(page.laneValue(f, [3, 1])));
  assert.ok(Number.isNaN(page.laneValue(null, [0])));
});

test("a critic's colours span the finite values of its frame", () => {
  for (const [data, span] of [[[3, -1, NaN, 2], [-1, 3]], [[Infinity, 5, 7], [5, 7]], [[4, 4], [3, 5]], [[NaN], [-1, 1]], [[], [-1, 1]]]) assert.deepEqual(page.spanOf(data), span);
});

const ways = JSON.parse(readFileSync(new URL("testdata/ways.json", here), "utf8"));

test("points go on the poster's curves", () => {
  for (const t of ways.Curves) {
    const go = page.curveThrough(Float64Array.from(t.Points, number)), xy = [0, 0];
    t.Times.forEach((time, i) => {
      go(time, xy);
      xy.forEach((v, j) => near(v, number(t.Want[i][j]), `${t.Points} at ${time}`));
    });
  }
});

test("classes are read and named as on the poster", () => {
  for (const t of ways.Alike) {
    const points = Float32Array.from(t.Points, number);
    assert.equal(page.alikePercent(points, t.Of), t.Percent);
    assert.deepEqual([0, 1, 2].map((k) => page.medoid(points, t.Of, k)), t.Medoids);
  }
  for (const [boxes, fit] of ways.Fits) assert.deepEqual(page.labelsThatFit(boxes), fit);
});

test("coordinates are said as finely as they are seen", () => {
  for (const [v, span, text] of [[-0.00062, 6.4, "0"], [1.0004, 6.4, "1.00"], [-1.384, 6.4, "−1.38"], [3e-7, 1e-6, "3e-7"], [12345.6, 1e5, page.planeNumber(12346, 1)]]) assert.equal(page.planeNumber(v, span), text);
});
