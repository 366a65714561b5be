// What the page and the posters compute alike for diffusion runs and curves, against the file that TestDiffusionTwins writes.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const here = new URL("./", import.meta.url);
const files = ["../xainb/show/player/words.js", "../xainb/show/player/colour.js", "../xainb/show/player/dom.js", "parts.js", "series.js", "plane_flow.js", "series_curves.js"];
const source = files.map((f) => readFileSync(new URL(f, here), "utf8")).join("\n");
const page = new Function("document", `"use strict";\n${source}\nreturn {arrowBetween, flowWay, movesOf, curveLine, curveAt};`)({ createElement: () => ({ getContext: () => null }) });
const twins = JSON.parse(readFileSync(new URL("testdata/diffusion.json", here), "utf8"));
const near = (got, want, what) => assert.ok(Object.is(got, want) || Math.abs(got - want) <= 1e-12 * Math.max(1, Math.abs(want)), `${what}: ${got}, want ${want}`);
const track = {
  length: twins.frames.length,
  at(i) {
    const f = twins.frames[i], field = (data, shape) => (data ? { data: Float32Array.from(data), shape } : undefined);
    return { time: f.Time, scalars: { "alpha-bar": f.AlphaBar }, fields: { score: field(f.Score, [f.Rows, f.Cols, 2]), x: field(f.X, [2, 2]), added: field(f.Added, [2, 2]) } };
  },
};

test("an arrow between the cells is the poster's", () => {
  const f = track.at(0).fields.score;
  for (const [x, y, u, v] of twins.between) {
    const got = page.arrowBetween(f.data, f.shape[0], f.shape[1], twins.window, x, y);
    near(got[0], u, `u at ${x}, ${y}`);
    near(got[1], v, `v at ${x}, ${y}`);
  }
  assert.deepEqual(page.arrowBetween(f.data, 3, 4, twins.window, NaN, 0), [NaN, NaN]);
});

test("a particle goes the poster's way", () => {
  assert.equal(twins.ways.length, 6);
  for (const t of twins.ways) {
    const { from, way } = page.flowWay(track, { field: "score", alphaBar: "alpha-bar" }, twins.window, t.X, t.Y, t.Time);
    assert.equal(from, t.From);
    assert.equal(way.length, t.Way.length);
    way.forEach((p, i) => p.forEach((v, c) => near(v, t.Way[i][c], `${t.Time}: ${i}`)));
  }
});

test("a step has the poster's parts", () => {
  for (const t of twins.moves) {
    const got = page.movesOf(track, { field: "x", added: "added" }, t.Frame, t.Point);
    assert.equal(got !== null, t.Ok, `${t.Frame}, ${t.Point}`);
    if (got) got.forEach((p, i) => p.forEach((v, c) => near(v, t.Way[i][c], `${t.Frame}, ${t.Point}`)));
  }
});

test("curves run where the poster has them", () => {
  for (const t of twins.lines) assert.deepEqual(page.curveLine({ at: t.At, step: t.Step }, t.Y), t.Want);
  for (const t of twins.values) near(page.curveAt({ at: t.At }, Float32Array.from(t.Y), t.X), t.Want === "NaN" ? NaN : Number(t.Want), t.X);
});
