/* Who leaves a page on which something was typed and not sent is asked first, by the browser in its own words. Not for
   searches and filters, nor for what saves itself or is secret. Nothing of it is kept: only that it differs. Without a
   connection a form stays where it is, for the browser's page that says so would have nothing of it. */
"use strict";

(() => {
  const GUARDED = 'main form[method="post"]:not([role="search"], [data-by-part])';
  const TYPED = "input:not([type=hidden]), select, textarea";
  // This page answers a form that was refused: what was typed in it is nowhere else.
  const isRefused = "refused" in document.currentScript.dataset;
  // The page of a form whose place is gone: a copy of what was typed in it, to take along.
  const isLast = document.querySelector("[data-last]") !== null;
  const forms = [...document.querySelectorAll(GUARDED)].filter(isTyped);
  const shown = new Map(forms.map((form) => [form, filledIn(form)]));
  let sent = null; // the form, or the link, that is on its way

  function isTyped(form) {
    return (form.matches("[data-typed]") || form.querySelector(TYPED)) && !form.querySelector("[type=password]");
  }

  function filledIn(form) {
    return [...new FormData(form)].map(([name, value]) => `${name}=${value.name ?? value}`).join("\n");
  }

  function wouldLose() {
    if (sent && sent.matches("[data-discards]")) return false;
    if (isLast) return true;
    if (isRefused && forms.length && !forms.includes(sent)) return true;
    return forms.some((form) => form !== sent && filledIn(form) !== shown.get(form));
  }

  function stay(event) {
    event.preventDefault();
    document.querySelector("#no-connection")?.remove();
    const said = document.querySelector("template#offline").content.firstElementChild.cloneNode(true);
    said.setAttribute("role", "alert");
    event.target.append(said);
    said.focus();
  }

  /* Half a date is nothing to a browser, so it would be dropped: the server says that it is none, in our words. Without
     scripts the browser does, in its own: a form in which a date can be left empty does not say novalidate. */
  for (const field of document.querySelectorAll('main form[method="post"] [type=date]')) field.form.noValidate = true;
  document.addEventListener("formdata", (event) => {
    for (const field of event.target.elements) {
      if (field.type === "date" && field.validity.badInput) event.formData.set(field.name, "?");
    }
  });
  document.addEventListener("input", () => { sent = null; });
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (!navigator.onLine && event.target.matches(GUARDED)) stay(event);
    else sent = event.target;
  });
  window.addEventListener("online", () => document.querySelector("#no-connection")?.remove());
  document.addEventListener("click", (event) => { sent = event.target.closest("a[data-discards]"); });
  window.addEventListener("beforeunload", (event) => { if (wouldLose()) event.preventDefault(); });
})();
