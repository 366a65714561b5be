// The clock: where in the run we are, and how it moves. The rules are one pure function, clockAfter, which testdata/clock.json describes case
// by case; makeClock lets it run by the page's animation frames. It knows nothing of drawing.

/**
 * @typedef {object} ClockRules
 * @property {number} length frames, at least 1
 * @property {number} seconds how long a frame stays at speed 1
 * @property {number[]} stops frames at which play forward pauses
 */

/**
 * @typedef {object} ClockState
 * @property {number} position 0 .. length-1; the fraction is the way towards the next frame
 * @property {boolean} playing
 * @property {number} direction 1 or -1
 * @property {number} speed 0.1 .. 8
 * @property {"once"|"loop"|"bounce"} repeat what happens at the end: stop, start again, turn round
 * @property {number} rest seconds at speed 1 still to stand on the last frame
 */

/** @type {Readonly<ClockState>} */
const clockStart = { position: 0, playing: false, direction: 1, speed: 1, repeat: "once", rest: 0 };
const slowest = 0.1, fastest = 8;
/** The longest stay on the last frame before the run ends or starts again, in seconds at speed 1. */
const longestRest = 0.6;

/**
 * The state after an input.
 *   play      from the other end when it stands at the end it would play to; pause settles on the nearest frame; toggle is one of the two
 *   reverse   turns round and plays
 *   step n    pauses, and goes n frames from the nearest
 *   seek p    goes to a position; what plays goes on playing
 *   speed v   repeat mode
 *   tick dt   dt seconds have passed
 * @param {Readonly<ClockState>} s @param {Readonly<ClockRules>} rules @param {string} input @param {any} [value]
 * @returns {ClockState}
 */
function clockAfter(s, rules, input, value) {
  const end = rules.length - 1;
  const clamp = (/** @type {number} */ p) => Math.min(end, Math.max(0, p));
  const to = s.direction > 0 ? end : 0;
  switch (input) {
    case "play":
      return s.playing ? s : Object.assign({}, s, { playing: true, rest: 0, position: s.position === to ? end - to : s.position });
    case "pause":
      return Object.assign({}, s, { playing: false, position: Math.round(s.position) });
    case "toggle":
      return clockAfter(s, rules, s.playing ? "pause" : "play");
    case "reverse":
      return clockAfter(Object.assign({}, s, { direction: -s.direction, rest: 0 }), rules, "play");
    case "step":
      return Object.assign({}, s, { playing: false, position: clamp(Math.round(s.position) + value) });
    case "seek":
      return Object.assign({}, s, { position: clamp(value), rest: 0 });
    case "speed":
      return Object.assign({}, s, { speed: Math.min(fastest, Math.max(slowest, value)) });
    case "repeat":
      return Object.assign({}, s, { repeat: value });
    case "tick":
      return s.playing ? clockTick(s, rules, to, value) : s;
  }
  throw new Error(`the clock knows no input "${input}"`);
}

/** @param {Readonly<ClockState>} s @param {Readonly<ClockRules>} rules @param {number} to @param {number} dt @returns {ClockState} */
function clockTick(s, rules, to, dt) {
  const end = rules.length - 1;
  if (s.position === to) {
    const rest = s.rest - dt * s.speed;
    if (rest > 0) return Object.assign({}, s, { rest });
    if (s.repeat === "once" || end === 0) return Object.assign({}, s, { playing: false, rest: 0 });
    return Object.assign({}, s, s.repeat === "loop" ? { position: end - to, rest: 0 } : { direction: -s.direction, rest: 0 });
  }
  const position = Math.min(end, Math.max(0, s.position + (s.direction * s.speed * dt) / rules.seconds));
  const stop = s.direction > 0 ? rules.stops.find((at) => s.position < at && at <= position) : undefined;
  if (stop !== undefined) return Object.assign({}, s, { position: stop, playing: false, rest: 0 });
  return Object.assign({}, s, { position, rest: position === to ? Math.min(rules.seconds, longestRest) : 0 });
}

/**
 * @typedef {object} Clock
 * @property {Readonly<ClockState>} state
 * @property {ClockRules} rules
 * @property {(input: string, value?: any) => void} do an input of clockAfter
 * @property {(state: Readonly<ClockState>) => void} restore
 * @property {(asleep: boolean) => void} sleep while asleep, time stands still
 * @property {() => void} dispose
 */

/**
 * @param {ClockRules} rules
 * @param {() => void} changed called after each change, at most once an animation frame while playing
 * @returns {Clock}
 */
function makeClock(rules, changed) {
  let request = 0, last = 0, asleep = false;

  /** @param {number} now */
  function tick(now) {
    request = 0;
    const dt = last ? Math.min(0.25, (now - last) / 1000) : 0; // a page that slept does not jump
    last = now;
    clock.do("tick", dt);
  }

  function run() {
    if (clock.state.playing && !asleep) {
      if (!request) request = requestAnimationFrame(tick);
    } else {
      if (request) cancelAnimationFrame(request);
      request = last = 0;
    }
  }

  /** @type {Clock} */
  const clock = {
    state: clockStart,
    rules,
    do(input, value) {
      const before = clock.state;
      clock.state = clockAfter(before, rules, input, value);
      run();
      if (clock.state !== before) changed();
    },
    restore(state) {
      clock.state = clockAfter(state, rules, "seek", state.position);
      run();
      changed();
    },
    sleep(yes) {
      asleep = yes;
      run();
    },
    dispose() {
      clock.state = Object.assign({}, clock.state, { playing: false });
      run();
    },
  };
  return clock;
}
