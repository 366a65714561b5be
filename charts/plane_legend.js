// The legend of the kind "plane": points, colours, contour lines, and an arrow with the length that it stands for.

Object.assign(chinese, { "direction only: all equally long": "只示方向，一样长", "no {}": "没有{}", "{} of {}": "{} 为 {}", "{} of {}, normalised to this moment": "{} 为 {}，按此刻归一化" });
Object.assign(chinese, { "particle: follows the recorded score": "粒子：沿记录下的分数场运动", "what a step removes": "一步去掉的", "new noise that it adds": "一步加上的新噪声" });

/**
 * What the marks mean, beside the plane where there is room, else below it.
 * @param {HTMLElement} plot @param {any} spec
 * @returns {{place: (area: ReturnType<typeof planeArea>, theme: Theme) => void, tell: (mode: string, unit: number, cell: number, theme: Theme) => void}}
 */
function planeLegend(plot, spec) {
  const box = element("div");
  const arrowItem = element("div"), arrowText = element("span");
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg"), line = /** @type {SVGPathElement} */ (document.createElementNS("http://www.w3.org/2000/svg", "path"));
  svg.setAttribute("aria-hidden", "true");
  svg.append(line);
  arrowItem.append(svg, arrowText);
  plot.after(box);
  if (plot.parentElement) styled(plot.parentElement, { position: "relative" });
  let told = "";

  /** @param {Object<string, string>} mark @param {string} text */
  function item(mark, text) {
    const el = element("div"), sign = element("span");
    styled(sign, Object.assign({ display: "inline-block", flex: "none", boxSizing: "border-box" }, mark));
    styled(el, { display: "flex", alignItems: "center", gap: "8px" });
    el.append(sign, styled(element("span", "", oneLine(text)), { minWidth: "0", overflowWrap: "anywhere" }));
    return el;
  }

  /** @param {any} layer @param {boolean} side @param {Theme} theme */
  function ramp(layer, side, theme) {
    const el = element("div"), bar = element("span"), stops = [];
    for (let i = 0; i <= 16; i++) stops.push(rampCSS(layer.ramp, i / 16, theme));
    styled(bar, { flex: "none", width: "84px", height: "8px", background: `linear-gradient(to right, ${stops.join(", ")})` });
    styled(el, { display: "flex", alignItems: "center", gap: "8px", flexWrap: "wrap" });
    const [low, high] = layer.own ? ["", ""] : layer.range.map(endText);
    el.append(element("span", "", `${layer.text[0]} ${low}`.trim()), bar, element("span", "", `${high} ${layer.text[1]}`.trim()));
    if (!side) {
      el.prepend(element("span", "", layer.label));
      return el;
    }
    const both = element("div");
    both.append(element("div", "", layer.label), el);
    return both;
  }

  return {
    place(area, theme) {
      told = "";
      const items = [];
      for (const p of spec.told ? [] : (spec.points || []).slice().reverse()) {
        if (p.ways) {
          for (const [k, name] of (p.ways.legend ? p.ways.classes : []).entries()) items.push(item({ width: "8px", height: "8px", borderRadius: "50%", background: classColour(k, theme) }, name));
          continue;
        }
        items.push(item(p.quiet ? { width: "8px", height: "8px", borderRadius: "50%", border: `1px solid ${theme.muted}` } : { width: "8px", height: "8px", borderRadius: "50%", background: theme.accent }, p.label));
      }
      if (spec.flow && !spec.told) items.push(item({ width: "9px", height: "9px", borderRadius: "50%", background: theme.ink }, translate("particle: follows the recorded score")));
      if (spec.moves && !spec.told) {
        items.push(item({ width: "16px", height: "2px", background: theme.ink }, translate("what a step removes")));
        items.push(item({ width: "16px", height: "2px", background: theme.accent }, translate("new noise that it adds")));
      }
      if (spec.raster && !spec.told) {
        items.push(ramp(spec.raster, area.side, theme));
        for (const v of spec.raster.levels || []) items.push(item({ width: "16px", height: "1px", background: theme.muted }, `${spec.raster.label} = ${roundText(v)}`));
      }
      if (spec.arrows) items.push(arrowItem);
      styled(arrowItem, { alignItems: "center", gap: "8px" });
      const look = { display: "flex", font: `12px/1.4 ${theme.font}`, color: theme.muted, fontVariantNumeric: "tabular-nums" };
      /** @type {Object<string, string>} */
      const place = area.side
        ? { position: "absolute", flexDirection: "column", flexWrap: "nowrap", gap: "10px", alignItems: "flex-start", left: `${area.left + area.width + 26}px`, top: `${plot.offsetTop + area.top}px`, right: "0", margin: "0" }
        : { position: "static", flexDirection: "row", flexWrap: "wrap", gap: "6px 18px", alignItems: "center", margin: "6px 0 0" };
      styled(box, Object.assign(place, look));
      box.replaceChildren(...items);
    },
    tell(mode, unit, cell, theme) {
      const round = mode !== "direction" && unit > 0 ? roundLength(unit) : 0, length = Math.round((mode === "direction" ? 0.8 : unit > 0 ? round / unit : 0) * cell);
      const text = mode === "direction" ? translate("direction only: all equally long") : round === 0 ? translate("no {}", spec.arrows.label)
        : mode === "normalised" ? translate("{} of {}, normalised to this moment", spec.arrows.label, roundText(round)) : translate("{} of {}", spec.arrows.label, roundText(round));
      const now = [mode, text, length, theme.ink].join();
      if (now === told) return;
      told = now;
      arrowItem.style.visibility = mode ? "visible" : "hidden";
      arrowItem.style.display = spec.told === "all" && mode !== "normalised" ? "none" : "flex"; // what follows a run is its own
      const l = Math.max(2, length), head = Math.min(4.5, 0.45 * l);
      svg.setAttribute("width", String(l + 2));
      svg.setAttribute("height", "8");
      svg.style.flex = "none";
      line.setAttribute("d", `M1 4H${l + 1}m${-head} ${-0.55 * head}l${head} ${0.55 * head}l${-head} ${0.55 * head}`);
      Object.assign(line.style, { fill: "none", stroke: theme.ink, strokeOpacity: "0.7", strokeWidth: "1.2" });
      arrowText.textContent = text;
    },
  };
}
