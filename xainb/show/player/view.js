// A document in an element: builds the parts, keeps the state, draws when something has changed.

/**
 * @typedef {object} View
 * @property {() => Kept} kept
 * @property {(control: Control|null) => void} focus to a control, as if it had just been used
 * @property {(e: unknown) => void} fail says why another variant could not be shown
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
  player.setAttribute("role", "group");
  player.setAttribute("aria-label", [doc.title, doc.summary].filter(Boolean).join(" "));
  if (doc.width) player.style.maxWidth = doc.width + "px";
  host.setAttribute("data-lm-suppress-shortcuts", "true"); // JupyterLab leaves the keys to us
  root.replaceChildren(player);

  const length = doc.moments.times.length, blends = Object.keys(doc.blend).length > 0;
  /** @type {Reel} */
  const reel = { tracks, align: doc.align, length, blend: doc.blend, moments: doc.moments };
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
  let onPaper = false;
  let crossed = -1; // the frame that the run has last come across
  let smooth = kept.smooth === undefined ? !matchMedia("(prefers-reduced-motion: reduce)").matches : kept.smooth;
  let announce = false; // an answer's verdict, although it plays on
  /** @type {Frame|null} */
  let drawn = null;

  const clock = makeClock({ length, seconds: doc.seconds, stops: [] }, invalidate);
  const controls = makeControls((variants ? [variants] : []).concat(doc.controls), (k) => state[k], (key, value, control) => {
    if (control === variants) return choose(value);
    set(key, value);
    if (control.kind === "predict" && !clock.state.playing) clock.do("play");
  });
  const title = element("div", "title", doc.title), panels = element("div", "panels"), warnings = element("ul", "warnings");
  title.hidden = !doc.title;
  title.dir = "auto";
  for (const w of doc.warnings) warnings.append(element("li", "", w));
  warnings.hidden = doc.warnings.length === 0;
  const speech = makeSpeech(doc, (k) => state[k]);
  const asks = makeAsks(doc.asks, (k) => state[k], (key, value, at) => {
    set(key, value);
    announce = true;
    clock.rules.stops = asks.stops();
    const { position, direction } = clock.state;
    if (position === at && at < length - 1 && direction > 0 && !clock.rules.stops.includes(at)) clock.do("play"); // on with what waited for the answer
  }, (el, template, more) => void speech.fill(el, template, Object.assign({}, readings, more)));
  clock.rules.stops = asks.stops();
  const menu = makeMenu(doc.facts, doc.chapters, (at) => clock.do("seek", at), menuActions(), () => frameTable(frameNow(false), tracks), speech.tell);
  const bar = makeBar(clock, doc.moments, doc.chapters, { more: menu.toggle, smooth: toggleSmooth, toggle });
  const tooltip = makeTooltip(player);
  for (const el of [bar.el, menu.el, speech.spoken]) el.lang = chineseReader ? "zh" : "en"; // the rest is the author's
  player.append(title, speech.subtitle, controls.el, panels, bar.el, asks.el, speech.caption, speech.note, speech.reveal, warnings, menu.el, speech.spoken);
  applyTheme();
  if (kept.menu) bar.open();

  /** @type {{base: number, read: Object<string, string|number>, painting: Painting}[]} */
  let views = [];
  let height = 0; // of the panels, to keep the place of a player that is out of the page
  let ratio = 0; // pixels of the screen to one of the page that the panels were made for

  function build() {
    ratio = window.devicePixelRatio;
    placePanels(doc, panels, (el, p) => {
      const paint = painters[p.painter];
      if (!paint) throw new Error(`this page has no painter "${p.painter}"`);
      /** @type {Object<string, string|number>} */
      const read = {};
      views.push({ base: p.track || 0, read, painting: paint(panelFor(el, p, read)) });
    });
    panels.style.minHeight = "";
    resized = true; // each was made before the next stood beside it
  }

  /** Gives back what the painters hold: ECharts remembers each chart until it is told, and with it the recording. */
  function release() {
    if (views.length === 0) return;
    clear();
    panels.style.minHeight = height + "px";
    clock.do("pause");
  }

  function clear() {
    tooltip.show([], 0, 0);
    for (const v of views) v.painting.dispose();
    views = [];
    drawn = null;
    panels.replaceChildren();
  }

  /** ECharts keeps the resolution that it started with: where the page's zoom or the screen is another one, the panels are made anew. */
  function sharpen() {
    const all = () => /** @type {HTMLElement[]} */ ([...panels.querySelectorAll(".panel")]), held = all().findIndex((el) => el === root.activeElement);
    clear();
    build();
    drawFrame();
    if (held >= 0) all()[held].focus({ preventScroll: true });
  }

  /** @returns {Panel} */
  function panelFor(/** @type {HTMLElement} */ el, /** @type {Doc["panels"][0]} */ p, /** @type {Object<string, string|number>} */ read) {
    return {
      el, spec: p.spec, echarts: libraries.echarts, tracks: tracks.slice(p.track || 0), set, tooltip: tooltip.show,
      state: (key) => state[key],
      resolve: (v) => (typeof v === "string" && v[0] === "$" ? state[v.slice(1)] : v),
      asking: () => clock.rules.stops.length > 0 || doc.controls.some((c) => c.kind === "predict" && state[c.state] === undefined),
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
      if (views.length > 0 && ratio !== window.devicePixelRatio) return sharpen();
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
    warn(why);
  }

  function warn(/** @type {string} */ why) {
    warnings.append(element("li", "", translate("This picture stopped: {}", why)));
    warnings.hidden = false;
  }

  /** @param {boolean} smoothly */
  function frameNow(smoothly) {
    return frameAt(reel, clock.state.position, smoothly, doc.seconds / clock.state.speed);
  }

  /** @param {Frame} frame */
  function paint(frame) {
    if (resized) for (const v of views) if (v.painting.resize) v.painting.resize();
    resized = false;
    for (const v of views) {
      for (const k of Object.keys(v.read)) delete v.read[k];
      v.painting.draw(v.base ? shifted(frame, v.base) : frame);
    }
    readings = Object.assign(frameReadings(frame), ...views.map((v) => v.read).reverse()); // the first panel that reads a name has it
  }

  function drawFrame() {
    const { playing, position, speed } = clock.state, seconds = doc.seconds / speed, low = Math.floor(position);
    // A run too fast to rest shows each recorded frame as it comes across it, for captions speak of recorded frames only.
    const frame = frameNow(smooth && playing && (low === crossed || seconds >= restless));
    crossed = low;
    paint(frame);
    drawn = frame;
    tooltip.redo();
    controls.show();
    const fast = seconds < restless;
    const where = bar.show(frame, fast, frame.blended || (fast && playing && smooth && blends));
    if (frame.blended) return;
    const said = speech.say(frame, readings), asked = asks.show(frame);
    if (!playing || announce) speech.tell(where, ...said, asked);
    announce = false;
    if (!playing) menu.refresh(frame.index);
  }

  function toggle() {
    const { playing, position, direction } = clock.state;
    if (!playing && direction > 0 && asks.insists(Math.round(position))) {
      announce = true;
      return invalidate();
    }
    clock.do("toggle");
  }

  function toggleSmooth() {
    smooth = !smooth;
    invalidate();
  }

  function menuActions() {
    const name = (/** @type {string} */ ending) => (doc.title.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").slice(0, 60) || "animation") + ending;
    /** @type {MenuAction[]} */
    const fixed = [
      { label: "Copy a link to this frame", act: () => navigator.clipboard.writeText(frameLink(host, Math.round(clock.state.position), state.variant)).then(() => translate("Copied")) },
      { label: "Save as a page", act: async () => saveFile(new Blob([await pageOf(host, doc.title, state.variant)], { type: "text/html" }), name(".html")) },
      { label: "Save the picture", act: async () => saveFile(await pictureOf(player, libraries.echarts, playerCSS, theme.paper), name(`-${Math.round(clock.state.position) + 1}.png`)) },
      { label: "Save the numbers", act: () => saveFile(new Blob(csvOf([...new Set(tracks)]), { type: "text/csv" }), name(".csv")) },
    ];
    const actions = fixed.map((a) => () => a);
    if (blends && length > 1) actions.push(() => ({ label: smooth ? "Move without in-between pictures" : "Move with in-between pictures", act: toggleSmooth }));
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
    if (host.isConnected && !onPaper) wear(themeNow()); // a detached cell has no page to look at
  }

  /** @type {HTMLElement|null} */
  let strip = null;
  function toPaper() {
    if (!host.isConnected || onPaper) return;
    onPaper = true;
    wear(Object.assign({ font: fontStack }, lightTheme));
    if (broken) return;
    try {
      if (views.length === 0) build();
      if (length < 2) return drawFrame();
      const variant = variants ? `${variants.label}: ${variants.options[state.variant].label}` : "";
      strip = makeStrip(doc, {
        player, panels, captions: [speech.caption, speech.note], echarts: libraries.echarts, variant,
        show(at) {
          const frame = frameAt(reel, at, false, doc.seconds);
          paint(frame);
          speech.say(frame, readings);
        },
      });
      player.insertBefore(strip, bar.el);
      player.classList.add("printed");
    } catch (e) {
      stop(e instanceof Error ? e.message : String(e));
    }
  }
  function fromPaper() {
    if (!onPaper) return;
    onPaper = false;
    if (strip) strip.remove();
    strip = null;
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
    const link = linkedFrame(host);
    if (!link) return;
    clock.do("pause");
    clock.do("seek", link.frame);
    host.scrollIntoView({ block: "center" });
    if (variants && link.variant !== undefined && link.variant !== state.variant && variants.options[link.variant]) choose(link.variant);
  };
  const unwatch = [onPage("theme", themeSoon), onPage("beforeprint", toPaper), onPage("afterprint", fromPaper), onPage("hashchange", followLink), onPage("resolution", invalidate)];
  player.addEventListener("keydown", (e) => {
    const target = /** @type {HTMLElement} */ (e.composedPath()[0]);
    e.stopPropagation(); // a notebook has shortcuts of its own
    if (e.defaultPrevented || target.tagName === "SELECT" || (e.key === " " && target.tagName === "BUTTON")) return;
    if (bar.key(e)) e.preventDefault();
  });
  // On a page of its own the keys are the player's that is seen first, as long as nothing has the focus; those that scroll stay the page's.
  const keyOfPage = (/** @type {KeyboardEvent} */ e) => {
    const hosts = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".xainb")]), first = hosts.find((h) => h.getBoundingClientRect().bottom > window.innerHeight / 4);
    if (document.activeElement === document.body && first === host && !/^(Home|End|Page)/.test(e.key) && bar.key(e)) e.preventDefault();
  };
  if (document.body.hasAttribute("data-xainb-page")) unwatch.push(onPage("keydown", keyOfPage));
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
  /** @type {any} */ (host).xainb = { clock, state: (/** @type {string} */ k) => state[k], set, readings: () => readings, frame: () => drawn, tracks, held: [themeSoon, toPaper, fromPaper, followLink, invalidate, keyOfPage], dispose };
  return {
    kept: () => ({ clock: clock.state, state, smooth, menu: !menu.el.hidden }),
    focus: (control) => controls.focus(control),
    fail: (e) => warn(e instanceof Error ? e.message : String(e)),
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
  const values = { time: formatTime(s.time), timeName: translate(s.timeName || "step"), phase: s.phase, frame: String(frame.index + 1), frames: String(frame.length) };
  return Object.assign(values, s.scalars);
}
