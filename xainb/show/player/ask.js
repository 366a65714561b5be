// Questions at which the playhead stops: the reader predicts, the player checks.

/**
 * @typedef {object} Ask
 * @property {number} at
 * @property {string} question
 * @property {string[]} answers
 * @property {number} right position among the answers
 * @property {string} [reveal] template, said after an answer
 */

/**
 * @param {Ask[]} asks by their frame
 * @param {(key: string) => any} get an answer is an entry of the state
 * @param {(key: string, value: any, at: number) => void} answered
 * @param {(el: HTMLElement, template: string, more: Object<string, string>) => void} fill
 */
function makeAsks(asks, get, answered, fill) {
  const el = element("div", "ask"), question = element("div", "question"), answers = element("div", "answers"), verdict = element("div", "verdict");
  const id = (/** @type {number} */ k) => "ask " + k;
  answers.setAttribute("role", "group");
  el.append(question, answers, verdict);
  el.hidden = true;
  for (const e of [question, answers, verdict]) e.dir = "auto";
  let shown = -1;
  /** @type {Set<number>} */
  const insisted = new Set(); // on an answer: without one it goes on when asked again

  function build(/** @type {number} */ k) {
    const held = answers.contains(/** @type {ShadowRoot} */ (answers.getRootNode()).activeElement);
    shown = k;
    answers.setAttribute("aria-label", asks[k].question);
    answers.replaceChildren(...asks[k].answers.map((text, i) => {
      const b = element("button", "option", text);
      b.type = "button";
      b.addEventListener("click", () => answered(id(k), i, asks[k].at));
      return b;
    }));
    const player = /** @type {HTMLElement|null} */ (el.closest(".player"));
    if (held && player) player.focus({ preventScroll: true }); // not an answer: enter would give it
  }

  /** The first question of a frame that has no answer yet, or -1. @param {number} frame */
  const openAt = (frame) => asks.findIndex((a, k) => a.at === frame && get(id(k)) === undefined);

  /** The question of a frame: asked there, or answered before. @param {number} frame */
  function current(frame) {
    const open = openAt(frame);
    if (open >= 0) return open;
    for (let k = asks.length - 1; k >= 0; k--) if (asks[k].at === frame || (asks[k].at < frame && get(id(k)) !== undefined)) return k;
    return -1;
  }

  return {
    el,
    /** The frames at which the playhead is still to stop. */
    stops: () => asks.filter((_, k) => get(id(k)) === undefined).map((a) => a.at),
    /** Whether a question of the frame wants an answer before play goes on: once. @param {number} frame */
    insists(frame) {
      const k = openAt(frame);
      if (k < 0 || insisted.has(k)) return false;
      insisted.add(k);
      return true;
    },
    /** @param {Frame} frame @returns {string} what it says */
    show(frame) {
      const k = current(frame.index);
      el.hidden = k < 0;
      if (k < 0) return "";
      if (k !== shown) build(k);
      const a = asks[k], given = get(id(k));
      fill(question, a.question, {});
      for (const [i, b] of [...answers.children].entries()) {
        b.setAttribute("aria-pressed", String(i === given));
        b.classList.toggle("right", given !== undefined && i === a.right);
      }
      const more = { guess: a.answers[given] || "", right: a.answers[a.right] };
      const check = given === a.right ? `**${translate("Right.")}**` : `${translate("You said {}.", "{guess}")} ${translate("It is {}.", "**{right}**")}`;
      const wait = insisted.has(k) ? translate("Choose an answer; play again goes on without one.") : "";
      fill(verdict, given === undefined ? wait : `${check} ${a.reveal || ""}`, more);
      verdict.hidden = given === undefined && !wait;
      return el.textContent || "";
    },
  };
}
