// Puts a document into an element: builds the parts, keeps the state, draws when something has changed.

/**
 * @typedef {object} Doc what Go ships (show/payload.go)
 * @property {string} title
 * @property {string} subtitle
 * @property {string} caption
 * @property {string} summary
 * @property {number} start
 * @property {Object<string, "linear"|"ease">} blend by field
 * @property {number} seconds
 * @property {{painter: string, grow: number, basis?: number, track?: number, spec: any}[]} panels
 * @property {Layout} [layout]
 * @property {number[]} tracks which of the recordings
 * @property {number[][]} [align] by track, the frame that is shown at each moment
 * @property {Control[]} controls
 * @property {Object<string, any>} state
 * @property {{at: number, text: string}[]} notes
 * @property {string[]} warnings
 * @property {Moments} moments
 * @property {{name: string, text: string}[]} facts
 */

/** @typedef {{panel: number, column?: boolean, parts?: Layout[]}} Layout */

/**
 * @param {HTMLElement} host the cell's element; its shadow root is the player's
 * @param {Doc} doc
 * @param {Uint8Array[]} trackBytes
 * @param {Object<string, any>} libraries by name
 * @returns {Promise<() => void>} dispose
 */
async function mount(host, doc, trackBytes, libraries) {
  const recordings = await Promise.all(trackBytes.map((b) => openTrack(b)));
  const tracks = doc.tracks.map((i) => recordings[i]);
  if (tracks.every((t) => t.length === 0)) throw new Error("the recording has no frames");
  const root = host.shadowRoot || host.attachShadow({ mode: "open" });
  const style = element("style");
  style.textContent = playerCSS;
  const player = element("div", "player");
  player.tabIndex = 0;
  player.setAttribute("role", "group");
  player.setAttribute("aria-label", [doc.title, doc.summary].filter(Boolean).join(" "));
  host.setAttribute("data-lm-suppress-shortcuts", "true"); // JupyterLab leaves the keys to us
  root.replaceChildren(style, player);

  let theme = themeOf(host);
  const state = Object.assign({}, doc.state);
  /** @type {Object<string, string|number>} */
  let readings = {};
  let request = 0;
  let resized = false;
  let sized = false; // a cell in a hidden part of the page is not
  let broken = false;
  const blends = Object.keys(doc.blend).length > 0;
  let crossed = -1; // the frame that the run has last come across

  const clock = makeClock(doc.moments.times.length, doc.seconds, invalidate);
  const title = element("div", "title", doc.title);
  const subtitle = element("div", "subtitle");
  title.hidden = !doc.title;
  const controls = makeControls(doc.controls, (k) => state[k], (key, value, control) => {
    set(key, value);
    if (control.kind === "predict" && !clock.playing) clock.play();
  });
  const panelRow = element("div", "panels");
  const details = makeDetails(doc.facts);
  const bar = makeBar(clock, doc.moments, () => (details.hidden = !details.hidden));
  const caption = element("div", "caption");
  const note = element("div", "note");
  const reveal = element("div", "reveal");
  const warnings = element("ul", "warnings");
  for (const w of doc.warnings) warnings.append(element("li", "", w));
  warnings.hidden = doc.warnings.length === 0;
  const tooltip = makeTooltip(player);
  player.append(title, subtitle, controls.el, panelRow, bar.el, caption, note, reveal, warnings, details);
  applyTheme();

  /** @type {{base: number, read: Object<string, string|number>, painting: Painting}[]} */
  let views = [];
  let height = 0; // of the panels, to keep the place of a player that is out of the page

  function build() {
    panelRow.replaceChildren();
    for (const p of doc.panels) {
      const el = element("div", "panel");
      el.style.flex = `${p.grow} 1 ${p.basis || 280}px`;
      panelRow.append(el);
      const paint = painters[p.painter];
      if (!paint) throw new Error(`this page has no painter "${p.painter}"`);
      /** @type {Object<string, string|number>} */
      const read = {};
      views.push({ base: p.track || 0, read, painting: paint(panelFor(el, p, read)) });
    }
    panelRow.style.minHeight = "";
  }

  /** Gives back what the painters hold: ECharts remembers each chart until it is told, and with it the recording. */
  function release() {
    if (views.length === 0) return;
    tooltip.show([], 0, 0);
    for (const v of views) v.painting.dispose();
    views = [];
    panelRow.style.minHeight = height + "px";
    panelRow.replaceChildren();
    clock.pause();
  }

  /** @returns {Panel} */
  function panelFor(/** @type {HTMLElement} */ el, /** @type {Doc["panels"][0]} */ p, /** @type {Object<string, string|number>} */ read) {
    return {
      el, spec: p.spec, echarts: libraries.echarts, tracks: tracks.slice(p.track || 0), set, tooltip: tooltip.show,
      state: (key) => state[key],
      resolve: (v) => (typeof v === "string" && v[0] === "$" ? state[v.slice(1)] : v),
      theme: () => theme,
      read: (values) => void Object.assign(read, values),
    };
  }

  function set(/** @type {string} */ key, /** @type {any} */ value) {
    if (state[key] === value) return;
    state[key] = value;
    invalidate();
  }

  function invalidate() {
    if (!request) request = requestAnimationFrame(draw);
  }

  function draw() {
    request = 0;
    // The cell was run again, or a notebook keeps it out of its page while it is out of sight. What is hidden may be removed unseen.
    if (!host.isConnected || !sized) return release();
    if (broken) return;
    try {
      if (views.length === 0) build();
      drawFrame();
    } catch (e) {
      stop(e instanceof Error ? e.message : String(e));
      console.error("gonb-xai:", e);
    }
  }

  /** A painter that fails must not fail silently, nor for every frame. */
  function stop(/** @type {string} */ why) {
    broken = true;
    clock.pause();
    warnings.append(element("li", "", "This picture stopped: " + why));
    warnings.hidden = false;
  }

  function drawFrame() {
    if (resized) for (const v of views) if (v.painting.resize) v.painting.resize();
    resized = false;
    const seconds = doc.seconds / clock.speed, low = Math.floor(clock.position);
    // A run too fast to rest shows each recorded frame as it comes across it, for captions speak of recorded frames only.
    const frame = frameAt(tracks, clock.position, clock.playing && blends && (low === crossed || seconds >= restless), seconds);
    crossed = low;
    for (const v of views) {
      for (const k of Object.keys(v.read)) delete v.read[k];
      v.painting.draw(v.base ? shifted(frame, v.base) : frame);
    }
    readings = Object.assign(frameReadings(frame), ...views.map((v) => v.read).reverse()); // the first panel that reads a name has it
    tooltip.redo();
    controls.show();
    bar.show(frame, seconds < restless);
    if (!frame.blended) say(frame);
  }

  /** Captions speak of recorded frames only, never of a blend. */
  function say(/** @type {Frame} */ frame) {
    let template = doc.caption, sub = doc.subtitle;
    for (const c of doc.controls) {
      const o = c.options.find((x) => x.value === state[c.state]);
      if (c.kind === "predict" && o) readings.guess = o.label;
      if (o && o.caption) template = o.caption;
      if (o && o.subtitle) sub = o.subtitle;
    }
    fillTemplate(subtitle, sub, readings);
    subtitle.hidden = !sub;
    fillTemplate(caption, template, readings);
    caption.hidden = !template;
    const said = doc.notes.filter((x) => x.at <= frame.index).pop();
    fillTemplate(note, said ? said.text : "", readings);
    note.hidden = !said;
    const asked = doc.controls.find((c) => c.kind === "predict" && c.reveal && state[c.state] !== undefined);
    reveal.hidden = !asked || frame.index < frame.length - 1;
    if (asked) fillTemplate(reveal, asked.reveal || "", readings);
  }

  function applyTheme() {
    for (const k of /** @type {("ink"|"muted"|"faint"|"paper"|"accent"|"font")[]} */ (["ink", "muted", "faint", "paper", "accent", "font"])) {
      player.style.setProperty("--" + k, theme[k]);
    }
  }

  function themeChanged() {
    if (!host.isConnected) return; // a detached cell has no page to look at
    const now = themeOf(host);
    if (now.paper === theme.paper) return;
    theme = now;
    applyTheme();
    for (const v of views) if (v.painting.restyle) v.painting.restyle();
    invalidate();
  }

  const observer = new ResizeObserver(() => {
    resized = true;
    sized = player.offsetWidth > 0;
    height = panelRow.offsetHeight || height;
    themeChanged(); // a cell that is shown again may have missed a change of theme
    invalidate();
  });
  observer.observe(player);
  const themeSoon = () => void requestAnimationFrame(themeChanged);
  const unwatch = watchTheme(themeSoon);
  player.addEventListener("keydown", (e) => {
    const target = /** @type {HTMLElement} */ (e.composedPath()[0]);
    e.stopPropagation(); // a notebook has shortcuts of its own
    if (e.defaultPrevented || target.tagName === "SELECT" || (e.key === " " && target.tagName === "BUTTON")) return;
    if (bar.key(e)) e.preventDefault();
  });
  player.addEventListener("click", (e) => {
    const active = root.activeElement;
    if (!active || active === player || !player.contains(active)) player.focus({ preventScroll: true });
    e.stopPropagation();
  });
  clock.position = Math.min(Math.max(0, doc.start), doc.moments.times.length - 1);
  try {
    build();
    drawFrame();
  } catch (e) {
    dispose(); // the first failure is the cell's: its poster stays
    throw e;
  }
  sized = player.offsetWidth > 0;
  invalidate(); // where it has no size nothing else would

  function dispose() {
    observer.disconnect();
    unwatch();
    release();
    clock.dispose();
    if (request) cancelAnimationFrame(request);
    root.replaceChildren();
    delete (/** @type {any} */ (host).xainb);
  }
  // The handle for a page around the player, and for whoever drives it by program.
  /** @type {any} */ (host).xainb = { clock, state: (/** @type {string} */ k) => state[k], set, readings: () => readings, tracks, themeSoon, dispose };
  return dispose;
}

/** What every document can say of a frame: {time}, {timeName}, {phase}, {frame}, {frames} and its scalars. @param {Frame} frame @param {number} [track] */
function frameReadings(frame, track) {
  const s = frame.snapshot(track);
  /** @type {Object<string, string|number>} */
  const values = { time: formatTime(s.time), timeName: s.timeName || "step", phase: s.phase, frame: String(frame.index + 1), frames: String(frame.length) };
  return Object.assign(values, s.scalars);
}

/** @param {{name: string, text: string}[]} facts */
function makeDetails(facts) {
  const details = element("dl", "details");
  details.hidden = true;
  for (const f of facts.concat({ name: "keys", text: keyHelp })) details.append(element("dt", "", f.name), element("dd", "", f.text));
  return details;
}

/** @param {HTMLElement} player @returns {{show: Panel["tooltip"], redo: () => void}} redo: the frame under the pointer is another one */
function makeTooltip(player) {
  const box = element("div", "tooltip");
  box.hidden = true;
  player.append(box);
  let again = () => {};
  /** @type {Panel["tooltip"]} */
  function show(said, x, y) {
    const lines = typeof said === "function" ? said() : said;
    again = () => show(said, x, y);
    box.hidden = lines.length === 0;
    if (box.hidden) return;
    box.replaceChildren(...lines.map((l) => {
      const row = element("div");
      row.append(element(l.strong ? "strong" : "span", "", l.text));
      return row;
    }));
    player.append(box); // last, so that it lies over the rest
    const area = player.getBoundingClientRect(), own = box.getBoundingClientRect();
    const left = Math.max(0, Math.min(x - area.left + 14, area.width - own.width));
    const above = y - area.top - own.height - 12;
    box.style.left = `${left}px`;
    box.style.top = `${above < 0 ? y - area.top + 16 : above}px`;
  }
  return { show, redo: () => again() };
}
