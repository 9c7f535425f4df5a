/* One question a screen, and forms that are sent once. Without this file all questions of a page show and one button
   sends them; nothing here is needed to answer. Loaded in the head, not deferred, so that the page never
   shows all its questions first. Holds no words: they come from data attributes, in the person's language. */
"use strict";
document.documentElement.classList.add("scripted");

document.addEventListener("DOMContentLoaded", () => {
  for (const form of document.querySelectorAll("form[data-guarded]")) guard(form);
  const link = document.querySelector("[data-language]");
  const typed = document.getElementById("questions");
  if (link && typed) takeAlong(link, typed);
  const form = document.querySelector("form[data-questions]");
  if (form) walk(form, [...form.querySelectorAll("[data-question]")]);
});

/* Sent once: a second press does nothing until the page is back, or the network has been silent for long. */
function guard(form) {
  const notSaved = document.querySelector("[data-not-saved]");
  let timer = 0;

  function buttons() {
    return [...form.elements].filter((element) => element.type === "submit");
  }
  function release() {
    clearTimeout(timer);
    timer = 0;
    for (const button of buttons()) button.disabled = false;
  }

  form.addEventListener("submit", (event) => {
    const offline = navigator.onLine === false;
    if (notSaved) notSaved.hidden = !offline;
    if (offline || timer) return event.preventDefault();
    timer = setTimeout(release, 10000);
    // after this turn, so that the pressed button's own value is still sent
    setTimeout(() => { if (timer) for (const button of buttons()) button.disabled = true; });
  });
  form.addEventListener("change", () => {
    for (const sign of document.querySelectorAll("[data-saved]")) sign.hidden = true; // no longer true
  });
  window.addEventListener("pageshow", release);
  window.addEventListener("online", () => { if (notSaved) notSaved.hidden = true; });
}

/* To another page; what was filled in here is sent first. */
function leave(form, where) {
  const then = document.createElement("input");
  then.type = "hidden";
  then.name = "then";
  then.value = where;
  form.append(then);
  form.requestSubmit();
  then.remove();
}

/* The link to other languages takes along what was filled in. */
function takeAlong(link, form) {
  let changed = false;
  form.addEventListener("input", () => { changed = true; });
  link.addEventListener("click", (event) => {
    if (!changed) return;
    event.preventDefault();
    leave(form, "language");
  });
}

/* From question to question inside the one form. The device's own back button works too: a history entry holds the
   number of the question, never an answer. */
function walk(form, questions) {
  const next = form.querySelector("[data-next]");
  const back = document.querySelector("[data-back]");
  const position = form.querySelector("[data-position]");
  const progress = document.querySelector("[data-progress]");
  const how = document.querySelector("[data-how]");
  const done = progress ? progress.value : 0;
  const last = questions.length - 1;
  const faulty = questions.findIndex((question) => question.hasAttribute("data-error"));
  let unsent = faulty >= 0;
  let current = 0;
  let depth = 0; // how many history entries this page has put above the one it came with
  let settling = 0;

  function nameNext() {
    const answered = questions[current].querySelector("input:checked") !== null;
    for (const word of next.querySelectorAll("[data-word]")) {
      word.hidden = (word.dataset.word === "next") !== answered;
    }
    next.classList.toggle("nl-button--primary", answered);
    next.classList.toggle("nl-button--secondary", !answered);
  }

  function show(index) {
    current = Math.min(Math.max(index, 0), last);
    questions.forEach((question, number) => { question.hidden = number !== current; });
    if (position && last > 0) {
      position.textContent = position.dataset.position
        .replace("{number}", current + 1).replace("{total}", questions.length);
    }
    if (progress) progress.value = done + current;
    if (how) how.hidden = current > 0;
    if (back && back.type === "button") back.hidden = current === 0;
    nameNext();
  }

  /* The second of two quick taps was meant for the question before: for a moment, touch and mouse do nothing. */
  function settle() {
    clearTimeout(settling);
    delete form.dataset.settled;
    settling = setTimeout(() => { form.dataset.settled = ""; }, 400);
  }

  function turnTo(index) {
    show(index);
    settle();
    window.scrollTo(0, 0);
    questions[current].querySelector("h2").focus({ preventScroll: true });
  }

  /* A finger that is on its way to "next" while the next question comes by itself would skip that one, unseen. */
  const CAME = 1500;
  let came = sessionStorage.getItem("came") ? performance.now() : -CAME;
  sessionStorage.removeItem("came");
  function isMeantForTheOneBefore(event) {
    const isEmpty = questions[current].querySelector("input:checked") === null;
    return event.detail > 0 && isEmpty && performance.now() - came < CAME;
  }

  /* Who touched an answer or clicked on it goes on by itself, after a moment in which the choice is seen. Any other
     touch ends that moment. Arrow keys, switches and screen readers choose without touching, and press the button. */
  let going = 0;
  let touched = null;
  function stay() {
    clearTimeout(going);
    delete form.dataset.going;
  }
  document.addEventListener("pointerdown", (event) => {
    stay();
    touched = event.target.closest(".answer");
  }, true);
  document.addEventListener("keydown", () => { stay(); touched = null; }, true);
  form.addEventListener("click", (event) => {
    if (!touched || !event.target.matches("input[type=radio]") || !touched.contains(event.target)) return;
    form.dataset.going = "";
    going = setTimeout(() => {
      stay();
      came = performance.now();
      if (current === last) sessionStorage.setItem("came", "1");
      next.click();
    }, 700);
  });

  form.addEventListener("click", (event) => {
    if ("settled" in form.dataset || event.detail === 0) return; // keyboards and switches have no such taps
    event.preventDefault();
    event.stopPropagation();
  }, true);
  next.addEventListener("click", (event) => {
    if (isMeantForTheOneBefore(event)) return event.preventDefault();
    if (current === last) return;
    event.preventDefault();
    depth += 1;
    history.pushState({ question: current + 1, depth }, "");
    turnTo(current + 1);
  });
  if (back) {
    back.addEventListener("click", (event) => {
      if (current === 0 && (back.type === "button" || !unsent)) return; // the link itself leads to the page before
      event.preventDefault();
      if (current === 0) return leave(form, "back");
      if (history.state && depth > 0) return history.back();
      turnTo(current - 1);
      history.replaceState({ question: current, depth }, "");
    });
  }
  form.addEventListener("change", () => { unsent = true; nameNext(); });
  window.addEventListener("pagehide", stay);
  window.addEventListener("popstate", (event) => {
    stay();
    if (!event.state) return; // the skip link
    depth = event.state.depth;
    turnTo(event.state.question);
  });

  show(faulty >= 0 ? faulty : form.dataset.start === "last" ? last : 0);
  history.replaceState({ question: current, depth }, "");
  settle();
  form.dataset.ready = "";
}
