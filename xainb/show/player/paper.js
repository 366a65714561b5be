// On paper a run is its key frames, dark on white.

/** Frames on paper, at most, and how wide each is in pixels. */
const paperFrames = 6, paperWidth = 330;

/**
 * @typedef {object} Printed what paper needs of a view
 * @property {HTMLElement} player
 * @property {HTMLElement} panels
 * @property {HTMLElement[]} captions
 * @property {(at: number) => void} show a frame in the panels and the captions
 * @property {any} echarts
 * @property {string} variant which of several it is, or ""
 */

/** @param {Doc} doc @param {Printed} view @returns {HTMLElement} */
function makeStrip(doc, view) {
  const strip = element("div", "strip"), width = view.panels.offsetWidth, where = makeWhere(doc.moments);
  const marked = [...doc.asks, ...doc.notes, ...doc.moments.ticks].map((x) => x.at);
  if (view.variant) strip.append(element("div", "small whole", view.variant));
  for (const at of keyFrames(doc.moments.times.length, marked, paperFrames)) {
    const shot = element("div", "shot"), picture = element("div");
    view.show(at);
    const copy = frozen(view.panels, view.echarts);
    copy.style.width = width + "px";
    picture.append(copy);
    picture.style.setProperty("zoom", String(Math.min(1, paperWidth / width)));
    shot.append(element("div", "small", where(at, at)), picture, ...view.captions.filter((e) => !e.hidden).map((e) => e.cloneNode(true)));
    strip.append(shot);
  }
  return strip;
}
