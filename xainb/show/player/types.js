// The shapes that the player's files share. Nothing here runs; `tsc --checkJs` reads it.
// Go joins the files of this folder and the painters of a document, in the order of player.go, into one strict-mode
// function, so a top-level name in one file is seen by the others and by nobody else.

/**
 * A track after decoding (decode.js). Frames are decoded on demand.
 * @typedef {object} Track
 * @property {number} length how many frames
 * @property {string} name
 * @property {{name: string, unit: string, min: number, max: number, error: number, nan: number, inf: number}[]} fields
 * @property {(i: number) => Snapshot} at frame i; the same object for the same i while it is cached
 */

/**
 * @typedef {object} Snapshot
 * @property {number} seq
 * @property {number} time
 * @property {string} timeName what time counts; "" means "step"
 * @property {string} kind
 * @property {string} phase
 * @property {boolean} key
 * @property {Object<string, Field>} fields by name
 * @property {Object<string, number>} scalars by name
 * @property {Object<string, string[]>} labels by dimension
 * @property {{name: string, text: string}[]} events
 */

/**
 * @typedef {object} Field
 * @property {string[]} dims names, outermost first
 * @property {number[]} shape
 * @property {Float32Array} data row-major; never written to
 */

/**
 * What is drawn at a moment: frame index i, or a blend of i and i+1.
 * @typedef {object} Frame
 * @property {number} index 0..length-1, the nearest frame
 * @property {number} position between the frames that are blended, or index
 * @property {number} length
 * @property {boolean} blended
 * @property {{time: number|null, name: string}|null} clock the time that the control bar says, null where it is no number; a track may be held at a frame of another time
 * @property {(track?: number) => Snapshot} snapshot the nearest frame's snapshot (labels, phase, time, scalars)
 * @property {(track?: number) => {index: number, position: number}} own which frame of a track that is, for tracks may be aligned; position as above
 * @property {(name: string, track?: number) => (Field|null)} field blended when the document allows it
 * @property {(name: string, track?: number) => number} scalar NaN when missing
 */

/**
 * What a painter is given. The player owns `el` and its size; the painter fills it.
 * @typedef {object} Panel
 * @property {HTMLElement} el
 * @property {any} spec as marshalled by Go
 * @property {any} echarts the library, when the document asks for it
 * @property {Track[]} tracks from the panel's own first track on
 * @property {(key: string) => any} state
 * @property {(key: string, value: any) => void} set sets an entry of the state; everything is redrawn once
 * @property {(v: any) => any} resolve a spec's value: "$name" is the state's entry of that name, all else is itself
 * @property {() => boolean} asking whether a prediction is still to be made: what is to come must not answer it
 * @property {() => Theme} theme
 * @property {(values: Object<string, string|number>) => void} read says what the painter reads off the frame, for captions; of panels that read the same name the first counts
 * @property {(places: Places|null) => void} point says what is under the pointer, so that every panel marks it; null when nothing is
 * @property {(dim: string, labels: string[]) => number} pointed the position along a dimension that is to be marked, or -1
 * @property {(lines: TooltipLine[]|(() => TooltipLine[]), x: number, y: number) => void} tooltip shows lines at a point of the page (clientX, clientY), asked for anew at each draw; none hides it
 */

/** Positions along dimensions, by name. @typedef {Object<string, {index: number, label: string}>} Places */

/** @typedef {{text: string, strong?: boolean}} TooltipLine */

/**
 * @typedef {object} Theme
 * @property {boolean} dark
 * @property {string} ink
 * @property {string} muted
 * @property {string} faint thin lines
 * @property {string} paper the page's own background
 * @property {string} accent
 * @property {string} font
 * @property {string[]} series colours that can be told apart, the first is ink's
 */

/**
 * What a painter returns.
 * @typedef {object} Painting
 * @property {(frame: Frame) => void} draw called once per change; must not keep the frame
 * @property {() => void} [resize] the panel's width has changed; a draw follows
 * @property {() => void} [restyle] the theme has changed; a draw follows
 * @property {() => void} dispose
 */

/** @typedef {(panel: Panel) => Painting} Painter */

/** style.css, set by Go when it joins the files. @type {string} */
var playerCSS;

/** The head of a page of our own (show/html.go), "%s" where its title goes. @type {string} */
var pageHead;
