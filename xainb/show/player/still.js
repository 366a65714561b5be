// The picture as it stands: copied for print, for a file.

/**
 * A copy of an element in which what is drawn on canvases is an image.
 * @template {HTMLElement} E
 * @param {E} el @param {any} echarts
 * @returns {E}
 */
function frozen(el, echarts) {
  if (echarts) for (const plot of el.querySelectorAll("[_echarts_instance_]")) flushChart(echarts, /** @type {HTMLElement} */ (plot));
  const copy = /** @type {E} */ (el.cloneNode(true)), drawn = el.querySelectorAll("canvas");
  copy.querySelectorAll("canvas").forEach((canvas, i) => {
    const img = element("img");
    img.alt = "";
    if (drawn[i].width * drawn[i].height > 0) img.src = drawn[i].toDataURL();
    img.className = canvas.className;
    img.style.cssText = canvas.style.cssText;
    canvas.replaceWith(img);
  });
  return copy;
}

/** ECharts draws in the next animation frame; here it is to have drawn. @param {any} echarts @param {HTMLElement} plot */
function flushChart(echarts, plot) {
  const chart = echarts.getInstanceByDom(plot);
  if (chart) chart.getZr().flush();
}

/** The frames that tell a run: first, last, what happened, then evenly. @param {number} n @param {number[]} marked @param {number} most */
function keyFrames(n, marked, most) {
  const chosen = new Set([0, n - 1]);
  for (const at of marked) if (chosen.size < most && at >= 0 && at < n) chosen.add(at);
  for (let parts = 2; chosen.size < Math.min(most, n) && parts <= n; parts++) {
    for (let i = 1; i < parts && chosen.size < Math.min(most, n); i++) chosen.add(Math.round((i * (n - 1)) / parts));
  }
  return [...chosen].sort((a, b) => a - b);
}

/**
 * An element as a picture: a copy inside an SVG, which the browser draws.
 * @param {HTMLElement} el @param {any} echarts @param {string} css @param {string} paper
 * @returns {Promise<Blob>} PNG, two pixels a CSS pixel
 */
async function pictureOf(el, echarts, css, paper) {
  const width = el.offsetWidth, ratio = 2;
  const copy = frozen(el, echarts), style = element("style"), page = element("div");
  for (const part of copy.querySelectorAll(".bar, .menu, .tooltip, .unseen")) part.remove();
  copy.style.width = width + "px";
  Object.assign(page.style, { position: "absolute", visibility: "hidden" }); // only to be measured
  page.append(copy);
  el.append(page);
  const height = copy.offsetHeight;
  page.remove();
  page.removeAttribute("style");
  style.textContent = css.replace(/:host/g, ".host");
  page.className = "host";
  page.prepend(style);
  const source = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><foreignObject width="100%" height="100%">${new XMLSerializer().serializeToString(page).replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd")}</foreignObject></svg>`;
  const image = new Image();
  image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(source);
  await image.decode();
  const canvas = element("canvas");
  [canvas.width, canvas.height] = [width * ratio, height * ratio];
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.fillStyle = paper;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(image, 0, 0, width * ratio, height * ratio);
  return new Promise((resolve, reject) => canvas.toBlob((b) => (b ? resolve(b) : reject(new Error("no picture"))), "image/png"));
}

/** Hands a file to the reader. @param {Blob} blob @param {string} name */
function saveFile(blob, name) {
  const a = element("a");
  a.href = URL.createObjectURL(blob);
  a.download = name;
  a.click();
  setTimeout(() => URL.revokeObjectURL(a.href), 60000);
}
