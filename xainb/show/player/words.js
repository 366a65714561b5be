// What the player itself says, in the reader's language: English, or Chinese by the browser's setting. The English text is the key.

/** @type {Object<string, string>} */
const chinese = {
  "Play (space)": "播放（空格）", "Pause (space)": "暂停（空格）", "Play backwards (r)": "倒放（r）",
  "One frame back (←)": "上一帧（←）", "One frame on (→)": "下一帧（→）", "Frame": "帧", "frame": "帧", "step": "步", "layer": "层", "epoch": "轮", "round": "轮",
  "Speed ([ and ])": "速度（[ 和 ]）", "Speed {}": "速度 {}",
  "Plays once (l)": "播放一次（l）", "Plays in a loop (l)": "循环播放（l）", "Plays to and fro (l)": "往复播放（l）",
  "Details, keys and files (?)": "详情、按键与导出（?）",
  "{} {} of {}": "{} {} / {}", "{} of {}": "{} / {}", "interpolated": "插值",
  "Copy a link to this frame": "复制此帧链接", "Copied": "已复制", "Save as a page": "另存为网页", "Save the picture": "保存图片", "Save the numbers": "保存数据",
  "Show the frame as a table": "以表格显示此帧", "Hide the table": "隐藏表格", "Move without in-between pictures": "不显示插值画面", "Move with in-between pictures": "显示插值画面",
  "Go to “{}”": "转到“{}”", "This did not work: {}": "操作失败：{}", "{} more values are in the file of numbers.": "其余 {} 个数值见数据文件。",
  "Right.": "回答正确。", "It is {}.": "正确答案是{}。", "You said {}.": "你选了{}。", "Choose an answer; play again goes on without one.": "请先选一个答案；再按一次播放则直接继续。", "This picture stopped: {}": "画面已停止：{}",
  "run": "运行", "model": "模型", "data": "数据", "seed": "随机种子", "frames": "帧数", "size": "大小", "branched": "分支", "keys": "按键", "chapters": "章节",
  "space: play or pause · ← →: one frame, with shift ten · home, end · page up, page down: chapter · r: backwards · l: repeat · [ ]: speed · i: in-between pictures · ↑ ↓: selection, with shift the place along it":
    "空格：播放或暂停 · ← →：一帧，加 Shift 十帧 · Home、End：首尾 · PageUp、PageDown：章节 · r：倒放 · l：重复方式 · [ ]：速度 · i：插值画面 · ↑ ↓：选择，加 Shift 沿所选移动",
};

const chineseReader = typeof navigator !== "undefined" && /^zh\b/i.test(navigator.language || "");

/** @param {string} text @param {...(string|number)} values for each {} in turn @returns {string} */
function translate(text, ...values) {
  const template = (chineseReader && Object.prototype.hasOwnProperty.call(chinese, text) && chinese[text]) || text;
  let i = 0;
  return template.replace(/\{\}/g, (gap) => (i < values.length ? String(values[i++]) : gap)); // a run's own word may look like a gap
}

/** A document's own texts in another language (show/languages.go). @typedef {Object<string, string>} Texts */

/** The texts in the language that the reader's browser asks for, null where there are none. @param {Object<string, Texts>|undefined} translations @returns {Texts|null} */
function readersTexts(translations) {
  const language = (typeof navigator !== "undefined" && navigator.language || "").toLowerCase(), all = translations || {};
  const found = [language, language.split("-")[0]].find((l) => Object.prototype.hasOwnProperty.call(all, l));
  return found === undefined ? null : all[found];
}

const spokenParts = ["title", "subtitle", "caption", "summary", "label", "text", "question", "answers", "reveal", "chapters", "warnings", "head", "columns", "units", "is"];
const unspokenParts = ["option", "state", "value", "formulas", "moments", "facts", "blend", "translations"];

/**
 * A part of a document in another language: what is read by people, and no name of a field.
 * @template T
 * @param {T} part @param {Texts|null} texts @param {boolean} [spoken] @returns {T}
 */
function inLanguage(part, texts, spoken) {
  /** @type {any} */
  const x = part;
  if (!texts || x === null) return part;
  if (typeof x === "string") return spoken && Object.prototype.hasOwnProperty.call(texts, x) ? /** @type {any} */ (texts[x]) : part;
  if (Array.isArray(x)) return /** @type {any} */ (x.map((y) => inLanguage(y, texts, spoken)));
  if (typeof x !== "object") return part;
  return /** @type {any} */ (Object.fromEntries(Object.entries(x).map(([k, v]) => [k, unspokenParts.includes(k) ? v : inLanguage(v, texts, spoken || spokenParts.includes(k))])));
}
