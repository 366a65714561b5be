// The same data as ECharts and plotly draw it themselves, each told all that makes it faster.
"use strict";

const colours = ["#f7fbff", "#c6dbef", "#6baed6", "#2171b5", "#08306b"];

function decoded() {
  const bytes = Uint8Array.from(atob(data.values), (c) => c.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}
function most(values) {
  let max = 0;
  for (const v of values) max = Math.max(max, v);
  return max;
}
function area() {
  const el = document.createElement("div");
  el.style.cssText = "width:900px;height:900px";
  document.body.append(el);
  return el;
}

/** A heatmap series whose data is set for each animation frame. Drawn progressively, as is ECharts' default, a frame is seldom whole: 0 turns that off. */
async function playECharts(count, progressive) {
  const { rows, cols, frames } = data, values = decoded(), n = rows * cols;
  const chart = echarts.init(area(), null, { renderer: "canvas" });
  const recorded = Array.from({ length: frames }, (_, t) => Array.from({ length: n }, (_, i) => [i % cols, Math.floor(i / cols), values[t * n + i]]));
  const names = (k) => Array.from({ length: k }, (_, i) => String(i + 1));
  chart.setOption({
    animation: false,
    xAxis: { type: "category", data: names(cols) },
    yAxis: { type: "category", data: names(rows), inverse: true },
    visualMap: { min: 0, max: most(values), inRange: { color: colours } },
    series: [{ type: "heatmap", data: recorded[0], ...(progressive === 0 ? { progressive } : {}), emphasis: { disabled: true }, silent: true }],
  });
  await bench.later(500);
  let at = 0;
  bench.start(() => at);
  await new Promise((done) => {
    requestAnimationFrame(function next() {
      if (++at >= count) return void done();
      chart.setOption({ series: [{ data: recorded[at % frames] }] });
      requestAnimationFrame(next);
    });
  });
}

/** plotly's own frames, played by its own animation with no time a frame: as fast as it can. */
async function playPlotly(count) {
  const { rows, cols, frames } = data, values = decoded();
  const z = (t) => Array.from({ length: rows }, (_, r) => Array.from(values.subarray((t * rows + r) * cols, (t * rows + r + 1) * cols)));
  const el = area();
  await Plotly.newPlot(el, [{ type: "heatmap", z: z(0), zmin: 0, zmax: most(values), colorscale: colours.map((c, i) => [i / 4, c]), hoverinfo: "skip" }], { yaxis: { autorange: "reversed" } }, { staticPlot: true });
  await Plotly.addFrames(el, Array.from({ length: frames }, (_, t) => ({ name: String(t), data: [{ z: z(t) }] })));
  await bench.later(500);
  let at = 0;
  el.on("plotly_animatingframe", () => at++);
  bench.start(() => at);
  while (at < count) {
    const names = Array.from({ length: Math.min(frames, count - at) }, (_, i) => String(i));
    await Plotly.animate(el, names, { mode: "immediate", transition: { duration: 0 }, frame: { duration: 0, redraw: true } });
  }
}
