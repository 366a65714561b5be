// What is drawn at a moment: a recorded frame, or a blend of two that is marked as such.

/** Seconds below which a frame does not rest: whoever plays a run that fast wants to see it move. */
const restless = 0.2;

/**
 * A frame rests on its recording for the first and the last third of its time and moves in between; a fast run has no rest.
 * @param {number} u 0..1 between two frames @param {number} seconds that a frame stays
 */
function blendWeight(u, seconds) {
  const rest = seconds < restless ? 0 : 0.3;
  const t = Math.min(1, Math.max(0, (u - rest) / (1 - 2 * rest)));
  return rest ? t * t * (3 - 2 * t) : t;
}

/**
 * @param {Track[]} tracks @param {number} position @param {boolean} blend @param {number} seconds
 * @returns {Frame}
 */
function frameAt(tracks, position, blend, seconds) {
  const length = Math.max(...tracks.map((t) => t.length));
  const low = Math.min(length - 1, Math.floor(position));
  const mix = blend ? blendWeight(position - low, seconds) : 0;
  const blended = mix > 0 && mix < 1;
  const index = blended ? low + (mix < 0.5 ? 0 : 1) : blend ? low + mix : Math.round(position);
  /** @type {Map<string, Field|null>} */
  const cache = new Map();
  const snapshotOf = (/** @type {number} */ track, /** @type {number} */ i) => {
    const t = tracks[track];
    if (!t) throw new Error(`the document has no track ${track}`);
    return t.at(Math.min(t.length - 1, i));
  };

  /** @returns {Field|null} */
  function fieldOf(/** @type {string} */ name, /** @type {number} */ track) {
    const from = snapshotOf(track, blended ? low : index), to = blended ? snapshotOf(track, low + 1) : from;
    const here = from.fields[name] || null, next = to.fields[name] || here, nearest = mix < 0.5 ? here : next;
    if (!here || !next || !nearest || next === here || next.shape.join() !== here.shape.join()) return nearest;
    if (!here.dims.every((d) => sameLabels(from.labels[d], to.labels[d]))) return nearest;
    const data = new Float32Array(here.data.length);
    for (let i = 0; i < data.length; i++) {
      const way = next.data[i] - here.data[i]; // NaN between equal infinities
      data[i] = way - way === 0 ? here.data[i] + way * mix : nearest.data[i];
    }
    return { dims: here.dims, shape: here.shape, data };
  }

  return {
    index, position: blended ? low + mix : index, length, blended,
    snapshot: (track = 0) => snapshotOf(track, index),
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
    scalar: (/** @type {string} */ name, track = 0) => frame.scalar(name, track + base),
    field: (/** @type {string} */ name, track = 0) => frame.field(name, track + base),
  });
}
