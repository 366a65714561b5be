// A document in an element: builds the parts, keeps the state, draws when something has changed.

/**
 * @typedef {object} View
 * @property {() => Kept} kept
 * @property {(control: Control|null) => void} focus to a control, as if it had just been used
 * @property {() => void} dispose
 */

/**
 * @param {HTMLElement} host
 * @param {Doc} doc
 * @param {Track[]} tracks
 * @param {Object<string, any>} libraries
 * @param {Partial<Kept>} kept
 * @param {Control|null} variants the control that chooses a variant, with what is to happen
 * @param {(which: number) => void} choose
 * @returns {View}
 */
function makeView(host, doc, tracks, libraries, kept, variants, choose) {
  if (tracks.every((t) => t.length === 0)) throw new Error("the recording has no frames");
  const root = host.shadowRoot || host.attachShadow({ mode: "open" });
  const player = element("div", "player" + (doc.theme ? " own" : ""));
  dress(root);
  player.tabIndex = 0;
  player.lang = chineseReader ? "zh" : "en";
  player.setAttribute("role", "group");
  player.setAttribute("aria-label", [doc.title, doc.summary].filter(Boolean).join(" "));
  if (doc.width) player.style.maxWidth = doc.width + "px";
  host.setAttribute("data-lm-suppress-shortcuts", "true"); // JupyterLab leaves the keys to us
  root.replaceChildren(player);

  const length = doc.moments.times.length;
  /** @type {Reel} */
  const reel = { tracks, align: doc.align, length, blend: doc.blend };
  let theme = themeNow();
  const state = Object.assign({}, doc.state, kept.state);
  /** @type {Object<string, string|number>} */
  let readings = {};
  /** @type {Places|null} */
  let places = null;
  let request = 0;
  let resized = false;
  let sized = false; // a cell in a hidden part of the page is not
  let inSight = true;
  let broken = false;
  let crossed = -1; // the frame that the run has last come across
  let smooth = !matchMedia("(prefers-reduced-motion: reduce)").matches;
  /** @type {Frame|null} */
  let drawn = null;

  const clock = makeClock({ length, seconds: doc.seconds, stops: [] }, invalidate);
  const controls = makeControls((variants ? [variants] : []).concat(doc.controls), (k) => state[k], (key, value, control) => {
    if (control === variants) return choose(value);
    set(key, value);
    if (control.kind === "predict" && !clock.state.playing) clock.do("play");
  });
  const title = element("div", "title", doc.title), subtitle = element("div", "subtitle"), panels = element("div", "panels");
  const caption = element("div", "caption"), note = element("div", "note"), reveal = element("div", "reveal"), spoken = element("div", "unseen");
  const warnings = element("ul", "warnings");
  title.hidden = !doc.title;
  spoken.setAttribute("aria-live", "polite");
  for (const w of doc.warnings) warnings.append(element("li", "", w));
  warnings.hidden = doc.warnings.length === 0;
  const fill = (/** @type {HTMLElement} */ el, /** @type {string} */ template, /** @type {Object<string, string|number>} */ more) => fillTemplate(el, template, Object.assign({}, readings, more), doc.formulas);
  const asks = makeAsks(doc.asks, (k) => state[k], (key, value, at) => {
    set(key, value);
    clock.rules.stops = asks.stops();
    if (clock.state.position === at) clock.do("play"); // on with what waited for the answer
  }, fill);
  clock.rules.stops = asks.stops();
  const menu = makeMenu(doc.facts, doc.chapters, (at) => clock.do("seek", at), menuActions(), () => frameTable(frameNow(false), tracks));
  const toggleSmooth = () => {
    smooth = !smooth;
    invalidate();
  };
  const bar = makeBar(clock, doc.moments, doc.chapters, { more: menu.toggle, smooth: toggleSmooth });
  const tooltip = makeTooltip(player);
  player.append(title, subtitle, controls.el, panels, bar.el, asks.el, caption, note, reveal, warnings, menu.el, spoken);
  applyTheme();

  /** @type {{base: number, read: Object<string, string|number>, painting: Painting}[]} */
  let views = [];
  let height = 0; // of the panels, to keep the place of a player that is out of the page

  function build() {
    panels.replaceChildren();
    /** @param {Layout} part @param {HTMLElement} into */
    function place(part, into) {
      if (part.parts) {
        const box = into === panels && !part.column ? panels : element("div", part.column ? "column" : "panels");
        if (box !== into) into.append(box);
        if (into.className !== "column" && box !== into) box.style.flex = `${growOf(part)} 1 ${basisOf(part)}px`;
        for (const p of part.parts) place(p, box);
        return;
      }
      const p = doc.panels[part.panel], el = element("div", "panel"), paint = painters[p.painter];
      el.style.flex = into.className === "column" ? "none" : `${p.grow} 1 ${basisOf(part)}px`;
      into.append(el);
      if (!paint) throw new Error(`this page has no painter "${p.painter}"`);
      /** @type {Object<string, string|number>} */
      const read = {};
      views.push({ base: p.track || 0, read, painting: paint(panelFor(el, p, read)) });
    }
    /** @param {Layout} part @returns {number} its share of a row: of panels in a row that of all, in a column that of the largest */
    function growOf(part) {
      if (!part.parts) return doc.panels[part.panel].grow;
      return part.parts.map(growOf).reduce((a, b) => (part.column ? Math.max(a, b) : a + b), 0);
    }
    /** @param {Layout} part @returns {number} pixels */
    function basisOf(part) {
      return part.parts ? Math.max(...part.parts.map(basisOf)) : doc.panels[part.panel].basis || 280;
    }
    place(doc.layout || { panel: 0, parts: doc.panels.map((_, panel) => ({ panel })) }, panels);
    panels.style.minHeight = "";
  }

  /** Gives back what the painters hold: ECharts remembers each chart until it is told, and with it the recording. */
  function release() {
    if (views.length === 0) return;
    tooltip.show([], 0, 0);
    for (const v of views) v.painting.dispose();
    views = [];
    drawn = null;
    panels.style.minHeight = height + "px";
    panels.replaceChildren();
    clock.do("pause");
  }

  /** @returns {Panel} */
  function panelFor(/** @type {HTMLElement} */ el, /** @type {Doc["panels"][0]} */ p, /** @type {Object<string, string|number>} */ read) {
    return {
      el, spec: p.spec, echarts: libraries.echarts, tracks: tracks.slice(p.track || 0), set, tooltip: tooltip.show,
      state: (key) => state[key],
      resolve: (v) => (typeof v === "string" && v[0] === "$" ? state[v.slice(1)] : v),
      theme: () => theme,
      read: (values) => void Object.assign(read, values),
      point: (now) => {
        const same = JSON.stringify(now) === JSON.stringify(places);
        places = now;
        if (!same) invalidate();
      },
      pointed: (dim, labels) => pointedAt(places, dim, labels),
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
    if (broken || !inSight) return;
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
    clock.do("pause");
    warnings.append(element("li", "", translate("This picture stopped: {}", why)));
    warnings.hidden = false;
  }

  /** @param {boolean} smoothly */
  function frameNow(smoothly) {
    return frameAt(reel, clock.state.position, smoothly, doc.seconds / clock.state.speed);
  }

  /** @param {Frame} frame */
  function paint(frame) {
    for (const v of views) {
      for (const k of Object.keys(v.read)) delete v.read[k];
      v.painting.draw(v.base ? shifted(frame, v.base) : frame);
    }
    readings = Object.assign(frameReadings(frame), ...views.map((v) => v.read).reverse()); // the first panel that reads a name has it
  }

  function drawFrame() {
    if (resized) for (const v of views) if (v.painting.resize) v.painting.resize();
    resized = false;
    const { playing, position, speed } = clock.state, seconds = doc.seconds / speed, low = Math.floor(position);
    // A run too fast to rest shows each recorded frame as it comes across it, for captions speak of recorded frames only.
    const frame = frameNow(smooth && playing && (low === crossed || seconds >= restless));
    crossed = low;
    paint(frame);
    drawn = frame;
    tooltip.redo();
    controls.show();
    const fast = seconds < restless;
    const where = bar.show(frame, fast, frame.blended || (fast && playing && smooth && Object.keys(doc.blend).length > 0));
    if (frame.blended) return;
    const said = say(frame);
    if (playing) return;
    menu.refresh();
    const text = [where, ...said].filter(Boolean).join(" · ");
    if (spoken.textContent !== text) spoken.textContent = text;
  }

  /** Captions speak of recorded frames only, never of a blend. @param {Frame} frame @returns {string[]} what is said */
  function say(frame) {
    let template = doc.caption, sub = doc.subtitle;
    for (const c of doc.controls) {
      const o = c.options.find((x) => x.value === state[c.state]);
      if (c.kind === "predict" && o) readings.guess = o.label;
      if (o && o.caption) template = o.caption;
      if (o && o.subtitle) sub = o.subtitle;
    }
    const put = (/** @type {HTMLElement} */ el, /** @type {string} */ text) => {
      fill(el, text, {});
      el.hidden = !text;
      return el.textContent || "";
    };
    const at = doc.notes.filter((x) => x.at <= frame.index).pop();
    const asked = doc.controls.find((c) => c.kind === "predict" && c.reveal && state[c.state] !== undefined);
    put(subtitle, sub);
    return [put(caption, template), put(note, at ? at.text : ""), put(reveal, asked && frame.index === frame.length - 1 ? asked.reveal || "" : ""), asks.show(frame)];
  }

  function menuActions() {
    const name = (/** @type {string} */ ending) => (doc.title.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").slice(0, 60) || "animation") + ending;
    /** @type {MenuAction[]} */
    const fixed = [
      { label: "Copy a link to this frame", act: () => navigator.clipboard.writeText(String(frameLink(host, Math.round(clock.state.position)))).then(() => translate("Copied")) },
      { label: "Save as a page", act: async () => saveFile(new Blob([await pageOf(host, doc.title)], { type: "text/html" }), name(".html")) },
      { label: "Save the picture", act: async () => saveFile(await pictureOf(player, libraries.echarts, playerCSS, theme.paper), name(`-${Math.round(clock.state.position) + 1}.png`)) },
      { label: "Save the numbers", act: () => saveFile(new Blob(csvOf([...new Set(tracks)]), { type: "text/csv" }), name(".csv")) },
    ];
    const actions = fixed.map((a) => () => a);
    if (Object.keys(doc.blend).length > 0 && length > 1) actions.push(() => ({ label: smooth ? "Move without in-between pictures" : "Move with in-between pictures", act: () => (toggleSmooth(), menu.refresh()) }));
    return actions;
  }

  function themeNow() {
    return doc.theme ? Object.assign({ font: fontStack }, doc.theme === "dark" ? darkTheme : lightTheme) : themeOf(host);
  }

  function applyTheme() {
    for (const k of /** @type {("ink"|"muted"|"faint"|"paper"|"accent"|"font")[]} */ (["ink", "muted", "faint", "paper", "accent", "font"])) {
      player.style.setProperty("--" + k, theme[k]);
    }
  }

  /** @param {Theme} now */
  function wear(now) {
    if (now.paper === theme.paper && now.ink === theme.ink) return;
    theme = now;
    applyTheme();
    for (const v of views) if (v.painting.restyle) v.painting.restyle();
    invalidate();
  }

  function themeChanged() {
    if (host.isConnected) wear(themeNow()); // a detached cell has no page to look at
  }

  // On paper a run is its key frames, dark on white.
  const strip = element("div", "strip");
  function toPaper() {
    if (!host.isConnected || broken || length < 2) return;
    if (views.length === 0) build();
    wear(Object.assign({ font: fontStack }, lightTheme));
    const width = panels.offsetWidth, marked = doc.asks.concat(/** @type {any} */ (doc.notes), /** @type {any} */ (doc.moments.ticks)).map((x) => x.at);
    strip.replaceChildren(...keyFrames(length, marked, 6).map((at) => {
      const frame = frameAt(reel, at, false, doc.seconds), shot = element("div", "shot"), picture = element("div");
      paint(frame);
      say(frame);
      const copy = frozen(panels, libraries.echarts);
      copy.style.width = width + "px";
      picture.append(copy);
      picture.style.setProperty("zoom", String(330 / Math.max(330, width)));
      shot.append(element("div", "small", whereText(doc.moments, at, at)), picture, ...[caption, note].filter((e) => !e.hidden).map((e) => e.cloneNode(true)));
      return shot;
    }));
    player.insertBefore(strip, bar.el);
    player.classList.add("printed");
  }
  function fromPaper() {
    if (!strip.isConnected) return;
    strip.remove();
    player.classList.remove("printed");
    themeChanged();
    invalidate();
  }

  const observer = new ResizeObserver(() => {
    resized = true;
    sized = player.offsetWidth > 0;
    height = panels.offsetHeight || height;
    themeChanged(); // a cell that is shown again may have missed a change of theme
    invalidate();
  });
  observer.observe(player);
  // Out of sight time stands still: nobody misses a part of the run, and a page of many animations costs what is seen of it.
  const sight = new IntersectionObserver((entries) => {
    inSight = entries[entries.length - 1].isIntersecting;
    clock.sleep(!inSight);
    if (inSight) invalidate();
  }, { rootMargin: "100px" });
  sight.observe(player);
  const themeSoon = () => void requestAnimationFrame(themeChanged);
  const followLink = () => {
    const { clock: to } = linkedFrame(host);
    if (!to) return;
    clock.do("pause");
    clock.do("seek", to.position);
    host.scrollIntoView({ block: "center" });
  };
  const unwatch = [onPage("theme", themeSoon), onPage("beforeprint", toPaper), onPage("afterprint", fromPaper), onPage("hashchange", followLink)];
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
  clock.restore(kept.clock || Object.assign({}, clockStart, { position: doc.start }));
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
    sight.disconnect();
    for (const stopWatching of unwatch) stopWatching();
    release();
    clock.dispose();
    if (request) cancelAnimationFrame(request);
    root.replaceChildren();
    delete (/** @type {any} */ (host).xainb);
  }
  // The handle for a page around the player, and for whoever drives it by program.
  /** @type {any} */ (host).xainb = { clock, state: (/** @type {string} */ k) => state[k], set, readings: () => readings, frame: () => drawn, tracks, held: [themeSoon, toPaper, fromPaper, followLink], dispose };
  return {
    kept: () => ({ clock: clock.state, state }),
    focus: (control) => controls.focus(control),
    dispose,
  };
}

/** Gives the player its looks, also where a page forbids inline styles. @param {ShadowRoot} root */
function dress(root) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(playerCSS);
  root.adoptedStyleSheets = [sheet];
}

/** Where something is pointed at along a dimension of a panel: by its name, or because the same things stand along it. @param {Places|null} places @param {string} dim @param {string[]} labels */
function pointedAt(places, dim, labels) {
  if (!places) return -1;
  if (Object.prototype.hasOwnProperty.call(places, dim)) return places[dim].index < labels.length ? places[dim].index : -1;
  for (const p of Object.values(places)) if (p.label && labels[p.index] === p.label) return p.index;
  return -1;
}

/** What every document can say of a frame: {time}, {timeName}, {phase}, {frame}, {frames} and its scalars. @param {Frame} frame @param {number} [track] */
function frameReadings(frame, track) {
  const s = frame.snapshot(track);
  /** @type {Object<string, string|number>} */
  const values = { time: formatTime(s.time), timeName: s.timeName || "step", phase: s.phase, frame: String(frame.index + 1), frames: String(frame.length) };
  return Object.assign(values, s.scalars);
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
