// Puts a cell into an element: decodes its recordings once, shows its document or one of its variants.

/**
 * @typedef {object} Cell what Go ships (show/payload.go)
 * @property {Doc} doc
 * @property {{label: string, start: number, docs: {label: string, doc: Doc|null}[]}} [variants] null is the document above
 */

/**
 * @typedef {object} Doc
 * @property {string} title
 * @property {string} subtitle
 * @property {string} caption
 * @property {string} summary
 * @property {number} start
 * @property {Object<string, Easing>} blend by field
 * @property {number} seconds
 * @property {{painter: string, grow: number, basis?: number, track?: number, spec: any}[]} panels
 * @property {Layout} [layout]
 * @property {number[]} tracks which of the recordings
 * @property {number[][]} [align] by track, the frame that is shown at each moment
 * @property {Control[]} controls
 * @property {Object<string, any>} state
 * @property {{at: number, text: string}[]} notes
 * @property {Ask[]} asks
 * @property {Chapter[]} chapters
 * @property {string[]} warnings
 * @property {Moments} moments
 * @property {{name: string, text: string}[]} facts
 * @property {Object<string, Formula>} [formulas]
 * @property {Object<string, Texts>} [translations]
 * @property {"light"|"dark"|""} [theme] "" is the page's
 * @property {number} [width] the most the player takes, in pixels
 */
/** @typedef {{panel: number, column?: boolean, parts?: Layout[]}} Layout */

/** What one variant hands on to the next. @typedef {{clock: Readonly<ClockState>, state: Object<string, any>, smooth: boolean, menu: boolean}} Kept */

/**
 * @param {HTMLElement} host the cell's element; its shadow root is the player's
 * @param {Cell} cell
 * @param {Uint8Array[]} trackBytes
 * @param {Promise<Object<string, any>>} loading the libraries by name
 * @returns {Promise<() => void>} dispose
 */
async function mount(host, cell, trackBytes, loading) {
  if (trackBytes.length === 0) throw new Error("the cell has no recording");
  const recordings = await Promise.all(trackBytes.map((b) => openTrack(b)));
  const libraries = await loading, variants = cell.variants;
  const link = linkedFrame(host), first = variants ? variants.start : 0;
  let view = show(variants && link && variants.docs[Number(link.variant)] ? Number(link.variant) : first, link ? { clock: Object.assign({}, clockStart, { position: link.frame }) } : {});
  if (link) host.scrollIntoView({ block: "center" });

  /** @param {number} which @param {Partial<Kept>} kept @returns {View} */
  function show(which, kept) {
    const original = (variants && variants.docs[which].doc) || cell.doc, doc = inLanguage(original, readersTexts(original.translations));
    const label = (/** @type {string} */ text) => inLanguage(text, readersTexts(cell.doc.translations), true);
    /** @type {Control|null} */
    const choice = variants ? { kind: variants.docs.length > 6 ? "menu" : "choice", state: "variant", label: label(variants.label), options: variants.docs.map((v, i) => ({ value: i, label: label(v.label) })) } : null;
    return makeView(host, doc, doc.tracks.map((i) => recordings[i]), libraries, Object.assign({}, kept, { state: Object.assign({}, kept.state, { variant: which }) }), choice, (to) => {
      const before = view.kept();
      view.dispose();
      try {
        view = show(to, before);
      } catch (e) {
        view = show(which, before); // what was there has worked
        view.fail(e);
      }
      view.focus(choice);
    });
  }
  return () => view.dispose();
}

/** Which of the page's animations it is, from 1. @param {HTMLElement} host */
function placeOnPage(host) {
  return [...document.querySelectorAll(".xainb")].indexOf(host) + 1;
}

/** A link to a frame: #xainb=2.17 is frame 17 of the page's second animation, #xainb=2.17.3 that of its third variant. @param {HTMLElement} host @param {number} frame @param {number} [variant] both from 0 */
function frameLink(host, frame, variant) {
  return `${location.href.replace(/#.*$/, "")}#xainb=${placeOnPage(host)}.${frame + 1}${variant ? "." + (variant + 1) : ""}`;
}

/** Where in this animation the page's address leads, from 0. @param {HTMLElement} host @returns {{frame: number, variant: number|undefined}|null} */
function linkedFrame(host) {
  const at = /^#xainb=(\d+)\.(\d+)(?:\.(\d+))?$/.exec(location.hash);
  return at && +at[1] === placeOnPage(host) ? { frame: +at[2] - 1, variant: at[3] === undefined ? undefined : +at[3] - 1 } : null;
}
