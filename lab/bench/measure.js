// In every page of the benchmark, before its own scripts: what is spent in the callbacks of each animation frame, and when it was.
(function () {
  "use strict";
  const ask = window.requestAnimationFrame.bind(window);
  /** @type {{now: number, script: number, shown: number}[]} */
  let frames = [];
  let on = false;
  let shown = () => NaN; // which recorded frame is to be seen

  /** Callbacks of one animation frame are given the same time. Before the first of them the screen has what the frame before left. */
  function of(now) {
    const last = frames[frames.length - 1];
    if (last && last.now === now) return last;
    if (last) last.shown = shown();
    frames.push({ now, script: 0, shown: NaN });
    return frames[frames.length - 1];
  }
  window.requestAnimationFrame = (f) => ask((now) => {
    const frame = on ? of(now) : null, start = performance.now();
    try {
      f(now);
    } finally {
      if (frame) frame.script += performance.now() - start;
    }
  });
  function each(now) {
    if (!on) return;
    of(now);
    ask(each);
  }

  // When ECharts was there, and when the first picture was.
  const key = Symbol.for("gonb-xai/1"), times = { library: NaN, ready: NaN };
  let registry;
  Object.defineProperty(window, key, {
    configurable: true,
    get: () => registry,
    set(page) {
      registry = page;
      page.slots = new Proxy(page.slots, {
        set(slots, id, slot) {
          slots[id] = slot;
          if (id.startsWith("echarts")) slot.promise.then(() => (times.library = performance.now()));
          return true;
        },
      });
    },
  });
  new MutationObserver((_, self) => {
    if (!document.querySelector("[data-xainb=ready]")) return;
    self.disconnect();
    ask(() => ask(() => (times.ready = performance.now()))); // painted
  }).observe(document, { attributes: true, subtree: true, attributeFilter: ["data-xainb"] });

  const later = (ms) => new Promise((r) => setTimeout(r, ms));
  const drawn = () => new Promise((r) => ask(() => ask(() => r(undefined))));
  window.bench = {
    times, later, drawn,
    start(/** @type {() => number} */ what) {
      frames = [];
      shown = what;
      on = true;
      ask(each);
    },
    /** All frames but the first few, in which code is compiled. */
    stop(skip) {
      on = false;
      const out = frames.slice(skip);
      return out.map((f, i) => ({ script: f.script, wall: i + 1 < out.length ? out[i + 1].now - f.now : NaN, shown: f.shown })).slice(0, -2);
    },
    /** What the callbacks of the animation frames take until act has been drawn. */
    async cost(act) {
      frames = [];
      shown = () => NaN;
      on = true;
      act();
      await drawn();
      on = false;
      return frames.reduce((sum, f) => sum + f.script, 0);
    },
    host: () => document.querySelector("div.xainb").xainb,
  };
})();
