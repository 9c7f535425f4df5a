/* Answering without a network. What is answered is sealed, kept on this device, and sent; then one goes on to the next
   page, from the network or from what was kept. Where a browser cannot seal, forms are posted as without scripts.

   In this tab's own store, which goes with the tab, stand the ticket of the sitting and which envelopes are this
   sitting's; never an answer. Holds no words: they stand in the page. */
"use strict";

const offline = (() => {
  const WAIT = 4000; // for a receipt, before one goes on
  const DOWN = 30000; // so long after a failure one goes on at once
  const AGAIN = 20000;
  const FAREWELL = 120000; // so long the last page stays on a tablet that others wait for
  const form = document.querySelector("form[data-sitting]");
  let draft = null; // the id of the envelope that this page's next one replaces
  let work = Promise.resolve(); // one thing after the other
  let isSending = false;
  let isChanged = false; // since the last envelope

  function begin() {
    if (!form) rise();
    if (!sealing.isPossible()) return;
    if (form && !sit()) return;
    for (const name of ["online", "pageshow"]) window.addEventListener(name, () => deliver());
    document.addEventListener("visibilitychange", () => deliver());
    window.addEventListener("offline", show);
    setInterval(() => deliver(), AGAIN);
    deliver();
    setTimeout(() => { if (!isDown()) putAway(form); }, 1500);
  }

  /* The page brings a ticket, or, kept from before, has none: then the tab may still have it, or nobody sits here. */
  function sit() {
    const told = form.dataset.sitting || sessionStorage.getItem("sitting");
    if (!told) {
      if (!token(form)) location.replace(outbox.ROOT);
      return false;
    }
    sessionStorage.setItem("sitting", told);
    if (new URLSearchParams(location.search).get("start") === "last") form.dataset.start = "last";
    form.addEventListener("submit", submit, true);
    if (form.hasAttribute("data-questions")) form.addEventListener("change", () => { keep("stay").catch(() => {}); });
    form.addEventListener("input", () => { isChanged = true; show(); });
    window.addEventListener("pageshow", (event) => {
      if (event.persisted && !sessionStorage.getItem("sitting")) location.replace(outbox.ROOT);
      release();
    });
    return true;
  }

  /* At the door and at the end nobody is sitting. What was kept is still sent, and the end says what became of it; who
     reloads it or comes back to it is at the door. */
  function rise() {
    const door = document.querySelector("form[data-start]");
    const farewell = document.querySelector("[data-farewell]");
    if (!door && !farewell) return reloadWhenBack();
    const [came] = performance.getEntriesByType("navigation");
    if (farewell && came && came.type !== "navigate") return location.replace(outbox.ROOT);
    if (farewell && localStorage.getItem("shared")) setTimeout(() => location.replace(outbox.ROOT), FAREWELL);
    if (farewell) reloadWhenBack();
    forget(door ? [] : ["own", "down"]).catch(() => {});
    if (door && !token(door)) door.addEventListener("submit", fetchToken, true);
    outbox.leaveIfLeft().catch(() => {});
    window.addEventListener("online", () => { outbox.leaveIfLeft().catch(() => {}); });
  }

  /* Browsers may show a page again just as it was left, though its sitting is over. */
  function reloadWhenBack() {
    window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  }

  /* Seal what is filled in now. The page's next envelope replaces this one as long as it is not passed. */
  function keep(then, fields = filledIn()) {
    const made = work.then(async () => {
      const [ticket, key] = sessionStorage.getItem("sitting").split(" ");
      const order = await outbox.nextOrder(Number(sessionStorage.getItem("order")));
      sessionStorage.setItem("order", order);
      const letter = { ticket, order, page: place(), then, fields };
      const sealed = await sealing.seal(key, letter);
      await outbox.keep(sealed, draft);
      own([...own().filter((id) => id !== draft), sealed.id]);
      draft = sealed.id;
      isChanged = false;
      await show();
    });
    work = made.catch(() => {});
    return made;
  }

  function filledIn() {
    return [...new FormData(form)].filter(([name]) => !["csrf_token", "then", "order"].includes(name));
  }

  function place() {
    const path = new URL(form.action || location, location).pathname.slice(outbox.ROOT.pathname.length);
    return path.split("/").slice(1).map(decodeURIComponent);
  }

  async function submit(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
    if (isSending) return;
    isSending = true;
    const chosen = new FormData(form).get("then") || (event.submitter && event.submitter.value) || "next";
    for (const button of buttons()) button.disabled = true;
    try {
      await keep(chosen);
    } catch (problem) {
      return post(chosen);
    }
    draft = null;
    await goOn(chosen);
  }

  function buttons() {
    return [...form.elements].filter((element) => element.type === "submit");
  }

  function release() {
    isSending = false;
    for (const button of buttons()) button.disabled = false;
  }

  function token(of) {
    return of.elements.namedItem("csrf_token").value;
  }

  /* A door that was kept from before has no token against forgery: it is asked for as soon as there is a network. */
  async function fetchToken(event) {
    const door = event.target;
    if (token(door)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    try {
      const answer = await fetch(outbox.ROOT, { cache: "no-store" });
      const anew = new DOMParser().parseFromString(await answer.text(), "text/html");
      door.elements.namedItem("csrf_token").value = token(anew.querySelector("form[data-start]"));
      door.requestSubmit();
    } catch (problem) {
      document.querySelector("[data-not-saved]").hidden = false;
    }
  }

  /* It could not be kept here, so it is posted as without scripts; the server hears where it comes in the order. */
  function post(then) {
    release();
    if (navigator.onLine === false || !token(form)) {
      document.querySelector("[data-not-saved]").hidden = false;
      return;
    }
    const order = Number(sessionStorage.getItem("order")) + 1;
    sessionStorage.setItem("order", order);
    for (const [name, value] of [["then", then], ["order", order]]) {
      const hidden = document.createElement("input");
      Object.assign(hidden, { type: "hidden", name, value });
      form.append(hidden);
    }
    HTMLFormElement.prototype.submit.call(form);
  }

  async function goOn(then) {
    await within(deliver(), isDown() ? 300 : WAIT);
    if (then === "stop") return end("stopped");
    if (then === "next" && !form.dataset.onward) return finish();
    const back = document.querySelector("a[data-back]");
    const language = document.querySelector("[data-language]");
    const where = { next: form.dataset.onward, back: back && back.href, language: language && language.href };
    location.assign(where[then] || new URL("survey/your-data", outbox.ROOT));
  }

  /* Everything is there: then there is more to see. Otherwise what is kept here is said, and the sitting is over. */
  async function finish() {
    const known = await fates().catch(() => []);
    if (known.length === 0 || known.some((one) => one.fate !== "saved")) return end("thanks");
    sessionStorage.removeItem("sitting");
    location.replace(new URL("survey/done", outbox.ROOT));
  }

  /* The sitting is over: its ticket goes, and its cookie as soon as the server can be told. */
  async function end(what) {
    sessionStorage.removeItem("sitting");
    await within(outbox.leave().catch(() => false), isDown() ? 300 : WAIT);
    location.replace(new URL(`goodbye/${what}?language=${document.documentElement.lang.replace("-", "_")}`, outbox.ROOT));
  }

  /* As the button does; on pages without questions there is nothing to keep. */
  function stop() {
    if (form) leave(form, "stop");
    else end("stopped");
  }

  function within(promise, milliseconds) {
    return Promise.race([promise, new Promise((done) => { setTimeout(done, milliseconds); })]);
  }

  function isDown() {
    return navigator.onLine === false || Date.now() - Number(sessionStorage.getItem("down")) < DOWN;
  }

  async function deliver() {
    const outcome = await outbox.drain(isSending || document.hidden ? null : draft).catch(() => "unreachable");
    if (outcome === "unreachable") sessionStorage.setItem("down", Date.now());
    else sessionStorage.removeItem("down");
    if (outcome === "unreachable") askToBeWoken();
    await show();
  }

  /* Some browsers let the service worker send when the last page is closed. */
  function askToBeWoken() {
    if (!navigator.serviceWorker) return;
    navigator.serviceWorker.getRegistration().then((worker) => worker && worker.sync && worker.sync.register("outbox"))
      .catch(() => {}); // not allowed here: then it goes with the next page
  }

  function own(ids) {
    if (ids) sessionStorage.setItem("own", JSON.stringify(ids));
    return JSON.parse(sessionStorage.getItem("own") || "[]");
  }

  /* What became of this sitting's envelopes. One of which nothing is known any more is lost: a browser that is short of
     room may throw away what it keeps. */
  async function fates() {
    const [waiting, taken] = await Promise.all([outbox.all(), outbox.receipts()]);
    return own().map((id) => {
      const one = waiting.find((envelope) => envelope.id === id);
      if (one) return { id, fate: one.refused ? "refused" : "kept" };
      const receipt = taken.find((known) => known.id === id);
      return { id, fate: receipt ? (receipt.isKept ? "saved" : "gone") : "lost" };
    });
  }

  /* One clear sign: saved, kept on this tablet, could not be sent, not saved; none while something is under way. */
  async function show() {
    const known = await fates().catch(() => own().map((id) => ({ id, fate: "lost" })));
    if (known.length === 0 && !isChanged) return; // what the server says of it is right
    const is = (fate) => known.some((one) => one.fate === fate);
    let state = is("saved") && !is("gone") && !isChanged ? "saved" : "";
    if (is("kept")) state = isDown() ? "kept" : "";
    if (is("refused")) state = "refused";
    if (is("lost")) state = "lost";
    for (const sign of document.querySelectorAll("[data-sign]")) sign.hidden = sign.dataset.sign !== state;
    for (const sign of document.querySelectorAll("[data-not-saved]")) sign.hidden = state !== "lost";
    const isThere = !is("kept") && !is("refused") && !is("lost");
    for (const words of document.querySelectorAll("[data-unless-kept]")) words.hidden = !isThere;
    for (const words of document.querySelectorAll("[data-if-kept]")) words.hidden = isThere || !is("kept");
    const done = known.slice(0, -1).filter((one) => one.fate === "saved").map((one) => one.id);
    own(own().filter((id) => !done.includes(id)));
  }

  /* Everything of a person but what is sealed: the ticket, what the browser remembers, pages in their language. The
     program's own files, the door and the sealed envelopes stay. */
  async function forget(but) {
    for (const name of Object.keys(sessionStorage)) if (!but.includes(name)) sessionStorage.removeItem(name);
    localStorage.clear();
    if (!window.caches) return;
    for (const name of await caches.keys()) if (name.startsWith("telvertel-pages-")) await caches.delete(name);
  }

  /* The same with the session, wherever one is. */
  async function wipe() {
    await forget([]);
    return outbox.leave();
  }

  begin();
  return { keep: async () => isChanged && keep("stop"), stop, wipe };
})();
