// What the page and the posters compute alike, against the file that TestTwins writes, and pictures of fields of any shape.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

const here = new URL("./", import.meta.url);
const files = ["../xainb/show/player/words.js", "../xainb/show/player/colour.js", "../xainb/show/player/dom.js", "parts.js", "raster.js", "image_parts.js", "image.js", "multiples.js", "arithmetic.js"];
const source = files.map((f) => readFileSync(new URL(f, here), "utf8")).join("\n");
const names = ["readSlice", "readLargest", "thumbColumns", "labelStep", "formatNumber", "rampTable", "sliceOf", "cellOf", "paintCells", "rangeOf", "layoutImage", "softmaxOf", "rootName", "shortened", "oneLine", "fillText", "cellLines", "fourDecimals", "fourDigits"];
// Text is measured as 7 pixels a character, as parts.js does where a page has no canvas.
const page = new Function("document", `"use strict";\n${source}\nreturn {${names.join(", ")}};`)({ createElement: () => ({ getContext: () => null }) });
const twins = JSON.parse(readFileSync(new URL("testdata/twins.json", here), "utf8"));
const number = (s) => (s === "NaN" ? NaN : s === "+Inf" ? Infinity : s === "-Inf" ? -Infinity : Number(s));
const light = { dark: false, ink: "#1b1f2a", muted: "#646b7d", faint: "#d5d8de", paper: "#ffffff", accent: "#cf4327", font: "sans-serif", series: [] };
const special = ["[CLS]", "[SEP]", "[PAD]", "<s>", "</s>", "<pad>", "<|endoftext|>"];

test("readings are those of the poster", () => {
  assert.ok(twins.readings.length >= 12);
  for (const r of twins.readings) {
    const s = { data: Float32Array.from(r.data, number), offset: 0, rows: r.rows.length, cols: r.cols.length, rowStride: r.cols.length, colStride: 1, channelStride: 0 };
    const got = Object.assign(page.readSlice(s, r.columns, r.line, r.cross, r.rows, r.cols, special), page.readLargest(s, r.rows, r.cols, ["query", "key"]));
    const text = Object.fromEntries(Object.entries(got).map(([k, v]) => [k, typeof v === "number" ? page.formatNumber(v) : v]));
    assert.deepEqual(text, r.read);
  }
});

test("small pictures stand in the poster's columns", () => {
  for (const [n, width, want] of twins.columns) assert.equal(page.thumbColumns(n, width), want, `${n} in ${width} px`);
});

test("labels are thinned out alike", () => {
  for (const [least, want] of twins.steps) assert.equal(page.labelStep(least), want);
});

test("numbers are written alike", () => {
  for (const [value, want] of twins.numbers) assert.equal(page.formatNumber(number(value)), want);
});

test("what is computed on has digits enough, alike", () => {
  for (const [value, decimals, digits] of twins.precise) assert.deepEqual([page.fourDecimals(number(value)), page.fourDigits(number(value))], [decimals, digits], value);
});

test("ramps have the poster's colours", () => {
  for (const [name, want] of twins.ramps) {
    const table = page.rampTable(name, light);
    const got = Array.from(table, (p) => [p & 255, (p >> 8) & 255, (p >> 16) & 255].map((v) => v.toString(16).padStart(2, "0")).join("")).join("");
    assert.equal(got, want, name);
  }
});

/** A panel with a state and nothing else. */
const panelOf = (state, tracks = []) => ({ state: (k) => state[k], resolve: (v) => (typeof v === "string" && v[0] === "$" ? state[v.slice(1)] : v), tracks });

test("a slice of a field of four dimensions", () => {
  const shape = [2, 3, 4, 5], dims = ["layer", "head", "query", "key"], data = Float32Array.from({ length: 120 }, (_, i) => i);
  const s = page.sliceOf(panelOf({ head: 2 }), { field: "a", ramp: "heat", rows: "key", cols: "layer", index: { head: "$head", query: 3 } }, { dims, shape, data });
  assert.deepEqual([s.rows, s.cols], [5, 2]);
  for (let r = 0; r < 5; r++) for (let c = 0; c < 2; c++) assert.equal(page.cellOf(s, r, c), ((c * 3 + 2) * 4 + 3) * 5 + r);
  for (const spec of [{ rows: "none" }, { rows: "key", cols: "key" }]) assert.equal(page.sliceOf(panelOf({}), { field: "a", ramp: "heat", ...spec }, { dims, shape, data }), null);
  assert.equal(page.sliceOf(panelOf({}), { field: "a", ramp: "heat" }, { dims: ["x"], shape: [3], data: new Float32Array(3) }), null);
});

test("positions out of range are those at the end", () => {
  const field = { dims: ["head", "q", "k"], shape: [2, 1, 1], data: Float32Array.of(1, 2) };
  for (const [at, want] of [[-5, 1], [0, 1], [1, 2], [99, 2], ["x", 1], [undefined, 1]]) {
    assert.equal(page.cellOf(page.sliceOf(panelOf({ h: at }), { field: "a", ramp: "heat", index: { head: "$h" } }, field), 0, 0), want);
  }
});

test("what every object has is no entry of a specification", () => {
  const field = { dims: ["constructor", "toString", "valueOf"], shape: [2, 1, 1], data: Float32Array.of(1, 2) };
  for (const [index, want] of [[undefined, 1], [{ constructor: 1 }, 2]]) {
    assert.equal(page.cellOf(page.sliceOf(panelOf({}), { field: "a", ramp: "heat", index }, field, {}), 0, 0), want);
  }
  const panel = panelOf({}, [{ fields: [{ name: "constructor", min: 0, max: 5 }] }]);
  assert.deepEqual(page.rangeOf(panel, { field: "constructor", ranges: {} }, "constructor", "heat"), [0, 5]);
  assert.equal(page.fillText("{constructor}", {}), "–");
});

test("cells that hold no number are counted and told apart", () => {
  const s = { data: Float32Array.of(0, 1, NaN, Infinity, -Infinity, 2), offset: 0, rows: 2, cols: 3, rowStride: 3, colStride: 1, channelStride: 0 };
  const pixels = new Uint32Array(6), table = page.rampTable("heat", light);
  assert.equal(page.paintCells(s, pixels, table, [0, 1], 7), 3);
  assert.deepEqual([...pixels], [table[0], table[255], 7, 7, 7, table[255]]);
});

test("colours of a photograph", () => {
  const s = { data: Float32Array.of(1, 0, 0.5), offset: 0, rows: 1, cols: 1, rowStride: 3, colStride: 3, channelStride: 1 };
  const pixels = new Uint32Array(1);
  page.paintCells(s, pixels, new Uint32Array(256), [0, 1], 7);
  assert.equal(pixels[0], 0xff8000ff);
});

test("a diverging ramp has zero in its centre", () => {
  const panel = panelOf({}, [{ fields: [{ name: "a", min: -2, max: 5 }, { name: "b", min: 0, max: 0 }] }]);
  assert.deepEqual(page.rangeOf(panel, { field: "a" }, "a", "diverging"), [-5, 5]);
  assert.deepEqual(page.rangeOf(panel, { field: "a" }, "a", "heat"), [-2, 5]);
  assert.deepEqual(page.rangeOf(panel, { field: "b" }, "b", "heat"), [0, 1]);
  assert.deepEqual(page.rangeOf(panel, { field: "a", ranges: { a: [0, 9] } }, "a", "heat"), [0, 9]);
});

test("pictures fit their panel", () => {
  for (const n of [1, 2, 13, 40, 128, 512]) {
    for (const width of [240, 352, 600, 916]) {
      for (const word of [1, 5, 40]) {
        const names = Array.from({ length: n }, () => "w".repeat(word));
        const l = page.layoutImage(width, 1, names, names, { rows: n, cols: n }, "12px sans-serif", false, true, ["row", "column"]);
        assert.ok(l.left + l.width <= width + 1, `${n} cells, ${width} px, words of ${word}: ${l.left + l.width} px wide`);
        assert.ok(l.cellWidth <= 40 && l.width <= 641);
        const pitch = l.rotate ? l.everyCol * l.cellWidth * Math.sin((55 * Math.PI) / 180) : l.everyCol * l.cellWidth;
        assert.ok(n === 1 || l.everyCol >= n || pitch >= 11.9, `columns every ${pitch} px`);
        assert.ok(n === 1 || l.everyRow >= n || l.everyRow * l.cellHeight >= 11.9);
        assert.ok(l.size >= 11);
        if (l.rotate) {
          const reach = l.left + (n - 0.5) * l.cellWidth + Math.min(7 * word, l.colText) * Math.cos((55 * Math.PI) / 180);
          assert.ok(reach <= width + 1, `the last label ends at ${reach} of ${width} px`);
        }
      }
    }
  }
});

test("an axis without labels has a name and a few numbers", () => {
  const counts = (n) => Array.from({ length: n }, (_, i) => String(i + 1)), lay = (rows, cols, bare, dims) => page.layoutImage(600, 1, rows, cols, { rows: rows.length, cols: cols.length }, "12px sans-serif", bare, true, dims);
  const plain = lay(counts(20), counts(20), false, ["row", "column"]), words = lay(["a", "b"], ["c", "d"], false, ["row", "column"]), half = lay(["a", "b"], counts(2), false, ["row", "column"]);
  assert.deepEqual([plain.everyRow, plain.everyCol, words.everyRow, half.everyCol], [5, 5, 1, 1]);
  assert.deepEqual(plain.names.map((n) => [n.text, n.align]), [["row", "left"], ["column", "center"]]);
  assert.equal(plain.names[1].x, plain.left + plain.width / 2);
  assert.deepEqual([words.names.length, half.names.map((n) => n.text), half.top - words.top], [0, ["column"], 16]);
  assert.deepEqual([lay(counts(20), counts(20), true, ["", ""]).names, lay(counts(20), counts(20), true, ["y", "x"]).names.map((n) => n.text)], [[], ["y", "x"]], "bare");
  for (const name of ["a name much longer than the picture is wide, and then some more", "w"]) {
    const l = lay(counts(3), counts(3), false, [name, name]), [row, col] = l.names, wide = (n) => 7 * n.text.length;
    const end = row.align === "left" ? row.x + wide(row) : row.x;
    assert.ok(end + 6 <= col.x - wide(col) / 2 || col.text === "…", `${row.text} and ${col.text}`);
    assert.ok(col.x + wide(col) / 2 <= 600);
  }
});

test("the softmax of a row", () => {
  const on = page.softmaxOf(Float64Array.of(1, 2, -Infinity, 800), 1, 1);
  assert.equal(on.row[2], 0);
  assert.ok(Math.abs(on.row.reduce((a, b) => a + b) - 1) < 1e-12);
  assert.deepEqual([page.rootName(Math.sqrt(32)), page.rootName(8), page.rootName(1)], ["√32", "√64", "√1"]);
});

test("texts stay texts", () => {
  assert.equal(page.fillText("{a} and {b}, {none}", { a: "{b}", b: "<img>" }), "{b} and <img>, –");
  assert.equal(page.shortened("x".repeat(200), 100, "").length, 14); // of 7 pixels each
  assert.equal(page.shortened("👩‍👩‍👧‍👦".repeat(20_000), 5, ""), "…");
  assert.equal(page.oneLine("é".repeat(300) + "\n".repeat(100_000) + "😀".repeat(200)), "é".repeat(300) + "…" + "😀".repeat(150));
  const lines = page.cellLines({ data: Float32Array.of(1, 2, 3, 4), offset: 0, rows: 2, cols: 2, rowStride: 2, colStride: 1, channelStride: 0 },
    { row: 0, col: 1 }, ["<b>", "c\nd"], ["<b>", "c\nd"], ["query", "key"], "weight", { joint: "→" });
  assert.deepEqual(lines.map((l) => l.text), ["<b> → c↵d", "weight 2.00", "back: c↵d → <b> 3.00"]);
});

test("what painters say is there in Chinese, with the same gaps", () => {
  const painters = readdirSync(here).filter((name) => name.endsWith(".js")).map((name) => readFileSync(new URL(name, here), "utf8")).join("\n");
  const chinese = new Function("navigator", readFileSync(new URL("../xainb/show/player/words.js", here), "utf8") + painters.match(/^Object\.assign\(chinese, \{[^]*?\}\);$/gm).join("\n") + "return chinese;")({});
  const said = [...painters.matchAll(/translate\(([^)]*)/g)].flatMap((m) => [...m[1].matchAll(/"([^"]+)"/g)].map((t) => t[1]));
  assert.ok(said.length > 20, `${said.length} texts found`);
  for (const text of said) assert.ok(text in chinese, `no Chinese for “${text}”`);
  // Nor is there a sentence that nothing translates: two words in a row that are neither a style nor a program.
  const code = painters.replace(/\/\*[^]*?\*\/|\/\/.*/g, "").replace(/^Object\.assign\(chinese, \{[^]*?\}\);$/gm, "");
  for (const [, quoted, template] of code.matchAll(/"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`/g)) {
    const text = quoted || (template || "").replace(/\$\{[^}]*\}/g, "…");
    if (/[A-Za-z]{2,} [a-z]{2,}/.test(text) && !/\dpx |^linear-gradient|^#version|^this page cannot draw/.test(text)) assert.ok(text in chinese, `“${text}” is not translated`);
  }
  for (const [english, text] of Object.entries(chinese)) assert.equal(text.split("{}").length, english.split("{}").length, english);
});
