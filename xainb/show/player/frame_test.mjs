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
const reel = (tracks, blend = { v: "ease" }, align) => ({ tracks, blend, align, length: align ? align[0].length : Math.max(...tracks.map((t) => t.length)) });
const between = (track, position, blend) => {
  const f = frameAt(reel([track], blend), position, true, 0.1).field("v");
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
  const frame = frameAt(reel([trackOf([[1], [2]]), trackOf([[3], [4]])]), 0.6, false, 0.1);
  assert.equal(frame.blended, false);
  assert.deepEqual([frame.index, ...frame.field("v").data, ...shifted(frame, 1).field("v").data], [1, 2, 4]);
});

test("only the fields that may be are blended, each in its own way", () => {
  const track = trackOf([[0], [8]]);
  assert.deepEqual([0.25, 0.5, 0.75].flatMap((u) => between(track, u, {})), [0, 8, 8]);
  const frame = frameAt(reel([track], {}), 0.25, true, 1);
  assert.deepEqual([frame.blended, frame.index, frame.position], [false, 0, 0]);
  const at = (easing, u, seconds) => frameAt(reel([track], { v: easing }), u, true, seconds).field("v").data[0];
  assert.deepEqual([0.125, 0.5, 0.875].map((u) => at("linear", u, 1)), [1, 4, 7]);
  assert.deepEqual([0.125, 0.25, 0.5, 0.75, 0.875].map((u) => at("ease", u, 1)), [0, 0, 4, 8, 8]); // it rests
  assert.deepEqual([0.125, 0.875].map((u) => at("ease", u, 0.1)), [1, 7]); // too fast to rest
});

test("a field with a name that every object has is blended only where it may be", () => {
  const track = { length: 2, at: (i) => ({ fields: { constructor: { dims: ["x"], shape: [1], data: Float32Array.of(8 * i) } }, labels: {}, scalars: {} }) };
  const at = (blend) => frameAt(reel([track], blend), 0.25, true, 0.1).field("constructor").data[0];
  assert.deepEqual([at({ v: "linear" }), at({ v: "linear", constructor: "linear" })], [0, 2]);
});

test("aligned tracks show the frames that they are told, and hold", () => {
  const r = reel([trackOf([[1], [2], [3]]), trackOf([[10], [30]])], { v: "linear" }, [[0, 1, 2], [0, 0, 1]]);
  const seen = (p) => [0, 1].flatMap((k) => [...frameAt(r, p, true, 1).field("v", k).data]);
  assert.deepEqual([seen(0), seen(0.5), seen(1), seen(1.5), seen(2)], [[1, 10], [1.5, 10], [2, 10], [2.5, 20], [3, 30]]);
});

test("a track's own frame is where it stands, not the moment", () => {
  const r = reel([trackOf([[1], [2], [3]]), trackOf([[10], [30]])], { v: "linear" }, [[0, 1, 2], [0, 0, 1]]);
  const own = (p, k) => {
    const { index, position } = frameAt(r, p, true, 1).own(k);
    return [index, position];
  };
  assert.deepEqual([own(0.25, 0), own(0.25, 1), own(1.25, 1), own(2, 1)], [[0, 0.25], [0, 0], [0, 0.25], [1, 1]]);
  assert.deepEqual(shifted(frameAt(r, 1, true, 1), 1).own().index, 0);
});

test("a frame knows the time of the clock", () => {
  const r = Object.assign(reel([trackOf([[1], [2], [3]]), trackOf([[10], [30]])], {}, [[0, 1, 2], [0, 0, 1]]), { moments: { times: [0, 5, null], timeName: "round" } });
  const clock = (p, k) => shifted(frameAt(r, p, false, 1), k).clock;
  assert.deepEqual([clock(0, 0), clock(1, 1), clock(2, 1)], [{ time: 0, name: "round" }, { time: 5, name: "round" }, { time: null, name: "round" }]);
});
