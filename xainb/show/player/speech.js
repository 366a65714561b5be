// What is said of a frame: in sentences around the picture, and to a screen reader.

/** How long a frame must stand before a screen reader is told of it, in milliseconds: a scrub passes many. */
const stands = 400;

/**
 * @param {Doc} doc @param {(key: string) => any} get an entry of the state
 */
function makeSpeech(doc, get) {
  const subtitle = element("div", "subtitle"), caption = element("div", "caption"), note = element("div", "note"), reveal = element("div", "reveal");
  const spoken = element("div", "unseen");
  spoken.setAttribute("aria-live", "polite");
  for (const el of [subtitle, caption, note, reveal]) el.dir = "auto";
  /** @type {WeakMap<HTMLElement, string>} what an element was filled with, so that it is left alone while that is the same */
  const filled = new WeakMap();
  let timer = 0;

  /** @param {HTMLElement} el @param {string} template @param {Object<string, string|number>} values @returns {string} the text */
  function fill(el, template, values) {
    const key = [template, ...[...template.matchAll(/\{([^{}]*)\}/g)].map((m) => values[m[1]])].join("\0");
    if (filled.get(el) !== key) fillTemplate(el, template, values, doc.formulas);
    filled.set(el, key);
    el.hidden = !template;
    return el.textContent || "";
  }

  return {
    subtitle, caption, note, reveal, spoken, fill,
    /** Captions speak of recorded frames only, never of a blend. @param {Frame} frame @param {Object<string, string|number>} readings @returns {string[]} */
    say(frame, readings) {
      let template = doc.caption, sub = doc.subtitle;
      for (const c of doc.controls) {
        const o = c.options.find((x) => x.value === get(c.state));
        if (c.kind === "predict" && o) readings.guess = o.label;
        if (o && o.caption) template = o.caption;
        if (o && o.subtitle) sub = o.subtitle;
      }
      const at = doc.notes.filter((x) => x.at <= frame.index).pop();
      const asked = doc.controls.find((c) => c.kind === "predict" && c.reveal && get(c.state) !== undefined);
      fill(subtitle, sub, readings);
      return [fill(caption, template, readings), fill(note, at ? at.text : "", readings), fill(reveal, asked && frame.index === frame.length - 1 ? asked.reveal || "" : "", readings)];
    },
    /** Tells a screen reader, unless something else is to be told at once. @param {(string|undefined)[]} parts */
    tell(...parts) {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const text = parts.filter(Boolean).join(" · ");
        if (spoken.textContent !== text) spoken.textContent = text;
      }, stands);
    },
  };
}
