// The control bar: one line of buttons, the scrubber, where we are, and the keyboard that does the same.

const speeds = [0.1, 0.25, 0.5, 1, 2, 4, 8];
/** @type {ClockState["repeat"][]} */
const repeats = ["once", "loop", "bounce"];
const repeatNames = { once: "Plays once (l)", loop: "Plays in a loop (l)", bounce: "Plays to and fro (l)" };

/**
 * @param {Clock} clock @param {Moments} moments @param {Chapter[]} chapters @param {{more: () => boolean, smooth: () => void, toggle: () => void}} actions more opens or closes the menu and says which, toggle plays or pauses
 * @returns {{el: HTMLElement, show: (frame: Frame, fast: boolean, between: boolean) => string, key: (e: KeyboardEvent) => boolean, open: () => void}}
 */
function makeBar(clock, moments, chapters, actions) {
  const n = moments.times.length, whereText = makeWhere(moments);
  const el = element("div", "bar" + (moments.ticks.length ? " ticked" : "") + (chapters.length > 1 ? " chaptered" : ""));
  const nearest = (/** @type {number[]} */ list, /** @type {number} */ v) => list.reduce((best, x, i) => (Math.abs(x - v) < Math.abs(list[best] - v) ? i : best), 0);
  const faster = (/** @type {number} */ by) => clock.do("speed", speeds[Math.min(speeds.length - 1, Math.max(0, nearest(speeds, clock.state.speed) + by))]);
  const repeat = () => clock.do("repeat", repeats[(repeats.indexOf(clock.state.repeat) + 1) % repeats.length]);
  const step = (/** @type {number} */ by) => clock.do("step", by);
  function chapter(/** @type {number} */ by) {
    const here = Math.round(clock.state.position), starts = chapters.length > 1 ? chapters.map((c) => c.at) : [0, n - 1];
    const to = by > 0 ? starts.find((at) => at > here) : starts.filter((at) => at < here).pop();
    if (to !== undefined) clock.do("seek", to);
  }
  const play = iconButton("play", "play", translate("Play (space)"), actions.toggle);
  const reverse = iconButton("reverse", "reverse", translate("Play backwards (r)"), () => clock.do("reverse"));
  const back = iconButton("", "back", translate("One frame back (←)"), () => step(-1));
  const forward = iconButton("", "forward", translate("One frame on (→)"), () => step(1));
  const scrubber = makeScrubber(clock, moments, chapters);
  const where = element("span", "where"), text = element("span"), between = element("span", "between", translate("interpolated"));
  where.append(text, between);
  const speed = element("button", "speed");
  speed.type = "button";
  speed.title = translate("Speed ([ and ])");
  speed.addEventListener("click", (e) => {
    const last = speeds.length - 1, i = nearest(speeds, clock.state.speed);
    clock.do("speed", speeds[e.shiftKey ? (i || speeds.length) - 1 : i === last ? 0 : i + 1]);
  });
  const again = iconButton("", "loop", translate(repeatNames.once), repeat);
  const more = iconButton("", "more", translate("Details, keys and files (?)"), () => more.setAttribute("aria-expanded", String(actions.more())));
  more.setAttribute("aria-expanded", "false");
  el.append(...(n > 1 ? [play, reverse, back, scrubber.el, forward, where, speed, again, more] : [more]));
  where.style.minWidth = `min(50%, ${Math.max(...[0, n - 1].map((i) => whereText(i, i).length)) * 0.56 + (n > 1 ? 1.2 : 0)}em)`;

  /** @param {HTMLElement} b @param {string} label @param {string} icon */
  function turn(b, label, icon) {
    if (b.title === label) return;
    b.title = label;
    b.setAttribute("aria-label", label);
    setIcon(/** @type {SVGElement} */ (b.firstChild), icon);
  }
  function show(/** @type {Frame} */ frame, /** @type {boolean} */ fast, /** @type {boolean} */ moving) {
    const s = clock.state;
    turn(play, translate(s.playing ? "Pause (space)" : "Play (space)"), s.playing ? "pause" : "play");
    turn(again, translate(repeatNames[s.repeat]), s.repeat === "bounce" ? "bounce" : "loop");
    again.setAttribute("aria-pressed", String(s.repeat !== "once"));
    reverse.setAttribute("aria-pressed", String(s.direction < 0));
    back.setAttribute("aria-disabled", String(s.position <= 0)); // a disabled button would lose the focus, and the keys with it
    forward.setAttribute("aria-disabled", String(s.position >= n - 1));
    speed.textContent = formatSpeed(s.speed);
    speed.setAttribute("aria-label", translate("Speed {}", formatSpeed(s.speed)));
    const pair = frame.blended && !fast; // of a fast run nobody could read it
    const now = whereText(pair ? Math.floor(s.position) : frame.index, pair ? Math.ceil(s.position) : frame.index);
    if (text.textContent !== now) text.textContent = now;
    between.style.visibility = moving ? "visible" : "hidden";
    scrubber.show(now);
    return now;
  }

  /** @type {Object<string, () => void>} */
  const keys = {
    " ": actions.toggle, k: actions.toggle, ArrowLeft: () => step(-1), ArrowRight: () => step(1),
    Home: () => clock.do("seek", 0), End: () => clock.do("seek", n - 1), PageUp: () => chapter(-1), PageDown: () => chapter(1), r: () => clock.do("reverse"), l: repeat,
    "[": () => faster(-1), "]": () => faster(1), "<": () => faster(-1), ">": () => faster(1), i: actions.smooth, "?": () => more.click(),
  };
  function key(/** @type {KeyboardEvent} */ e) {
    if (e.ctrlKey || e.altKey || e.metaKey) return false;
    const far = e.shiftKey && /^Arrow/.test(e.key);
    const act = !far ? keys[e.key] : e.key === "ArrowLeft" ? () => step(-10) : e.key === "ArrowRight" ? () => step(10) : undefined;
    if (act) act();
    return !!act;
  }
  return { el, show, key, open: () => more.click() };
}

const keyHelp = "space: play or pause · ← →: one frame, with shift ten · home, end · page up, page down: chapter · r: backwards · l: repeat · [ ]: speed · i: in-between pictures · ↑ ↓: selection, with shift the place along it";

/** @param {number} s */
function formatSpeed(s) {
  return s === 0.25 ? "¼×" : s === 0.5 ? "½×" : `${s}×`;
}

/**
 * Makes what is said of frames a..b: the algorithm's own time where it counts up, else the frame's number.
 * @param {Moments} m @returns {(a: number, b: number) => string}
 */
function makeWhere(m) {
  const times = m.times.map((t) => (t === null ? NaN : t)), n = times.length;
  const counts = n > 1 && times.every((t, i) => Number.isFinite(t) && (i === 0 || t > times[i - 1]));
  const name = (/** @type {number} */ i) => (counts ? formatTime(times[i]) : String(i + 1));
  return (a, b) => {
    const here = a === b ? name(a) : `${name(a)} → ${name(b)}`;
    return counts ? translate("{} {} of {}", translate(m.timeName), here, formatTime(times[n - 1])) : translate("{} of {}", here, n);
  };
}

/** @param {number} t */
function formatTime(t) {
  return Number.isInteger(t) ? String(t).replace("-", "−") : formatNumber(t);
}
