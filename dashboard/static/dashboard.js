/* The chart in the browser: the form that fits the width, and the chart as an image. */
(function () {
  const narrow = window.matchMedia("(max-width: 640px)");

  /* Called by Dash with both forms of the figure. */
  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    telvertel: {
      fitting_figure: (figures) => figures && (narrow.matches ? figures.narrow : figures.wide),
    },
  });
  narrow.addEventListener("change", () => window.dash_clientside.set_props("width", { data: String(narrow.matches) }));

  const button = document.querySelector("[data-download]");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    const chart = document.querySelector(".js-plotly-plot");
    if (chart) Plotly.downloadImage(withWords(chart, button.dataset), { ...size(chart), format: "png", filename: button.dataset.download });
  });

  const above = 90, below = 70, beside = 24;

  function size(chart) {
    return { width: chart.clientWidth + 2 * beside, height: chart.layout.height + above + below, scale: 2 };
  }

  /* An image travels without its page, so it takes its title and its caveat along. */
  function withWords(chart, words) {
    const margin = chart.layout.margin;
    const line = { showarrow: false, xref: "paper", yref: "paper", x: 0, xanchor: "left", xshift: -margin.l, align: "left" };
    return {
      data: chart.data,
      layout: {
        ...chart.layout,
        margin: { l: margin.l + beside, r: margin.r + beside, t: above, b: below },
        paper_bgcolor: "#ffffff",
        annotations: [
          ...chart.layout.annotations,
          { ...line, text: words.title, y: 1, yanchor: "bottom", yshift: 44, font: { size: 17, weight: 650 } },
          { ...line, text: words.key, y: 1, yanchor: "bottom", yshift: 18, font: { size: 13 } },
          { ...line, text: words.caveat, y: 0, yanchor: "top", yshift: -18, font: { size: 13 } },
        ],
      },
    };
  }
})();
