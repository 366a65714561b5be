// What is drawn at a moment: a recorded frame, or a blend of two that is marked as such.

/** Seconds below which a frame does not rest: whoever plays a run that fast wants to see it move. */
const restless = 0.2;

/** @typedef {"linear"|"ease"} Easing */

/**
 * How far a blend is towards the next frame. With "ease" a frame rests on its recording for the first and the last third of its time and
 * moves in between; a fast run has no rest.
 * @param {Easing} easing @param {number} u 0..1 between two frames @param {number} seconds that a frame stays
 */
function blendWeight(easing, u, seconds) {
  if (easing === "linear" || seconds < restless) return u;
  const t = Math.min(1, Math.max(0, (u - 0.3) / 0.4));
  return t * t * (3 - 2 * t);
}

/**
 * @typedef {object} Reel what frames are made of
 * @property {Track[]} tracks
 * @property {number[][]} [align] by track, the frame that is shown at each moment; otherwise frame i, and a shorter track stays at its last
 * @property {number} length moments
 * @property {Object<string, Easing>} blend the fields that may be blended
 * @property {{times: (number|null)[], timeName: string}} [moments]
 */

/**
 * @param {Reel} reel @param {number} position @param {boolean} smooth whether fields are blended now @param {number} seconds that a frame stays
 * @returns {Frame}
 */
function frameAt(reel, position, smooth, seconds) {
  const { tracks, align, length, blend, moments } = reel, easings = Object.values(blend);
  const smoothly = smooth && easings.length > 0;
  const low = Math.min(length - 1, Math.floor(position)), u = smoothly ? position - low : 0;
  const mix = blendWeight(easings.includes("ease") ? "ease" : "linear", u, seconds);
  const blended = easings.some((e) => ((w) => w > 0 && w < 1)(blendWeight(e, u, seconds)));
  const index = blended ? low + (mix < 0.5 ? 0 : 1) : smoothly ? low + Math.round(mix) : Math.round(position);
  /** @type {Map<string, Field|null>} */
  const cache = new Map();
  const snapshotOf = (/** @type {number} */ track, /** @type {number} */ i) => {
    const t = tracks[track];
    if (!t) throw new Error(`the document has no track ${track}`);
    return t.at(ownOf(track, i));
  };
  const ownOf = (/** @type {number} */ track, /** @type {number} */ i) => (align ? align[track][i] : Math.min(tracks[track].length - 1, i));

  /** @returns {Field|null} */
  function fieldOf(/** @type {string} */ name, /** @type {number} */ track) {
    const easing = blended && Object.hasOwn(blend, name) ? blend[name] : undefined;
    if (!easing) return snapshotOf(track, index).fields[name] || null;
    const way = blendWeight(easing, u, seconds);
    const from = snapshotOf(track, low), to = snapshotOf(track, low + 1);
    const here = from.fields[name] || null, next = to.fields[name] || here, nearest = way < 0.5 ? here : next;
    if (!here || !next || !nearest || next === here || next.shape.join() !== here.shape.join()) return nearest;
    if (!here.dims.every((d) => sameLabels(from.labels[d], to.labels[d]))) return nearest;
    const data = new Float32Array(here.data.length);
    for (let i = 0; i < data.length; i++) {
      const step = next.data[i] - here.data[i]; // NaN between equal infinities
      data[i] = step - step === 0 ? here.data[i] + step * way : nearest.data[i];
    }
    return { dims: here.dims, shape: here.shape, data };
  }

  return {
    index, position: blended ? low + mix : index, length, blended, clock: moments ? { time: moments.times[index], name: moments.timeName } : null,
    snapshot: (track = 0) => snapshotOf(track, index),
    own: (track = 0) => {
      const here = ownOf(track, index), from = ownOf(track, low);
      return { index: here, position: blended ? from + (ownOf(track, low + 1) - from) * mix : here };
    },
    scalar: (name, track = 0) => {
      const v = snapshotOf(track, index).scalars[name];
      return v === undefined ? NaN : v;
    },
    field: (name, track = 0) => {
      const key = track + " " + name;
      let f = cache.get(key);
      if (f === undefined) cache.set(key, (f = fieldOf(name, track)));
      return f;
    },
  };
}

/** Whether a position means the same in two frames; a frame without labels has those of the others. @param {string[]|undefined} a @param {string[]|undefined} b */
function sameLabels(a, b) {
  return !a || !b || a === b || (a.length === b.length && a.every((l, i) => l === b[i]));
}

/** The same frame as seen by a panel whose first track is base. @param {Frame} frame @param {number} base @returns {Frame} */
function shifted(frame, base) {
  return Object.assign({}, frame, {
    snapshot: (track = 0) => frame.snapshot(track + base),
    own: (track = 0) => frame.own(track + base),
    scalar: (/** @type {string} */ name, track = 0) => frame.scalar(name, track + base),
    field: (/** @type {string} */ name, track = 0) => frame.field(name, track + base),
  });
}
