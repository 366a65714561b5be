// Puts a document into an element: builds the parts, keeps the state, draws when something has changed.

/**
 * @typedef {object} Doc what Go ships (show/payload.go)
 * @property {string} title
 * @property {string} subtitle
 * @property {string} caption
 * @property {string} summary
 * @property {number} start
 * @property {boolean} blend
 * @property {number} seconds
 * @property {{painter: string, grow: number, basis?: number, track?: number, spec: any}[]} panels
 * @property {Control[]} controls
 * @property {Object<string, any>} state
 * @property {{at: number, text: string}[]} notes
 * @property {string[]} warnings
 * @property {Moments} moments
 * @property {{name: string, text: string}[]} facts
 */

/**
 * @param {HTMLElement} host the cell's element; its shadow root is the player's
 * @param {Doc} doc
 * @param {Uint8Array[]} trackBytes
 * @param {Object<string, any>} libraries by name
 * @returns {Promise<() => void>} dispose
 */
async function mount(host, doc, trackBytes, libraries) {
  const tracks = await Promise.all(trackBytes.map((b) => openTrack(b)));
  if (tracks.every((t) => t.length === 0)) throw new Error("the recording has no frames");
  const root = host.shadowRoot || host.attachShadow({ mode: "open" });
  const style = element("style");
  style.textContent = playerCSS;
  const player = element("div", "player");
  player.tabIndex = 0;
  player.setAttribute("role", "group");
  player.setAttribute("aria-label", doc.title || doc.summary);
  host.setAttribute("data-lm-suppress-shortcuts", "true"); // JupyterLab leaves the keys to us
  root.replaceChildren(style, player);

  let theme = themeOf(host);
  const state = Object.assign({}, doc.state);
  /** @type {Object<string, string|number>} */
  let readings = {};
  let request = 0;
  let resized = false;
  let ended = false;
  let broken = false;

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
  bar.el.hidden = doc.moments.times.length < 2;
  const caption = element("div", "caption");
  const note = element("div", "note");
  const reveal = element("div", "reveal");
  const warnings = element("ul", "warnings");
  for (const w of doc.warnings) warnings.append(element("li", "", w));
  warnings.hidden = doc.warnings.length === 0;
  const tooltip = makeTooltip(player);
  player.append(title, subtitle, controls.el, panelRow, bar.el, caption, note, reveal, warnings, details);
  applyTheme();

  /** @type {{base: number, painting: Painting}[]} */
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
      views.push({ base: p.track || 0, painting: paint(panelFor(el, p)) });
    }
    panelRow.style.minHeight = "";
  }

  /** Gives back what the painters hold: ECharts remembers each chart until it is told, and with it the recording. */
  function release() {
    if (views.length === 0) return;
    for (const v of views) v.painting.dispose();
    views = [];
    panelRow.style.minHeight = height + "px";
    panelRow.replaceChildren();
    clock.pause();
  }

  /** @returns {Panel} */
  function panelFor(/** @type {HTMLElement} */ el, /** @type {Doc["panels"][0]} */ p) {
    return {
      el, spec: p.spec, echarts: libraries.echarts, tracks: tracks.slice(p.track || 0), set, tooltip,
      state: (key) => state[key],
      resolve: (v) => (typeof v === "string" && v[0] === "$" ? state[v.slice(1)] : v),
      theme: () => theme,
      read: (values) => void Object.assign(readings, values),
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
    if (broken) return;
    if (!host.isConnected) return release(); // the cell was run again, or a notebook keeps it out of its page while it is out of sight
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
    const frame = frameAt(tracks, clock.position, clock.playing && doc.blend, doc.seconds / clock.speed);
    readings = frameReadings(frame);
    for (const v of views) v.painting.draw(v.base ? shifted(frame, v.base) : frame);
    controls.show();
    bar.show(frame);
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
    ended = ended || frame.index === frame.length - 1;
    const asked = doc.controls.find((c) => c.kind === "predict" && c.reveal && state[c.state] !== undefined);
    reveal.hidden = !(asked && ended);
    if (asked && ended && frame.index === frame.length - 1) fillTemplate(reveal, asked.reveal || "", readings);
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
    height = panelRow.offsetHeight || height;
    themeChanged(); // a cell that is shown again may have missed a change of theme
    invalidate();
  });
  observer.observe(player);
  const themeSoon = () => void requestAnimationFrame(themeChanged);
  const unwatch = watchTheme(themeSoon);
  player.addEventListener("keydown", (e) => {
    const target = /** @type {HTMLElement} */ (e.composedPath()[0]);
    if (e.defaultPrevented || target.tagName === "SELECT" || (e.key === " " && target.tagName === "BUTTON")) return;
    if (bar.key(e)) e.preventDefault();
    e.stopPropagation();
  });
  player.addEventListener("click", (e) => {
    const active = root.activeElement;
    if (!active || active === player || !player.contains(active)) player.focus({ preventScroll: true });
    e.stopPropagation();
  });
  clock.position = Math.min(Math.max(0, doc.start), doc.moments.times.length - 1);
  build();
  drawFrame(); // the first failure is the cell's: its poster stays

  function dispose() {
    clock.dispose();
    if (request) cancelAnimationFrame(request);
    observer.disconnect();
    unwatch();
    release();
    root.replaceChildren();
    delete (/** @type {any} */ (host).xainb);
  }
  // The handle for a page around the player, and for whoever drives it by program.
  /** @type {any} */ (host).xainb = { clock, state: (/** @type {string} */ k) => state[k], set, readings: () => readings, tracks, themeSoon, dispose };
  return dispose;
}

/** What every document can say of a frame: {time}, {time name}, {phase}, {frame}, {frames} and its scalars. @param {Frame} frame */
function frameReadings(frame) {
  const s = frame.snapshot(0);
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

/** @param {HTMLElement} player @returns {Panel["tooltip"]} */
function makeTooltip(player) {
  const box = element("div", "tooltip");
  box.hidden = true;
  player.append(box);
  return (lines, x, y) => {
    box.hidden = !lines || lines.length === 0;
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
  };
}
