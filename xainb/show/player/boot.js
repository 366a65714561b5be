// The script of a cell. It is plain text in the cell's HTML, so it is kept small: it finds the players that wait on this page,
// fetches what they share (the player's code, ECharts), each once a page, and mounts them. Nothing else is left on the page
// than one registry under a symbol. Ids are not used: the same bytes can be shown twice.
(function () {
  "use strict";
  /** @typedef {{source: string, started: boolean, fetched: boolean, loaded: boolean, waiting: {say: (why: string) => void, retry: (() => void)|null}[], promise: Promise<any>, resolve: (value: any) => void}} Slot */
  /** @typedef {{id: string, name: string, code?: string, url?: string, integrity?: string}} Part */
  const key = Symbol.for("gonb-xai/1");
  const global = /** @type {any} */ (window);
  /** @type {{slots: Object<string, Slot>, seen: WeakSet<Element>, run: ((f: Function) => void)|null}} */
  const page = global[key] || (global[key] = { slots: {}, seen: new WeakSet(), run: null });

  const nonce = document.currentScript ? document.currentScript.nonce : ""; // where only scripts with a nonce may run, ours has one

  function bytesOf(/** @type {string} */ base64) {
    let text = "";
    try {
      text = atob(base64);
    } catch {
      throw new Error("the cell is damaged: what it carries is not base64");
    }
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i); // many times faster than Uint8Array.from
    return bytes;
  }
  const inflate = (/** @type {string} */ base64) => {
    if (typeof DecompressionStream === "undefined") throw new Error("this browser is too old (no DecompressionStream)");
    return new Response(new Blob([bytesOf(base64)]).stream().pipeThrough(new DecompressionStream("deflate-raw"))).text();
  };

  // Evaluates source as the body of a function that shadows the module systems a page may have. An inline script
  // element needs no eval, which many pages forbid. In a stack trace and the debugger it goes by its name.
  function evaluate(/** @type {string} */ source, /** @type {string} */ name) {
    /** @type {any} */
    let result;
    page.run = (f) => {
      const module = { exports: {} };
      const value = f.call({}, undefined, module, module.exports, undefined);
      result = value === undefined ? module.exports : value;
    };
    const script = document.createElement("script");
    if (nonce) script.nonce = nonce;
    script.textContent = 'window[Symbol.for("gonb-xai/1")].run(function (define, module, exports, require) {' + source + "\n})\n//# sourceURL=gonb-xai:" + name;
    document.head.appendChild(script);
    script.remove();
    page.run = null;
    if (result === undefined) throw new Error("the page did not let its script run");
    return result;
  }

  function slot(/** @type {string} */ id) {
    if (!page.slots[id]) {
      /** @type {(value: any) => void} */
      let resolve = () => {};
      const promise = new Promise((r) => (resolve = r));
      page.slots[id] = { source: "", started: false, fetched: false, loaded: false, waiting: [], promise, resolve };
    }
    return page.slots[id];
  }

  // ECharts remembers how wide texts are in an object: one that says "constructor" would find what every object has there and spoil it for the whole page.
  const tame = (/** @type {string} */ source) => source.replaceAll("this._map={}", "this._map=Object.create(null)");

  // A cell that carries the code starts it; the others wait. What nobody carries comes from the CDN after a moment, checked by its hash.
  // When that fails the cell says so and goes on waiting: a cell shown later may carry it.
  function need(/** @type {Part} */ part, /** @type {(why: string) => void} */ complain) {
    const s = slot(part.id), code = part.code, url = part.url;
    if (s.loaded) return s.promise;
    const retry = code ? () => load(() => inflate(code)) : null;
    s.waiting.push({ say: complain, retry });
    const loaded = (/** @type {any} */ value) => {
      s.waiting = []; // they would keep cells that are long gone
      s.loaded = true;
      s.resolve(value);
    };
    const load = (/** @type {() => Promise<string>} */ text) => {
      s.started = true;
      Promise.resolve().then(text).then((source) => evaluate((s.source = tame(source)), part.id)).then(loaded, (e) => {
        s.started = false;
        const other = s.waiting.find((w) => w.retry && w.retry !== retry); // another cell carries it as well
        if (other && other.retry) {
          const again = other.retry;
          other.retry = null;
          return again();
        }
        if (url && !s.fetched) return download(url);
        for (const w of s.waiting) w.say(part.id + " could not be loaded: " + e.message);
      });
    };
    const download = (/** @type {string} */ from) => {
      s.fetched = true;
      const unheard = () => {
        throw new Error(from + " does not answer, or not with the file that its hash asks for");
      };
      load(() => fetch(from, { integrity: part.integrity }).catch(unheard).then((r) => {
        if (!r.ok) throw new Error(`${from} answers with HTTP status ${r.status}`);
        return r.text();
      }));
    };
    if (code && !s.started) load(() => inflate(code));
    else if (!code && url) setTimeout(() => s.started || download(url), 2000);
    return s.promise;
  }

  async function start(/** @type {Element} */ host) {
    const note = host.querySelector(".xainb-note");
    const complain = (/** @type {string} */ why) => {
      host.setAttribute("data-xainb", "failed");
      if (note) note.textContent = "This picture stands still: " + why;
    };
    try {
      const data = host.querySelector("script.xainb-data");
      const cell = JSON.parse((data && data.textContent) || "null");
      const mount = need(cell.player, complain);
      // The player decodes the recording while the libraries are still on their way.
      const libraries = Promise.all(cell.libraries.map(async (/** @type {Part} */ l) => [l.name, await need(l, complain)])).then(Object.fromEntries);
      await (await mount)(host, cell, cell.tracks.map(bytesOf), libraries);
      host.setAttribute("data-xainb", "ready");
    } catch (e) {
      if (host.shadowRoot) host.shadowRoot.replaceChildren(document.createElement("slot")); // the poster shows again
      complain(e instanceof Error ? e.message : String(e));
      console.error("gonb-xai:", e);
    }
  }

  for (const host of document.querySelectorAll(".xainb")) {
    if (page.seen.has(host) || !host.querySelector("script.xainb-data")) continue;
    page.seen.add(host);
    host.setAttribute("data-xainb", "loading");
    start(host);
  }
})();
//# sourceURL=gonb-xai:boot.js
