/* The chart in the browser: the form that fits the width, and the chart as an image. */
(function () {
  /* On paper nothing is folded, also where a browser cannot be told so in the style sheet. */
  window.addEventListener("beforeprint", () => document.querySelectorAll("main details").forEach((part) => { part.open = true; }));

  const narrow = window.matchMedia("(max-width: 640px)");

  /* Called by Dash with both forms of the figure. */
  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    telvertel: {
      fitting_figure: (figures) => figures && (narrow.matches ? figures.narrow : figures.wide),
    },
  });
  /* The old chart takes its new width first: drawn while still narrow, the wide one would keep too small margins. */
  const settled = 300;
  narrow.addEventListener("change", () => setTimeout(redraw, settled));

  function redraw() {
    window.dash_clientside.set_props?.("width", { data: String(narrow.matches) });
  }

  /* The picture that the server drew goes when the live chart stands, and not before. */
  const picture = document.querySelector(".picture");
  if (picture) {
    const watch = new MutationObserver(() => {
      if (!picture.querySelector(".js-plotly-plot .point")) return;
      watch.disconnect();
      picture.classList.add("picture--live");
    });
    watch.observe(picture, { childList: true, subtree: true });
  }

  const button = document.querySelector("[data-download]");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    const chart = document.querySelector(".js-plotly-plot");
    const drawn = chart && chart.querySelector(".main-svg").getBoundingClientRect();
    if (drawn && drawn.height) download(chart, drawn, button.dataset);
  });

  const beside = 24, gap = { height: 6, draw: () => ({ annotations: [] }) };
  const small = { size: 13, line: 19 }, large = { size: 17, line: 24, weight: 650 };

  /* An image travels without its page, so it takes along what that says about it: above, what it is, of when and what
     its marks mean; below, the caveats and where it comes from. */
  function download(chart, drawn, words) {
    const write = writer(chart, drawn.width);
    const top = [...write.text(words.title, large), ...write.text(words.kicker, small), ...write.text(words.scale, small), ...write.key()];
    const end = [words.note, words.caveat, source()].flatMap((text) => [...write.text(text, small), gap]);
    const above = height(top) + 2 * beside, below = height(end) + 2 * beside;
    const head = placed(top, { y: 1, at: above - beside }), foot = placed(end, { y: 0, at: -beside });
    const layout = chart.layout, margin = layout.margin;
    const image = {
      data: chart.data,
      layout: {
        ...layout,
        margin: { l: margin.l + beside, r: margin.r + beside, t: above, b: below },
        paper_bgcolor: "#ffffff",
        annotations: [...layout.annotations, ...head.annotations, ...foot.annotations],
        shapes: [...layout.shapes, ...head.shapes],
      },
    };
    const size = { width: drawn.width + 2 * beside, height: drawn.height + above + below };
    Plotly.downloadImage(image, { ...size, scale: 2, format: "png", filename: words.download });
  }

  function source() {
    return document.querySelector("[data-source]").dataset.source;
  }

  function height(lines) {
    return lines.reduce((sum, line) => sum + line.height, 0);
  }

  /* Lines one below the other, from so many pixels above the top or bottom of the plot. */
  function placed(lines, from) {
    const found = { annotations: [], shapes: [] };
    let at = from.at;
    for (const line of lines) {
      const made = line.draw(from.y, at);
      found.annotations.push(...made.annotations);
      found.shapes.push(...(made.shapes || []));
      at -= line.height;
    }
    return found;
  }

  function writer(chart, width) {
    const left = -chart.layout.margin.l, pen = document.createElement("canvas").getContext("2d");

    /* A little wider than here: the image may be made with another font. */
    function long(text, font) {
      pen.font = `${font.weight || 400} ${font.size}px ${chart.layout.font.family}`;
      return 1.06 * pen.measureText(text).width;
    }

    function written(text, font, y, at, x = 0) {
      const { size, weight } = font;
      return {
        text: text.replaceAll("&", "&amp;").replaceAll("<", "&lt;"), showarrow: false, borderpad: 0, font: { size, weight }, align: "left",
        xref: "paper", x: 0, xanchor: "left", xshift: left + x, yref: "paper", y, yanchor: "top", yshift: at,
      };
    }

    function text(words, font) {
      const lines = [];
      if (!words) return lines;
      for (const word of words.split(" ")) {
        const longer = lines.length ? `${lines[lines.length - 1]} ${word}` : word;
        if (!lines.length || long(longer, font) > width) lines.push(word);
        else lines[lines.length - 1] = longer;
      }
      return lines.map((line) => ({ height: font.line, draw: (y, at) => ({ annotations: [written(line, font, y, at)] }) }));
    }

    /* The marks as they are in the chart, each with its word; on as many lines as they need. */
    function key() {
      const room = 34, apart = 22, rows = [];
      let used = width;
      for (const span of button.closest("figure").querySelectorAll(".key span")) {
        const words = span.textContent, needs = room + long(words, small);
        if (used + needs > width) { rows.push([]); used = 0; }
        rows[rows.length - 1].push({ words, kind: span.classList[0], x: used });
        used += needs + apart;
      }
      return rows.map((row) => ({
        height: small.line + 4,
        draw: (y, at) => ({
          annotations: row.map((one) => written(one.words, small, y, at, one.x + room)),
          shapes: row.flatMap((one) => mark(one.kind, left + one.x, y, at - small.line / 2)),
        }),
      }));
    }

    /* One mark of the key, in the look of the trace that has it (figures/dumbbell.py). */
    function mark(kind, x, y, at) {
      const [unclear, margin, way, first, second] = chart.data;
      const later = Boolean(button.closest("figure").querySelector(".key-later"));
      const on = { xref: "paper", yref: "paper", xsizemode: "pixel", ysizemode: "pixel", xanchor: 0, yanchor: y };
      const line = (of, x1) => ({ ...on, type: "line", x0: x, x1, y0: at, y1: at, line: of });
      const dot = ({ color, size, line: edge }, r = size / 2) => ({
        ...on, type: "circle", x0: x + 13 - r, x1: x + 13 + r, y0: at - r, y1: at + r, fillcolor: color, line: edge,
      });
      switch (kind) {
        case "key-before": return [dot(first.marker)];
        case "key-after": return [dot(later ? first.marker : second.marker)];
        case "key-later": return [diamond(on, second.marker, x + 13, at)];
        case "key-margin": return [line(margin.line, x + 26)];
        case "key-unclear": return [line(unclear.line, x + 28)];
        case "key-zero": return [{ ...line(way.line, x + 24), x0: x + 24, y0: at - 8, y1: at + 8 }];
        default: return [];
      }
    }

    return { text, key };
  }

  function diamond(on, marker, x, y) {
    const r = marker.size * 0.6;
    const path = `M${x},${y + r}L${x + r},${y}L${x},${y - r}L${x - r},${y}Z`;
    return { ...on, type: "path", path, fillcolor: marker.color, line: marker.line };
  }
})();
