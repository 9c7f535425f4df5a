/* An intake is saved as one goes: each section by itself, at every change. What does not apply is hidden. Without this
   file every question shows, and each section has a button that saves it. Holds no words: they come from data attributes. */
"use strict";

const PAUSE = 1200; // after the last letter that was typed
const AGAIN = 5000; // after the network failed

function watch(form) {
  const state = form.querySelector("[data-state]");
  let changed = false; // something is not saved yet
  let isSaving = false;
  let isLeaving = false; // for a page that says what is to be done
  const compare = form.querySelector("[data-compare]");
  let timer = 0;

  function say(what) {
    state.textContent = what ? state.dataset[what] : "";
    state.dataset.now = what;
  }
  /* A wrong answer keeps all of its section from being saved. */
  function wouldLose() {
    return changed || isSaving || state.dataset.now === "wrong";
  }
  function later(pause) {
    changed = true;
    clearTimeout(timer);
    timer = setTimeout(save, pause);
  }
  async function save() {
    clearTimeout(timer);
    if (isSaving || !compare.hidden) return; // goes on by itself when that is done; or waits for a choice
    isSaving = true;
    changed = false;
    say("saving");
    try {
      const answer = await fetch(form.action, {
        method: "POST", body: new FormData(form), headers: { Accept: "application/json" }, redirect: "manual",
      });
      await understand(answer);
    } catch {
      say("waiting");
      later(AGAIN);
    }
    isSaving = false;
    if (changed && !isLeaving && state.dataset.now !== "waiting") save();
  }
  async function understand(answer) {
    if (answer.status === 200) {
      const saved = await answer.json();
      form.elements.version.value = saved.version;
      count(form.dataset.intake, saved);
      mark(form, {});
      say("saved");
    } else if (answer.status === 422) {
      mark(form, (await answer.json()).errors);
      say("wrong");
    } else if (answer.status === 409) {
      compare.hidden = false; // not at once: other parts may still be typed in
      changed = true;
      say("clash");
    } else if (answer.status >= 500) {
      throw new Error("try again");
    } else {
      leave(); // signed out: the page that comes keeps what was typed, and says so
    }
  }

  function leave() {
    isLeaving = true;
    form.submit();
  }

  compare.addEventListener("click", leave);
  form.addEventListener("change", () => { apply(form); later(0); });
  form.addEventListener("input", (event) => {
    if (event.target.matches("textarea, input:not([type=radio], [type=checkbox])")) later(PAUSE);
  });
  form.addEventListener("submit", (event) => { event.preventDefault(); compare.hidden ? save() : leave(); });
  window.addEventListener("online", () => { if (changed) save(); });
  window.addEventListener("beforeunload", (event) => { if (!isLeaving && wouldLose()) event.preventDefault(); });
  apply(form);
  form.classList.add("watched");
}

/* A question that depends on another shows when that was answered so, or while it was not answered and this was. Hidden
   fields are not sent, and come back as they were typed. */
function apply(form) {
  for (const question of form.querySelectorAll("[data-shown-if]")) {
    const asked = form.querySelectorAll(`[name="${question.dataset.shownIf}"]:checked:enabled`);
    const given = [...asked].map((field) => field.value).filter(Boolean);
    const fits = given.some((code) => question.dataset.codes.split(" ").includes(code));
    const isShown = fits || (!given.length && isAnswered(question));
    question.hidden = !isShown;
    for (const field of question.querySelectorAll("input, textarea")) field.disabled = !isShown;
  }
}

function isAnswered(question) {
  return [...question.querySelectorAll("input, textarea")].some(
    (field) => (field.type === "radio" || field.type === "checkbox" ? field.checked : true) && field.value,
  );
}

/* What is wrong, next to its field and tied to it, as the server does. */
function mark(form, errors) {
  for (const question of form.querySelectorAll("[data-question]")) {
    const message = errors[question.dataset.question];
    const shown = question.querySelector(".field-error");
    question.classList.toggle("field--error", Boolean(message));
    tie(question, message);
    if (message) (shown ?? newError(question)).textContent = message;
    else if (shown) shown.remove();
  }
}

function newError(question) {
  const error = document.createElement("p");
  error.className = "field-error";
  error.id = `${question.dataset.question}-error`;
  question.querySelector(".field").append(error);
  return error;
}

function tie(question, isWrong) {
  const field = question.querySelector("fieldset, input, textarea"); // choices are tied as a group
  const ties = { "aria-invalid": "true", "aria-describedby": `${question.dataset.question}-error` };
  for (const [name, value] of Object.entries(ties)) {
    if (isWrong) field.setAttribute(name, value);
    else field.removeAttribute(name);
  }
}

function count(section, saved) {
  const place = document.querySelector(`[data-count="${section}"]`);
  place.textContent = place.dataset.of.replace("{answered}", saved.answered).replace("{questions}", saved.questions);
}

for (const form of document.querySelectorAll("[data-intake]")) watch(form);

/* Nobody finishes an intake of which a part waits for them: they are led to it. */
document.querySelector("[data-intake-end]")?.addEventListener("submit", (event) => {
  const waits = ["clash", "wrong", "waiting"].map((now) => `[data-intake]:has([data-now="${now}"])`).join();
  const form = document.querySelector(waits);
  if (!form) return;
  event.preventDefault();
  const first = ["[data-compare]:not([hidden])", "[aria-invalid]", "[type=submit]"].find((what) => form.querySelector(what));
  form.querySelector(first).focus();
});
