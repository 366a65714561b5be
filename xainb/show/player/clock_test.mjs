// The playback rules: testdata/clock.json, which any other clock can be held against as well.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const source = readFileSync(new URL("clock.js", import.meta.url), "utf8");
const { cases } = JSON.parse(readFileSync(new URL("testdata/clock.json", import.meta.url), "utf8"));

/** The clock in a page whose animation frames come when the test says. */
function page() {
  let queue = [];
  const requestAnimationFrame = (f) => queue.push(f) && queue.length;
  const cancelAnimationFrame = () => (queue = []);
  const made = new Function("requestAnimationFrame", "cancelAnimationFrame", `"use strict";\n${source}\nreturn { clockAfter, clockStart, makeClock };`)(requestAnimationFrame, cancelAnimationFrame);
  return Object.assign(made, {
    waiting: () => queue.length,
    frame: (now) => {
      const due = queue;
      queue = [];
      due.forEach((f) => f(now));
    },
  });
}

const { clockAfter, clockStart } = page();
for (const c of cases) {
  test(c.name, () => {
    const rules = { length: c.length, seconds: c.seconds, stops: c.stops || [] };
    const end = c.do.reduce((s, [input, value]) => clockAfter(s, rules, input, value), Object.assign({}, clockStart, c.from));
    assert.deepEqual(Object.fromEntries(Object.keys(c.want).map((k) => [k, end[k]])), c.want);
  });
}

test("an unknown input is refused", () => assert.throws(() => clockAfter(clockStart, { length: 2, seconds: 1, stops: [] }, "jump"), /no input "jump"/));

test("frames drive it, sleep holds it, and it asks for none that it does not need", () => {
  const p = page();
  let changes = 0;
  const clock = p.makeClock({ length: 9, seconds: 1, stops: [] }, () => changes++);
  assert.equal(p.waiting(), 0);
  clock.do("play");
  p.frame(1000); // the first frame says when time begins
  p.frame(1125);
  assert.equal(clock.state.position, 0.125);
  p.frame(9000); // the page slept
  assert.equal(clock.state.position, 0.375);
  clock.sleep(true);
  assert.equal(p.waiting(), 0);
  clock.sleep(false);
  p.frame(20000);
  assert.equal(clock.state.position, 0.375);
  const before = changes;
  clock.do("pause");
  assert.equal(p.waiting(), 0);
  assert.equal(clock.state.position, 0);
  assert.equal(changes, before + 1);
  clock.do("play");
  clock.dispose();
  assert.equal(p.waiting(), 0);
});
