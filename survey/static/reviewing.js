/* For somebody who goes through hundreds of texts: the telephone beside the list follows the text one is at, and
   Ctrl+Enter approves it. After a decision the next text is ready to type in. All of it works without, by clicking. */
"use strict";

const PAUSE = 250; // so that tabbing through fields does not load a picture for each
let waiting;

/* A fragment in the frame's address would scroll this page too. */
function bringIntoSight(event) {
  const inside = event.target.contentWindow;
  const marked = inside.document.querySelector(".looked-at, [data-looked-at]");
  if (marked) inside.scrollTo(0, marked.getBoundingClientRect().top + inside.scrollY - inside.innerHeight / 3);
}

function show(row) {
  const frame = document.querySelector('iframe[name="picture"]');
  const address = row.querySelector("[data-picture]").href.split("#")[0];
  if (!frame.offsetParent || frame.src === address) return;
  clearTimeout(waiting);
  waiting = setTimeout(() => { frame.src = address; }, PAUSE);
}

function begin() {
  const frame = document.querySelector('iframe[name="picture"]');
  if (!frame) return; // no texts to show
  frame.addEventListener("load", bringIntoSight);
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest("[data-text]");
    if (row) show(row);
  });
  document.addEventListener("keydown", (event) => {
    const row = event.target.closest("[data-text]");
    if (!row || event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    row.querySelector('button[value="approve"]').click();
  });
  // A browser goes to the fragment when all is loaded, and takes the focus away when it does.
  if (document.readyState === "complete") goOn();
  else window.addEventListener("load", () => requestAnimationFrame(goOn));
}

function goOn() {
  const next = document.getElementById(window.location.hash.slice(1));
  if (!next || !next.matches("[data-text]")) return;
  if (window.matchMedia("(hover: hover)").matches) next.querySelector("textarea").focus({ preventScroll: true });
  else show(next); // on a telephone the keyboard stays away until it is wanted
}

begin();
