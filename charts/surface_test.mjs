// What the page and the posters compute alike for surfaces, against the file that TestSurfaceTwins writes.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const here = new URL("./", import.meta.url);
const files = ["../xainb/show/player/words.js", "../xainb/show/player/colour.js", "../xainb/show/player/dom.js", "../xainb/show/player/bar.js", "parts.js", "raster.js", "series.js", "isolines.js", "surface.js", "contour.js", "solid.js", "solid_gl.js"];
const source = files.map((f) => readFileSync(new URL(f, here), "utf8")).join("\n");
const names = ["isolines", "along", "between", "heightAt", "crossings", "solidOf", "projectSolid", "hiddenBehind", "sayPlane", "flatArea", "arrowLength", "seenSide", "besideArrow", "endsText", "solidBox", "ofTime", "terrainOf", "terrainReadings", "currentPoint", "solidVertices", "solidCells", "solidPainter", "surfaceViews"];
const page = new Function("document", `"use strict";\n${source}\nreturn {${names.join(", ")}};`)({ createElement: () => ({ getContext: () => null }) });
const twins = JSON.parse(readFileSync(new URL("testdata/surface.json", here), "utf8"));
const orNaN = (v) => (v === null ? NaN : v);
const grid = (z) => Float32Array.from(z, orNaN);
const near = (got, want, what) => assert.ok(Number.isNaN(want) ? Number.isNaN(got) : Math.abs(got - want) <= 1e-12 * Math.max(1, Math.abs(want)), `${what}: ${got}, want ${want}`);

test("isolines are those of the poster", () => {
  assert.ok(twins.Lines.length >= 7);
  for (const [i, l] of twins.Lines.entries()) {
    const got = page.isolines(grid(l.Z), l.X, l.Y, l.Level);
    assert.equal(got.length, l.Segments.length, `grid ${i}`);
    got.forEach((v, k) => near(v, l.Segments[k], `grid ${i}, number ${k}`));
  }
});

test("values between those of the grid are the poster's", () => {
  const first = twins.Lines[0], z = grid(first.Z), third = twins.Lines[2];
  for (const [r, c, v] of twins.Heights) near(page.heightAt(z, 7, 7, r, c), orNaN(v), `${r}, ${c}`);
  for (const [v, at] of twins.Along) near(page.along(third.X, v), orNaN(at), `${v}`);
  page.crossings(z, 7, 7, 1.3, [-0.5, 0, 0.3, 7]).forEach((v, i) => near(v, orNaN(twins.Written[i]), `level ${i}`));
  for (const v of [-1.5, -0.2, 1.49]) near(page.between(third.X, page.along(third.X, v)), v, "there and back");
});

test("space is seen as on the poster", () => {
  for (const [turn, tilt, x, y, z, ...want] of twins.Seen) page.projectSolid(page.solidOf(turn, tilt), x, y, z).forEach((v, i) => near(v, want[i], `${turn}, ${tilt}`));
  const first = twins.Lines[0], t = { z: grid(first.Z), rows: 7, cols: 7, xs: first.X, ys: first.Y };
  const box = { x: [-1, 1], y: [-1, 1], v: [-1, 1], wide: 1, deep: 1 };
  assert.deepEqual([...new Set(twins.Hidden.map((h) => h.Hidden))].length, 2, "some are hidden, some are not");
  for (const h of twins.Hidden) assert.equal(page.hiddenBehind(t, page.solidOf(h.Turn, h.Tilt), box, ...h.At), h.Hidden, JSON.stringify(h));
});

test("what is said and where the map lies are alike", () => {
  for (const p of twins.Planes) assert.equal(page.sayPlane(p.Scalars), p.Text);
  for (const [width, ticks, a, b, c, d, left, w, h] of twins.Areas) {
    const area = page.flatArea(width, { x: { range: [a, b] }, y: { range: [c, d] } }, ticks);
    assert.deepEqual([area.left, area.width, area.height].map((v) => Math.round(v * 1e6) / 1e6), [left, w, h].map((v) => Math.round(v * 1e6) / 1e6));
  }
});

test("arrows and frames are drawn alike, and neither leaves the picture", () => {
  const area = { left: 40, top: 30, width: 300, height: 200 };
  for (const [x, y, dx, dy, want] of twins.Arrows) {
    const length = page.arrowLength(area, x, y, dx, dy);
    near(length, want, `${x}, ${y}`);
    const [hx, hy] = [x + length * dx, y + length * dy], [nx, ny] = page.besideArrow(area, x, y, dx, dy, length);
    for (const [px, py] of [[hx, hy], [nx, ny]]) assert.ok(px > 14 && px < 370 && py > 4 && py < 260, `${px}, ${py}`);
  }
  for (const [a, b, from, size, ...want] of twins.Sides) page.seenSide(a, b, from, size).forEach((v, i) => near(v, want[i], `${a} to ${b}`));
});

const spec = { field: "$surface", own: "V", pathOf: "V", path: "path", here: "here", scales: { V: {}, W: {} }, x: { dim: "a", given: true }, y: { dim: "b", given: false } };
const fields = {
  V: { dims: ["b", "a"], shape: [2, 3], data: Float32Array.of(0, 1, 2, 3, NaN, 5) }, W: { dims: ["b", "a"], shape: [2, 3], data: Float32Array.of(9, 9, 9, 9, 9, 9) },
  a: { dims: ["a"], shape: [3], data: Float32Array.of(-1, 0, 1) }, path: { dims: ["moment", "abv"], shape: [2, 3], data: Float32Array.of(-1, 1, 7, 1, 2, 8) },
};
const terrain = (surface, position) => page.terrainOf(
  { resolve: (v) => (v === "$surface" ? surface : v), tracks: [{ at: (i) => ({ scalars: { here: i } }) }] }, spec, { field: (name) => fields[name] || null, own: () => ({ index: 0, position }), clock: null, snapshot: () => ({ time: 0 }) });

test("a picture says its time where that is not the clock's", () => {
  for (const [name, time, clock, want] of twins.Times) {
    const frame = { snapshot: () => ({ time, timeName: name }), clock: clock === null ? null : { time: clock, name: name || "step" } };
    assert.equal(page.ofTime("V", frame), want);
  }
  assert.equal(page.ofTime("V", { snapshot: () => ({ time: 3, timeName: "layer" }), clock: { time: 5, name: "step" } }), "V", "of another thing");
});

test("a frame's surface, its coordinates and its way", () => {
  const t = terrain("V", 0.5);
  assert.deepEqual([[...t.xs], [...t.ys], t.bad, t.here, t.path], [[-1, 0, 1], [1, 2], 1, 0.5, [[-1, 1, 7], [1, 2, 8]]]);
  assert.deepEqual(page.currentPoint(t), [0, 1.5, 7.5]);
  assert.deepEqual([terrain("W", 0).path[1][2], terrain("another scene's", 0).name], [9, "V"]);
  const read = page.terrainReadings(terrain("V", 0));
  assert.deepEqual([read["min.value"], read["min.x"], read["max.value"], read["max.y"], read["here.value"], read.notFinite], [0, -1, 5, 2, 7, "1"]);
});

test("a field that covers little of the plane has axes of its own in each frame", () => {
  const t = page.terrainOf({ resolve: (v) => v, tracks: [] }, { near: true, field: "V", own: "V", scales: { V: { span: [-9, 9] } }, x: { dim: "a", given: true, range: [-50, 50] }, y: { dim: "b", given: false, range: [-50, 50] } },
    { field: (name) => fields[name] || null, own: () => ({ index: 0, position: 0 }), clock: null, snapshot: () => ({ time: 0 }) });
  assert.deepEqual([t.x, t.y, t.v], [[-1, 1], [1, 2], [0, 5]]);
  assert.deepEqual(page.solidBox(t), { x: [-1, 1], y: [1, 2], v: [0, 5], wide: 1, deep: 0.5 });
  const text = page.endsText([-1.40381, -1.40376]);
  assert.deepEqual([-1.40381, -1.40376].map(text), ["−1.40381", "−1.40376"]);
});

test("cells with a corner that is not finite are not painted", () => {
  const z = new Float32Array(25).fill(1);
  z[12] = NaN;
  const t = { rows: 5, cols: 5, z, xs: Float64Array.of(0, 1, 2, 3, 4), ys: Float64Array.of(0, 1, 2, 3, 4) }, out = new Uint32Array(96), v = new Float32Array(150);
  assert.equal(page.solidCells(out, t), 12);
  assert.ok(!out.subarray(0, 72).includes(12));
  page.solidVertices(v, t, { x: [0, 4], y: [0, 4], v: [0, 2], wide: 1, deep: 1 }, 0.5);
  assert.deepEqual([...v.subarray(0, 6)], [-1, -1, 0.5, 0, 0, 2]);
  assert.deepEqual([...v.subarray(6 * 11 + 3, 6 * 11 + 5)], [0, 0], "a slope towards nothing is none");
});

test("without WebGL there is no view in space", () => {
  assert.equal(page.solidPainter(), null);
  assert.equal(page.surfaceViews["3-D"]({}), null);
});
