// Painter "stages": the phases of the run in the order of their first appearance, the current one lit. Phases that come again and
// again (once a layer, once an epoch) are a loop: underlined, with a counter.
// spec: {} (charts.Stages). reads: {stage}, {round}, {rounds}.

painters.stages = paintStages;

Object.assign(chinese, {
  "↻ {} {} of {}": "↻ {} {} / {}", "↻ {} times": "↻ {} 次",
});

/**
 * @typedef {object} Route the way through the phases
 * @property {string[]} stages
 * @property {number[]} at the stage of each frame, -1 where it names none
 * @property {number[]} entered the frame at which the stay that a frame belongs to began
 * @property {number} loopFrom first and last stage of the loop; -1 without one
 * @property {number} loopTo
 * @property {number[]} rounds how often the loop had been entered at each frame
 */

/** @param {string[]} phases of the frames @returns {Route} */
function routeOf(phases) {
  /** @type {string[]} */
  const stages = [];
  /** @type {number[]} */
  const visits = [];
  /** @type {number[]} */
  const at = [], /** @type {number[]} */ entered = [];
  phases.forEach((p, i) => {
    if (p && !stages.includes(p)) stages.push(p);
    const s = p ? stages.indexOf(p) : -1;
    at.push(s);
    const stays = i > 0 && at[i - 1] === s;
    entered.push(stays ? entered[i - 1] : i);
    if (s >= 0 && !stays) visits[s] = (visits[s] || 0) + 1;
  });
  const again = visits.map((v, s) => (v > 1 ? s : -1)).filter((s) => s >= 0);
  const loopFrom = again.length ? again[0] : -1, loopTo = again.length ? again[again.length - 1] : -1;
  let round = 0;
  const rounds = at.map((s, i) => (s === loopFrom && s >= 0 && entered[i] === i ? ++round : round));
  return { stages, at, entered, loopFrom, loopTo, rounds };
}

/** @param {Panel} panel @returns {Painting} */
function paintStages(panel) {
  const track = panel.tracks[0];
  const line = element("div");
  line.setAttribute("role", "list");
  panel.el.append(line);
  /** @type {Route} */
  let route = routeOf([]);
  /** @type {{el: HTMLElement, word: HTMLElement, from: number, to: number}[]} */
  let items = [];
  /** @type {HTMLElement|null} */
  let counter = null;
  let length = -1;

  function build() {
    length = track.length;
    const phases = [];
    for (let i = 0; i < length; i++) phases.push(track.at(i).phase);
    route = routeOf(phases);
    const theme = panel.theme();
    styled(line, { display: "flex", flexWrap: "wrap", alignItems: "center", rowGap: "6px", font: `14px/1.5 ${theme.font}` });
    items = route.stages.map((name, s) => {
      const el = element("span"), word = element("span", "", name);
      el.setAttribute("role", "listitem");
      const under = (/** @type {boolean} */ on) => ({ borderBottom: `1.5px solid ${on ? theme.faint : "transparent"}`, paddingBottom: "2px" });
      styled(el, Object.assign({ display: "inline-flex", alignItems: "center" }, under(inLoop(s) && s > route.loopFrom)));
      styled(word, { whiteSpace: "nowrap" });
      if (s === route.loopFrom) styled(word, Object.assign({ marginBottom: "-3.5px" }, under(true))); // not under the arrow before it
      if (s > 0) el.append(arrow(theme));
      el.append(word);
      return { el, word, from: s, to: s };
    });
    counter = null;
    /** @type {HTMLElement[]} */
    const parts = items.map((i) => i.el);
    if (route.loopFrom >= 0) {
      counter = element("span");
      styled(counter, { fontSize: "12px", color: theme.muted, padding: "0 0 3.5px 8px", whiteSpace: "nowrap", fontVariantNumeric: "tabular-nums" });
      parts.splice(route.loopTo + 1, 0, counter);
    }
    line.replaceChildren(...parts);
  }

  function inLoop(/** @type {number} */ s) {
    return s >= route.loopFrom && s <= route.loopTo && route.loopFrom >= 0;
  }

  /** Whether a stage has been passed: in a loop, since the loop began anew. */
  function passed(/** @type {number} */ s, /** @type {number} */ frame) {
    for (let i = frame; i >= 0; i--) {
      if (route.at[i] === s) return true;
      if (inLoop(s) && route.at[i] === route.loopFrom && route.entered[i] === i) return false;
    }
    return false;
  }

  return {
    draw(frame) {
      if (track.length !== length) build();
      const theme = panel.theme(), i = Math.min(frame.own().index, length - 1), now = route.at[i];
      const many = items.length > 24;
      items.forEach(({ el, word, from: s }) => {
        const on = s === now;
        styled(word, { color: on ? theme.accent : passed(s, i) ? theme.ink : theme.muted, fontWeight: "400", textShadow: on ? `0 0 .6px ${theme.accent}, 0 0 .6px ${theme.accent}` : "none" });
        if (on) el.setAttribute("aria-current", "step");
        else el.removeAttribute("aria-current");
        el.hidden = many && Math.abs(s - Math.max(0, now)) > 8;
      });
      const total = route.rounds[length - 1] || 0, round = route.rounds[i] || 0;
      if (counter) {
        const s = frame.snapshot(), name = s.timeName && s.time === round ? s.timeName : "round";
        counter.textContent = round ? translate("↻ {} {} of {}", translate(name), round, total) : translate("↻ {} times", total);
      }
      panel.read({ stage: now >= 0 ? route.stages[now] : "", round, rounds: total });
    },
    restyle: build,
    dispose: () => panel.el.replaceChildren(),
  };
}

/** @param {Theme} theme a thin arrow between two stages */
function arrow(theme) {
  const ns = "http://www.w3.org/2000/svg", svg = document.createElementNS(ns, "svg"), path = document.createElementNS(ns, "path");
  svg.setAttribute("viewBox", "0 0 26 10");
  svg.setAttribute("width", "26");
  svg.setAttribute("height", "10");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", "M5 5h15M17 2l3.5 3-3.5 3");
  path.setAttribute("fill", "none");
  path.setAttribute("stroke", mixColour(theme.paper, theme.ink, 0.42));
  svg.append(path);
  return svg;
}
