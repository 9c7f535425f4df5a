/* Dash and plotly make style elements while they run. The page's policy takes only those that carry its nonce,
   which this script got; so it is loaded before them and hands the nonce on. */
(function () {
  const nonce = document.currentScript.nonce;
  const create = Document.prototype.createElement;
  Document.prototype.createElement = function (name, ...options) {
    const element = create.call(this, name, ...options);
    if (String(name).toLowerCase() === "style") element.nonce = nonce;
    return element;
  };
})();
