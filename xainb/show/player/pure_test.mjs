// The parts of the player that need no page: key frames, the table of numbers, links between panels, what the bar says.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const source = ["words.js", "dom.js", "frame.js", "clock.js", "scrubber.js", "bar.js", "still.js", "files.js", "view.js"].map((name) => readFileSync(new URL(name, import.meta.url), "utf8")).join("\n");
const load = (language) => new Function("navigator", `"use strict";\n${source}\nreturn { keyFrames, csvOf, csvCell, pointedAt, makeWhere, chapterAt, translate, chinese, keyHelp };`)({ language });
const { keyFrames, csvOf, csvCell, pointedAt, makeWhere, chapterAt, translate, chinese, keyHelp } = load("en-GB");

test("key frames are the first, the last, what happened, then spread evenly", () => {
  assert.deepEqual(keyFrames(1, [], 6), [0]);
  assert.deepEqual(keyFrames(2, [], 6), [0, 1]);
  assert.deepEqual(keyFrames(4, [], 6), [0, 1, 2, 3]);
  assert.deepEqual(keyFrames(101, [], 4), [0, 33, 50, 100]);
  assert.deepEqual(keyFrames(101, [7, 7, 300, -1], 3), [0, 7, 100]);
  assert.equal(keyFrames(1000, Array.from({ length: 50 }, (_, i) => i), 6).length, 6);
});

const track = {
  name: "a, b", length: 1,
  at: () => ({
    time: 2.5, phase: "softmax", labels: { key: ["the", 'c"at'] }, scalars: { loss: 1e-300 },
    fields: { a: { dims: ["query", "key"], shape: [2, 2], data: Float32Array.of(0.1, NaN, Infinity, -Infinity) }, single: { dims: [], shape: [], data: Float32Array.of(7) } },
  }),
};

test("the numbers are the table of codec.WriteCSV, and no cell is a formula", () => {
  assert.equal(csvOf([track]).join(""), [ // TestCSVLooks in Go
    "frame,time,phase,field,query,key,key_label,value", "0,2.5,softmax,a,0,0,the,0.1", '0,2.5,softmax,a,0,1,"c""at",NaN', "0,2.5,softmax,a,1,0,the,+Inf",
    '0,2.5,softmax,a,1,1,"c""at",-Inf', "0,2.5,softmax,single,,,,7", "0,2.5,softmax,loss,,,,1e-300", ""].join("\n"));
  assert.match(csvOf([track, track])[1], /^"a, b 1",0,2.5,softmax,a,0,0,the,0.1\n/);
  assert.deepEqual(["@a", "+1", "-1", "a\nb", "plain", "\t=1", "＝1"].map(csvCell), ["'@a", "'+1", "'-1", '"a\nb"', "plain", "'\t=1", "'＝1"]);
});

test("a place is marked along its own dimension, and where the same things stand", () => {
  const places = { query: { index: 1, label: "cat" } };
  assert.equal(pointedAt(places, "query", ["a", "cat"]), 1);
  assert.equal(pointedAt(places, "query", ["a"]), -1);
  assert.equal(pointedAt(places, "key", ["the", "cat", "sat"]), 1);
  assert.equal(pointedAt(places, "key", ["cat", "the"]), -1);
  assert.equal(pointedAt({ x: { index: 0, label: "" } }, "y", ["", ""]), -1);
  assert.equal(pointedAt(null, "query", ["a", "cat"]), -1);
  assert.equal(pointedAt(places, "toString", ["a", "b"]), -1);
});

test("the bar says the algorithm's own time where it counts up", () => {
  const moments = (times) => ({ times, timeName: "layer", ticks: [] });
  assert.equal(makeWhere(moments([1, 2, 6]))(1, 1), "layer 2 of 6");
  assert.equal(makeWhere(moments([1, 2, 6]))(1, 2), "layer 2 → 6 of 6");
  assert.equal(makeWhere(moments([3, 2, 1]))(0, 0), "1 of 3");
  assert.equal(load("zh-CN").makeWhere(moments([1, 2, 6]))(1, 1), "层 2 / 6");
});

test("no two files that are joined give one name to two things", () => {
  const names = new Map();
  for (const folder of ["./", "../../../charts/"].map((f) => new URL(f, import.meta.url))) {
    for (const file of readdirSync(folder).filter((name) => name.endsWith(".js") && name !== "boot.js")) {
      for (const [, name] of readFileSync(new URL(file, folder), "utf8").matchAll(/^(?:async )?(?:function|const|let|var) ([\w$]+)/gm)) {
        assert.ok(!names.has(name), `${name} is in ${names.get(name)} and in ${file}: of two functions the last one counts`);
        names.set(name, file);
      }
    }
  }
  assert.ok(names.size > 100, `${names.size} names found`);
});

test("a frame is in the last chapter that has begun", () => {
  const chapters = [{ at: 2, name: "a" }, { at: 5, name: "b" }];
  assert.deepEqual([0, 2, 4, 5, 9].map((f) => chapterAt(chapters, f)), [-1, 0, 0, 1, 1]);
});

test("what the player says is there in Chinese, with the same gaps", () => {
  for (const [english, text] of Object.entries(chinese)) assert.equal(text.split("{}").length, english.split("{}").length, english);
  const all = readdirSync(new URL(".", import.meta.url)).filter((name) => name.endsWith(".js")).map((name) => readFileSync(new URL(name, import.meta.url), "utf8")).join("\n");
  const said = [...all.matchAll(/(?:translate\(|label: )([^\n]*)/g)].flatMap((m) => [...m[1].matchAll(/"([A-Z][^"]*)"/g)].map((t) => t[1])).concat(keyHelp);
  assert.ok(said.length > 20, `${said.length} texts found`);
  for (const text of said) assert.ok(text in chinese, `no Chinese for “${text}”`);
  assert.equal(translate("toString"), "toString");
  assert.equal(load("zh").translate("Frame"), "帧");
  assert.equal(load("zh").translate("toString"), "toString");
});
