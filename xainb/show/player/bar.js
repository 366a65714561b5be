// The control bar: one line of buttons, the scrubber with its ticks, where we are, and the keyboard that does the same.

const speeds = [0.25, 0.5, 1, 2, 4];

/**
 * @typedef {object} Moments what the bar says about the frames, made by Go
 * @property {number[]} times the algorithm's own time of each frame
 * @property {string} timeName
 * @property {{at: number, name: string, text: string}[]} ticks
 */

/**
 * @param {Clock} clock @param {Moments} moments @param {() => void} toggleDetails
 * @returns {{el: HTMLElement, show: (frame: Frame, fast: boolean) => void, key: (e: KeyboardEvent) => boolean}}
 */
function makeBar(clock, moments, toggleDetails) {
  const n = moments.times.length;
  const el = element("div", "bar" + (moments.ticks.length ? " ticked" : ""));
  const actions = {
    toggle: () => (clock.playing ? clock.pause() : clock.play()),
    step: (/** @type {number} */ by) => {
      if (clock.playing) clock.pause();
      clock.seek(Math.round(clock.position) + by);
    },
    reverse: () => {
      clock.direction = -clock.direction;
      clock.play();
      clock.seek(clock.position);
    },
    loop: () => {
      clock.loop = !clock.loop;
      clock.seek(clock.position);
    },
    speed: (/** @type {number} */ by) => {
      const i = (speeds.indexOf(clock.speed) + by + speeds.length) % speeds.length;
      clock.speed = speeds[i];
      clock.seek(clock.position);
    },
  };
  const play = iconButton("play", "play", "Play (space)", actions.toggle);
  const reverse = iconButton("reverse", "reverse", "Play backwards (r)", actions.reverse);
  const back = iconButton("", "back", "One frame back (←)", () => actions.step(-1));
  const forward = iconButton("", "forward", "One frame on (→)", () => actions.step(1));
  const scrubber = makeScrubber(clock, moments);
  const where = element("span", "where");
  const speed = element("button", "speed");
  speed.type = "button";
  speed.title = "Speed (< and >)";
  speed.addEventListener("click", (e) => actions.speed(e.shiftKey ? -1 : 1));
  const loop = iconButton("", "loop", "Loop (l)", actions.loop);
  const more = iconButton("", "more", "Details and keys (?)", () => {
    toggleDetails();
    more.setAttribute("aria-expanded", String(more.getAttribute("aria-expanded") !== "true"));
  });
  more.setAttribute("aria-expanded", "false");
  el.append(...(n > 1 ? [play, reverse, back, scrubber.el, forward, where, speed, loop, more] : [more]));
  where.style.minWidth = `${Math.max(...[0, n - 1].map((i) => whereText(moments, i, i).length)) * 0.56 + (n > 1 ? 1.2 : 0)}em`;

  const svg = /** @type {SVGElement} */ (play.firstChild);
  function show(/** @type {Frame} */ frame, /** @type {boolean} */ fast) {
    const label = clock.playing ? "Pause (space)" : "Play (space)";
    if (play.title !== label) {
      play.title = label;
      play.setAttribute("aria-label", label);
      setIcon(svg, clock.playing ? "pause" : "play");
    }
    reverse.setAttribute("aria-pressed", String(clock.direction < 0));
    loop.setAttribute("aria-pressed", String(clock.loop));
    back.disabled = clock.position <= 0;
    forward.disabled = clock.position >= n - 1;
    speed.textContent = formatSpeed(clock.speed);
    speed.setAttribute("aria-label", `Speed ${formatSpeed(clock.speed)}`);
    const between = frame.blended && !fast; // of a fast run nobody could read it
    const text = whereText(moments, between ? Math.floor(clock.position) : frame.index, between ? Math.ceil(clock.position) : frame.index);
    if (where.textContent !== text) where.textContent = text;
    scrubber.show(text);
  }

  /** @type {Object<string, () => void>} */
  const keys = {
    " ": actions.toggle, k: actions.toggle, ArrowLeft: () => actions.step(-1), ArrowRight: () => actions.step(1),
    Home: () => clock.seek(0), End: () => clock.seek(n - 1), r: actions.reverse, l: actions.loop,
    "<": () => actions.speed(-1), ">": () => actions.speed(1), ",": () => actions.speed(-1), ".": () => actions.speed(1), "?": () => more.click(),
  };
  function key(/** @type {KeyboardEvent} */ e) {
    if (e.ctrlKey || e.altKey || e.metaKey) return false;
    const act = e.shiftKey && e.key.startsWith("Arrow") ? () => actions.step(e.key === "ArrowLeft" ? -10 : e.key === "ArrowRight" ? 10 : 0) : keys[e.key];
    if (act) act();
    return !!act;
  }
  return { el, show, key };
}

const keyHelp = "space: play or pause · ←\u00a0→: one frame, with shift ten · home, end · r: backwards · l: loop · <\u00a0>: speed · ↑\u00a0↓: selection, with shift the place along it";

/** @param {number} s */
function formatSpeed(s) {
  return s === 0.25 ? "¼×" : s === 0.5 ? "½×" : `${s}×`;
}

/** What the bar says of frames a..b: the algorithm's own time where it counts up, else the frame's number. @param {Moments} m @param {number} a @param {number} b */
function whereText(m, a, b) {
  const n = m.times.length;
  const counts = n > 1 && m.times.every((t, i) => Number.isFinite(t) && (i === 0 || t > m.times[i - 1]));
  const name = (/** @type {number} */ i) => (counts ? formatTime(m.times[i]) : String(i + 1));
  const here = a === b ? name(a) : `${name(a)} → ${name(b)}`;
  return `${counts ? m.timeName + " " : ""}${here} of ${counts ? formatTime(m.times[n - 1]) : n}`;
}

/** @param {number} t */
function formatTime(t) {
  return Number.isInteger(t) ? String(t) : formatNumber(t);
}

/** @param {Clock} clock @param {Moments} moments */
function makeScrubber(clock, moments) {
  const n = moments.times.length;
  const el = element("div", "track");
  el.tabIndex = 0;
  el.setAttribute("role", "slider");
  el.setAttribute("aria-label", "Frame");
  el.setAttribute("aria-valuemin", "1");
  el.setAttribute("aria-valuemax", String(n));
  const gone = element("div", "gone"), knob = element("div", "knob");
  el.append(element("div", "rail"), gone, ...makeTicks(moments), knob);
  let wasPlaying = false;
  function seekTo(/** @type {PointerEvent} */ e) {
    const box = el.getBoundingClientRect();
    if (n > 1 && box.width > 0) clock.seek(Math.round(((e.clientX - box.left) / box.width) * (n - 1)));
  }
  el.addEventListener("pointerdown", (e) => {
    if (e.button !== 0) return;
    try {
      el.setPointerCapture(e.pointerId);
    } catch {
      // a pointer that is already gone cannot be captured
    }
    wasPlaying = clock.playing;
    if (wasPlaying) clock.pause();
    seekTo(e);
    el.addEventListener("pointermove", seekTo);
  });
  const release = () => {
    el.removeEventListener("pointermove", seekTo);
    const atEnd = clock.position === (clock.direction > 0 ? n - 1 : 0); // whoever drags there wants to look at it
    if (wasPlaying && !atEnd) clock.play();
    wasPlaying = false;
  };
  el.addEventListener("pointerup", release);
  el.addEventListener("pointercancel", release);
  function show(/** @type {string} */ text) {
    const here = moments.ticks.filter((t) => t.at === Math.round(clock.position)).map(tickName);
    const at = n > 1 ? `${(100 * clock.position) / (n - 1)}%` : "0%";
    gone.style.width = knob.style.left = at;
    el.setAttribute("aria-valuenow", String(Math.round(clock.position) + 1));
    el.setAttribute("aria-valuetext", [text, ...here].join(", "));
  }
  return { el, show };
}

/** @param {Moments["ticks"][0]} t */
function tickName(t) {
  return t.text ? `${t.name}: ${t.text}` : t.name;
}

/** Ticks for the events; a label that would run into the one before it is left to the tooltip. @param {Moments} moments */
function makeTicks(moments) {
  const n = moments.times.length;
  let free = -Infinity;
  return moments.ticks.map((t) => {
    const at = n > 1 ? t.at / (n - 1) : 0;
    const tick = element("div", "tick");
    tick.style.left = `${100 * at}%`;
    tick.title = tickName(t);
    const half = (t.name.length * 6.2) / 480 / 2; // of a scrubber about 480 px wide
    const from = at < 0.1 ? at : at > 0.9 ? at - 2 * half : at - half;
    if (from > free) {
      tick.classList.toggle("first", at < 0.1);
      tick.classList.toggle("last", at > 0.9);
      tick.append(element("span", "", t.name));
      free = from + 2 * half + 0.02;
    }
    return tick;
  });
}
