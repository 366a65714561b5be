// What happens to the page around the players.

/** @type {Map<string, Set<WeakRef<(e?: any) => void>>>} whom to call, by event */
const pageCalls = new Map();

/**
 * Calls back at an event of the page, "theme" when its theme may have changed, "resolution" when the screen has other pixels. The page outlives its cells, so it holds the callback
 * weakly: the owner must keep it. The page has one listener an event, however many players come and go.
 * @param {string} event @param {(e?: any) => void} callback
 * @returns {() => void} stops
 */
function onPage(event, callback) {
  const known = pageCalls.get(event), calls = known || new Set();
  const live = () => [...calls].map((ref) => ref.deref() || void calls.delete(ref));
  if (known) live();
  else {
    pageCalls.set(event, calls);
    const happened = (/** @type {any} */ e = null) => live().forEach((call) => call && call(e));
    if (event === "theme") watchTheme(happened);
    else if (event === "resolution") watchResolution(happened);
    else addEventListener(event, happened);
  }
  const ref = new WeakRef(callback);
  calls.add(ref);
  return () => void calls.delete(ref);
}

/** @param {() => void} changed */
function watchTheme(changed) {
  const observer = new MutationObserver(changed);
  const watched = { attributes: true, attributeFilter: ["class", "style", "data-jp-theme-light", "data-jp-theme-name", "data-vscode-theme-kind", "data-theme"] };
  observer.observe(document.documentElement, watched);
  observer.observe(document.body, watched);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
}

/** The page is enlarged, or moved to another screen. @param {() => void} changed */
function watchResolution(changed) {
  const again = () => {
    watchResolution(changed);
    changed();
  };
  matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`).addEventListener("change", again, { once: true });
}
