// The clock: where in the run we are, and how it moves. It knows nothing of drawing.

/**
 * @typedef {object} Clock
 * @property {number} position 0 .. length-1; the fraction is the way towards the next frame
 * @property {boolean} playing
 * @property {number} direction 1 or -1
 * @property {number} speed
 * @property {boolean} loop
 * @property {() => void} play from the other end when it stands at the end it would play to
 * @property {() => void} pause settles on the nearest frame
 * @property {(position: number) => void} seek
 * @property {() => void} dispose
 */

/**
 * @param {number} length frames, at least 1
 * @param {number} seconds how long a frame stays at speed 1
 * @param {() => void} changed called after each change, at most once an animation frame while playing
 * @returns {Clock}
 */
function makeClock(length, seconds, changed) {
  const end = length - 1;
  let request = 0;
  let last = 0;
  let rest = 0; // seconds still to stand on the last frame before the run ends or starts again

  /** @param {number} now */
  function tick(now) {
    request = 0;
    if (!clock.playing) return;
    const dt = last ? Math.min(0.25, (now - last) / 1000) : 0; // a page that slept does not jump
    last = now;
    advance(dt);
    changed();
    if (clock.playing) request = requestAnimationFrame(tick);
  }

  /** @param {number} dt */
  function advance(dt) {
    const to = clock.direction > 0 ? end : 0;
    if (clock.position === to) {
      rest -= dt * clock.speed;
      if (rest > 0) return;
      if (!clock.loop || end === 0) stop();
      else clock.position = end - to;
      return;
    }
    const p = clock.position + (clock.direction * clock.speed * dt) / seconds;
    clock.position = Math.min(end, Math.max(0, p));
    if (clock.position === to) rest = Math.min(seconds, 0.6);
  }

  function stop() {
    clock.playing = false;
    if (request) cancelAnimationFrame(request);
    request = last = 0;
  }

  /** @type {Clock} */
  const clock = {
    position: 0, playing: false, direction: 1, speed: 1, loop: false,
    play() {
      if (clock.playing) return;
      const to = clock.direction > 0 ? end : 0;
      if (clock.position === to) clock.position = end - to;
      clock.playing = true;
      last = rest = 0;
      request = requestAnimationFrame(tick);
      changed();
    },
    pause() {
      stop();
      clock.position = Math.round(clock.position);
      changed();
    },
    seek(position) {
      clock.position = Math.min(end, Math.max(0, position));
      rest = 0;
      changed();
    },
    dispose: stop,
  };
  return clock;
}
