// The surface itself, by WebGL 2. All surfaces of a page share one context, for a browser keeps about sixteen: it paints into a canvas of its own, of which
// each panel gets a copy.

/** @typedef {{solid: Solid, box: SolidBox, theme: Theme, width: number, height: number, unit: number, middle: number, ratio: number}} SolidScene */
/** @typedef {{paint: (ctx: CanvasRenderingContext2D, t: Terrain, s: SolidScene) => void, lost: () => boolean, dispose: () => void}} SolidContext */

/** @type {SolidContext|null} */
let solidContext = null;
let solidUsers = 0;

/** @returns {{paint: SolidContext["paint"], release: () => void}|null} null where there is no WebGL 2 */
function solidPainter() {
  if (!solidContext) solidContext = makeSolidContext();
  if (!solidContext) return null;
  solidUsers++;
  return {
    paint(ctx, t, s) {
      if (!solidContext || solidContext.lost()) solidContext = makeSolidContext() || solidContext;
      if (solidContext) solidContext.paint(ctx, t, s);
    },
    release() {
      if (--solidUsers > 0 || !solidContext) return;
      solidContext.dispose();
      solidContext = null;
    },
  };
}

/** How much ink is in the sheet, whose colours may be the page's own, and in the line along its edges. solidstill.go has the same. */
const solidTint = "0.06", sheetEdge = "0.45";

const solidVertex = `#version 300 es
in vec3 place;
in vec2 slope;
in float count;
uniform vec4 turned;
uniform vec4 frame;
out float up, level, light;
out vec2 at;
void main() {
  float across = place.x * turned.y - place.y * turned.x, back = place.x * turned.x + place.y * turned.y, high = (place.z - 0.5) * ${boxHeight};
  float depth = back * turned.w - high * turned.z, k = ${eyeDistance} / (${eyeDistance} + depth);
  gl_Position = vec4(across * k * frame.x, (back * turned.z + high * turned.w) * k * frame.y + frame.z, depth / 4.0, 1.0);
  vec3 n = normalize(vec3(-slope * ${boxHeight}, 1.0));
  light = 0.8 + 0.24 * dot(vec3(n.x * turned.y - n.y * turned.x, n.x * turned.x + n.y * turned.y, n.z), vec3(-0.5, -0.35, 0.79));
  up = place.z;
  at = place.xy;
  level = count;
}`;
const solidFragment = `#version 300 es
precision highp float;
in float up, level, light;
in vec2 at;
uniform sampler2D ramp;
uniform vec2 shade;
uniform vec3 ink;
uniform vec4 sheet;
uniform float marked, ratio;
out vec4 colour;
void main() {
  vec3 c = texture(ramp, vec2(clamp(up * shade.x + shade.y, 0.0, 1.0) * 255.0 / 256.0 + 0.5 / 256.0, 0.5)).rgb;
  c = mix(c, ink, ${solidTint}) * light;
  float wide = max(fwidth(level), 1e-6) * ratio, near = round(level);
  float line = 1.0 - smoothstep(0.2, 0.9, abs(level - near) / wide);
  if (abs(near - marked) > 0.2) c = mix(c, ink, 0.28 * line);
  vec4 inside = vec4(at - sheet.xy, sheet.zw - at) / (max(fwidth(at), 1e-6) * ratio).xyxy;
  c = mix(c, ink, ${sheetEdge} * (1.0 - smoothstep(0.5, 1.2, min(min(inside.x, inside.y), min(inside.z, inside.w)))));
  colour = vec4(min(c, vec3(1.0)), 1.0);
}`;

/** @returns {SolidContext|null} */
function makeSolidContext() {
  const canvas = document.createElement("canvas");
  // Where pixels are half as wide an edge is smooth enough, and four samples for each of four times as many are dear where a processor draws.
  const gl = canvas.getContext("webgl2", { antialias: (globalThis.devicePixelRatio || 1) < 2, depth: true, alpha: true });
  if (!gl) return null;
  const program = gl.createProgram();
  for (const [kind, source] of /** @type {[number, string][]} */ ([[gl.VERTEX_SHADER, solidVertex], [gl.FRAGMENT_SHADER, solidFragment]])) {
    const shader = gl.createShader(kind);
    if (!shader || !program) return null;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  if (!program) return null;
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) return null; // a driver that cannot
  gl.useProgram(program);
  const uniform = (/** @type {string} */ name) => gl.getUniformLocation(program, name);
  const at = { turned: uniform("turned"), frame: uniform("frame"), shade: uniform("shade"), ink: uniform("ink"), marked: uniform("marked"), ratio: uniform("ratio"), sheet: uniform("sheet") };
  gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
  gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, gl.createBuffer());
  let from = 0;
  for (const [name, size] of /** @type {[string, number][]} */ ([["place", 3], ["slope", 2], ["count", 1]])) {
    const location = gl.getAttribLocation(program, name);
    gl.enableVertexAttribArray(location);
    gl.vertexAttribPointer(location, size, gl.FLOAT, false, 24, 4 * from);
    from += size;
  }
  gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
  for (const [name, value] of [[gl.TEXTURE_MIN_FILTER, gl.LINEAR], [gl.TEXTURE_MAG_FILTER, gl.LINEAR], [gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE], [gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE]]) {
    gl.texParameteri(gl.TEXTURE_2D, name, value);
  }
  gl.enable(gl.DEPTH_TEST);
  gl.clearColor(0, 0, 0, 0);
  let vertices = new Float32Array(0), indices = new Uint32Array(0);
  /** @type {Uint32Array|null} */
  let table = null;

  return {
    paint(ctx, t, s) {
      const w = Math.max(1, Math.round(s.width * s.ratio)), h = Math.max(1, Math.round(s.height * s.ratio));
      if (canvas.width < w || canvas.height < h) [canvas.width, canvas.height] = [Math.max(w, canvas.width), Math.max(h, canvas.height)];
      gl.viewport(0, canvas.height - h, w, h);
      gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
      const n = t.rows * t.cols;
      if (vertices.length !== 6 * n) [vertices, indices] = [new Float32Array(6 * n), new Uint32Array(6 * (t.rows - 1) * (t.cols - 1))];
      const { levels, range, ramp, level } = t.scale, span = s.box.v, step = levels.length > 1 ? levels[1] - levels[0] : span[1] - span[0];
      solidVertices(vertices, t, s.box, step);
      const cells = solidCells(indices, t);
      gl.bufferData(gl.ARRAY_BUFFER, vertices, gl.STREAM_DRAW);
      gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, indices, gl.STREAM_DRAW);
      const colours = rampTable(ramp, s.theme);
      if (colours !== table) gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, 256, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(colours.slice().buffer));
      table = colours;
      const wide = span[1] - span[0], [r, g, b] = parseColour(s.theme.ink);
      gl.uniform4f(at.turned, s.solid.sinTurn, s.solid.cosTurn, s.solid.sinTilt, s.solid.cosTilt);
      gl.uniform4f(at.frame, (2 * s.unit) / s.width, (2 * s.unit) / s.height, 1 - (2 * s.middle) / s.height, 0);
      gl.uniform2f(at.shade, wide / (range[1] - range[0]), (span[0] - range[0]) / (range[1] - range[0]));
      gl.uniform3f(at.ink, r / 255, g / 255, b / 255);
      gl.uniform1f(at.marked, level === undefined ? -1e6 : level / step);
      gl.uniform1f(at.ratio, s.ratio);
      gl.uniform4f(at.sheet, boxAcross(s.box, t.xs[0]), boxBack(s.box, t.ys[0]), boxAcross(s.box, t.xs[t.cols - 1]), boxBack(s.box, t.ys[t.rows - 1]));
      gl.drawElements(gl.TRIANGLES, cells * 6, gl.UNSIGNED_INT, 0);
      ctx.drawImage(canvas, 0, 0, w, h, 0, 0, s.width, s.height);
    },
    lost: () => gl.isContextLost(),
    dispose() {
      const lose = gl.getExtension("WEBGL_lose_context");
      if (lose) lose.loseContext();
    },
  };
}

/**
 * For each value its place in the box, how steep the surface is there, and the value counted in steps between isolines.
 * @param {Float32Array} out @param {Terrain} t @param {SolidBox} b @param {number} step
 */
function solidVertices(out, t, b, step) {
  const { rows, cols, z } = t, xs = Array.from(t.xs, (x) => boxAcross(b, x)), ys = Array.from(t.ys, (y) => boxBack(b, y)), high = b.v[1] - b.v[0];
  for (let r = 0, i = 0, o = 0; r < rows; r++) {
    const r0 = Math.max(r - 1, 0), r1 = Math.min(r + 1, rows - 1), deep = (ys[r1] - ys[r0]) * high;
    for (let c = 0; c < cols; c++, i++, o += 6) {
      const c0 = Math.max(c - 1, 0), c1 = Math.min(c + 1, cols - 1);
      const across = (z[r * cols + c1] - z[r * cols + c0]) / ((xs[c1] - xs[c0]) * high), back = (z[r1 * cols + c] - z[r0 * cols + c]) / deep;
      out[o] = xs[c];
      out[o + 1] = ys[r];
      out[o + 2] = (z[i] - b.v[0]) / high;
      out[o + 3] = across - across === 0 ? across : 0;
      out[o + 4] = back - back === 0 ? back : 0;
      out[o + 5] = z[i] / step;
    }
  }
}

/** Two triangles for each cell whose corners are all finite. @param {Uint32Array} out @param {Terrain} t @returns {number} how many cells those are */
function solidCells(out, t) {
  const { rows, cols, z } = t;
  let n = 0;
  for (let r = 0; r + 1 < rows; r++) {
    for (let c = 0; c + 1 < cols; c++) {
      const i = r * cols + c, sum = z[i] + z[i + 1] + z[i + cols] + z[i + cols + 1];
      if (sum - sum !== 0) continue;
      out[n++] = i;
      out[n++] = i + 1;
      out[n++] = i + cols;
      out[n++] = i + 1;
      out[n++] = i + cols + 1;
      out[n++] = i + cols;
    }
  }
  return n / 6;
}
