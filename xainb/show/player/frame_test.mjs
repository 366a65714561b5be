// What is drawn between two recorded frames.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const source = readFileSync(new URL("frame.js", import.meta.url), "utf8");
const { frameAt, shifted } = new Function(`"use strict";\n${source}\nreturn { frameAt, shifted };`)();

/** A track of a field v along x; labels may be given by frame. */
const trackOf = (frames, labels = []) => ({
  length: frames.length,
  at: (i) => ({ fields: frames[i] ? { v: { dims: ["x"], shape: [frames[i].length], data: Float32Array.from(frames[i]) } } : {}, labels: labels[i] ? { x: labels[i] } : {}, scalars: {} }),
});
const between = (track, position) => {
  const f = frameAt([track], position, true, 0.1).field("v");
  return f && [...f.data];
};

test("values move in a straight line, and infinities stay what they are", () => {
  const track = trackOf([[0, -Infinity, Infinity, NaN, -Infinity, 2], [4, -Infinity, Infinity, NaN, 3, Infinity]]);
  assert.deepEqual(between(track, 0.25), [1, -Infinity, Infinity, NaN, -Infinity, 2]);
  assert.deepEqual(between(track, 0.75), [3, -Infinity, Infinity, NaN, 3, Infinity]);
});

test("values of different things are not mixed", () => {
  const sorted = trackOf([[1, 0], [9, 8]], [["a", "b"], ["b", "a"]]);
  assert.deepEqual(between(sorted, 0.25), [1, 0]);
  assert.deepEqual(between(sorted, 0.75), [9, 8]);
  for (const labels of [[["a", "b"], ["a", "b"]], [["a", "b"]], []]) assert.deepEqual(between(trackOf([[1, 0], [9, 8]], labels), 0.5), [5, 4]);
});

test("a field that comes, goes or changes its shape is that of the nearest frame", () => {
  assert.deepEqual([between(trackOf([null, [1]]), 0.25), between(trackOf([null, [1]]), 0.75)], [null, [1]]);
  assert.deepEqual([between(trackOf([[1], null]), 0.25), between(trackOf([[1], null]), 0.75)], [[1], [1]]);
  assert.deepEqual([between(trackOf([[1], [2, 3]]), 0.25), between(trackOf([[1], [2, 3]]), 0.75)], [[1], [2, 3]]);
});

test("a frame that is not blended is a recorded one, and a panel sees its own tracks", () => {
  const frame = frameAt([trackOf([[1], [2]]), trackOf([[3], [4]])], 0.6, false, 0.1);
  assert.equal(frame.blended, false);
  assert.deepEqual([frame.index, ...frame.field("v").data, ...shifted(frame, 1).field("v").data], [1, 2, 4]);
});
