/* A tablet that staff handed to one person. When nobody touches it for a while a dialog asks whether somebody is there;
   if nobody says so, what was filled in is kept, and the sitting is over as if the person had stopped.

   After participant.js. In the store of the browser stand what this sitting is known by and when somebody was last there:
   a tablet that slept, or a tab that is opened again, so knows at once that its person is gone. */
"use strict";

(() => {
  const KEY = "shared";
  const SAY = 60000; // so often the server hears that somebody is there
  const SIGNS = ["pointerdown", "touchstart", "keydown", "input", "wheel", "focusin"];
  const dialog = document.querySelector("[data-idle]");
  const form = document.querySelector("form[data-sitting]");
  let said = Date.now();
  let isOver = false;

  /* The page says it; one that was put away for when there is no network does not, and is the same sitting's. */
  function sittingHere() {
    const told = form ? (form.dataset.sitting || "").split(" ")[2] : dialog && dialog.dataset.shared;
    return told || (localStorage.getItem(KEY) || "").split(" ")[0];
  }

  /* Now, if this is the first page of a sitting. */
  function lastSeen(sitting) {
    const [known, moment] = (localStorage.getItem(KEY) || "").split(" ");
    return known === sitting ? Number(moment) : Date.now();
  }

  function watch(sitting) {
    const { idle, warned } = dialog.dataset;
    const left = dialog.querySelector("[data-left]");
    const isThere = () => { if (!dialog.open && !isOver) localStorage.setItem(KEY, `${sitting} ${Date.now()}`); };

    function look() {
      if (isOver) return;
      if (!localStorage.getItem(KEY)) return giveUp();
      if (document.querySelector(".is-spoken")) isThere(); // somebody listens
      const silent = Date.now() - lastSeen(sitting);
      if (silent >= Number(idle) + Number(warned)) return leave();
      if (silent >= Number(idle)) warn();
      else if (dialog.open) dialog.close(); // in another tab somebody said so
      left.value = 1 - (silent - Number(idle)) / Number(warned);
      if (silent < SAY && Date.now() - said > SAY) sayHere().catch(() => {});
    }
    /* It was ended in another tab, and the session may be somebody else's by now. */
    function giveUp() {
      isOver = true;
      offline.keep().catch(() => {}).then(() => location.replace(outbox.ROOT));
    }
    function warn() {
      if (!dialog.open) dialog.showModal();
    }
    function leave() {
      isOver = true;
      offline.stop();
    }

    dialog.addEventListener("close", isThere); // by its button, or with a key
    dialog.querySelector("[data-leave]").addEventListener("click", leave);
    localStorage.setItem(KEY, `${sitting} ${lastSeen(sitting)}`);
    look();
    isThere();
    for (const sign of SIGNS) document.addEventListener(sign, isThere, { capture: true, passive: true });
    for (const moment of ["pageshow", "visibilitychange", "online"]) window.addEventListener(moment, look, true);
    setInterval(look, 1000);
  }

  /* Somebody is answering, though no page was asked for. Not while the sitting is ended: an answer that comes late would
     bring its cookie back. */
  async function sayHere() {
    said = Date.now();
    const control = new AbortController();
    document.addEventListener("submit", () => control.abort(), { capture: true, once: true });
    if (isOver || (await outbox.fact("left")) || control.signal.aborted) return;
    await fetch(new URL("survey/here", outbox.ROOT), { method: "POST", cache: "no-store", signal: control.signal });
  }

  const sitting = sittingHere();
  if (sitting && dialog) watch(sitting);
})();
