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
    window.dash_clientside.set_props("width", { data: String(narrow.matches) });
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

  const above = 90, beside = 24, lineHeight = 20;

  function download(chart, drawn, words) {
    const caveat = lines(words.caveat, drawn.width / 7.5);
    const below = 40 + caveat.length * lineHeight;
    Plotly.downloadImage(withWords(chart, words, caveat.join("<br>"), below), {
      width: drawn.width + 2 * beside,
      height: drawn.height + above + below,
      scale: 2,
      format: "png",
      filename: words.download,
    });
  }

  /* An image travels without its page, so it takes its title and its caveat along. */
  function withWords(chart, words, caveat, below) {
    const margin = chart.layout.margin;
    const place = { showarrow: false, xref: "paper", yref: "paper", x: 0, xanchor: "left", xshift: -margin.l, align: "left" };
    return {
      data: chart.data,
      layout: {
        ...chart.layout,
        margin: { l: margin.l + beside, r: margin.r + beside, t: above, b: below },
        paper_bgcolor: "#ffffff",
        annotations: [
          ...chart.layout.annotations,
          { ...place, text: words.title, y: 1, yanchor: "bottom", yshift: 44, font: { size: 17, weight: 650 } },
          { ...place, text: words.key, y: 1, yanchor: "bottom", yshift: 18, font: { size: 13 } },
          { ...place, text: caveat, y: 0, yanchor: "top", yshift: -16, font: { size: 13 } },
        ],
      },
    };
  }

  function lines(text, longest) {
    const found = [""];
    for (const word of text.split(" ")) {
      const longer = (found[found.length - 1] + " " + word).trim();
      if (longer.length > longest) found.push(word);
      else found[found.length - 1] = longer;
    }
    return found;
  }
})();
