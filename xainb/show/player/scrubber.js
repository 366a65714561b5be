// The scrubber: the run as a line, where we are on it, its events as ticks and its chapters as names under it.

/**
 * @typedef {object} Moments what the bar says about the frames, made by Go
 * @property {(number|null)[]} times the algorithm's own time of each frame
 * @property {string} timeName
 * @property {{at: number, name: string, text: string}[]} ticks
 */

/** @typedef {{at: number, name: string}} Chapter */

/**
 * @param {Clock} clock @param {Moments} moments @param {Chapter[]} chapters
 * @returns {{el: HTMLElement, show: (text: string) => void}}
 */
function makeScrubber(clock, moments, chapters) {
  const n = moments.times.length;
  const el = element("div", "track");
  el.tabIndex = 0;
  el.setAttribute("role", "slider");
  el.setAttribute("aria-label", translate("Frame"));
  el.setAttribute("aria-valuemin", "1");
  el.setAttribute("aria-valuemax", String(n));
  const gone = element("div", "gone"), knob = element("div", "knob");
  const names = chapters.length > 1 ? chapters.map((c, k) => makeChapter(c, k + 1 < chapters.length ? chapters[k + 1].at : n - 1, n)) : [];
  if (names.length === 2 && chapters[1].at > 0.6 * (n - 1)) { // the second name is written whole, up to the end of the line
    Object.assign(names[1].style, { left: "auto", right: "0", minWidth: names[1].style.width, width: "auto", maxWidth: "45%", paddingRight: "0" });
    names[0].style.maxWidth = "55%";
  }
  el.append(element("div", "rail"), gone, ...names, ...makeTicks(moments), knob);
  let wasPlaying = false;
  function seekTo(/** @type {PointerEvent} */ e) {
    if (!e.buttons) return release(); // it was let go where nobody told us
    const box = el.getBoundingClientRect();
    if (n > 1 && box.width > 0) clock.do("seek", Math.round(((e.clientX - box.left) / box.width) * (n - 1)));
  }
  el.addEventListener("pointerdown", (e) => {
    if (e.button !== 0) return;
    try {
      el.setPointerCapture(e.pointerId);
    } catch {
      // a pointer that is already gone cannot be captured
    }
    wasPlaying = clock.state.playing;
    if (wasPlaying) clock.do("pause");
    seekTo(e);
    el.addEventListener("pointermove", seekTo);
  });
  const release = () => {
    el.removeEventListener("pointermove", seekTo);
    const { position, direction } = clock.state;
    if (wasPlaying && position !== (direction > 0 ? n - 1 : 0)) clock.do("play"); // whoever drags to the end wants to look at it
    wasPlaying = false;
  };
  // Left and right are the whole player's; on a slider up and down do the same.
  el.addEventListener("keydown", (e) => {
    const by = e.key === "ArrowUp" ? 1 : e.key === "ArrowDown" ? -1 : 0;
    if (!by || e.ctrlKey || e.altKey || e.metaKey || e.shiftKey) return;
    e.preventDefault();
    clock.do("step", by);
  });
  el.addEventListener("pointerup", release);
  el.addEventListener("pointercancel", release);

  function show(/** @type {string} */ text) {
    const { position } = clock.state, nearest = Math.round(position);
    const chapter = chapterAt(chapters, nearest);
    const here = moments.ticks.filter((t) => t.at === nearest).map(tickName);
    const at = n > 1 ? `${(100 * position) / (n - 1)}%` : "0%";
    gone.style.width = knob.style.left = at;
    names.forEach((name, k) => name.classList.toggle("now", k === chapter));
    el.setAttribute("aria-valuenow", String(nearest + 1));
    const said = [text, ...(names[chapter] ? [chapters[chapter].name] : []), ...here].join(", ");
    if (el.getAttribute("aria-valuetext") !== said) el.setAttribute("aria-valuetext", said);
  }
  return { el, show };
}

/** The chapter of a frame, -1 before the first. @param {Chapter[]} chapters @param {number} frame */
function chapterAt(chapters, frame) {
  let k = -1;
  while (k + 1 < chapters.length && chapters[k + 1].at <= frame) k++;
  return k;
}

/** Its name stands under its part of the line, as much of it as there is room for. @param {Chapter} c @param {number} end @param {number} n */
function makeChapter(c, end, n) {
  const name = element("div", "chapter", c.name);
  name.title = c.name;
  name.style.left = `${(100 * c.at) / (n - 1)}%`;
  name.style.width = `${(100 * Math.max(0, end - c.at)) / (n - 1)}%`;
  return name;
}

/** @param {Moments["ticks"][0]} t */
function tickName(t) {
  return t.text ? `${t.name}: ${t.text}` : t.name;
}

/**
 * Ticks for the events; a label that would run into the one before it is left to the tooltip, and so is a tick that nobody could tell from it.
 * @param {Moments} moments
 */
function makeTicks(moments) {
  const n = moments.times.length;
  let free = -Infinity, drawn = -Infinity;
  return moments.ticks.flatMap((t) => {
    const at = n > 1 ? t.at / (n - 1) : 0;
    if (n > 2000 && at - drawn < 1 / 2000) return [];
    drawn = at;
    const tick = element("div", "tick");
    tick.style.left = `${100 * at}%`;
    tick.title = tickName(t);
    const half = Math.min(168, t.name.length * 6.2) / 480 / 2; // of a scrubber about 480 px wide
    const from = at < 0.1 ? at : at > 0.9 ? at - 2 * half : at - half;
    if (from > free) {
      tick.classList.toggle("first", at < 0.1);
      tick.classList.toggle("last", at > 0.9);
      tick.append(element("span", "", t.name));
      free = from + 2 * half + 0.02;
    }
    return [tick];
  });
}
