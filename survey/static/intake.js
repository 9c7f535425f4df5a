/* An intake is saved as one goes: each section by itself, at every change. What does not apply is hidden. Without this
   file every question shows, and each section has a button that saves it. Holds no words: they come from data attributes. */
"use strict";

const PAUSE = 1200; // after the last letter that was typed
const AGAIN = 5000; // after the network failed
const SCRIPT = document.currentScript.src;
const WAYS = { 401: "out", 409: "clash" };

let isLeaving = false; // for a page that says what is to be done, with all that is not saved

function watch(form) {
  const state = form.querySelector("[data-state]");
  const ways = [...form.querySelectorAll("[data-when]")]; // to that page
  let changed = false; // something is not saved yet
  let saving = null; // what is on its way
  let timer = 0;

  /* Where there is a way on nothing goes by itself any more: other parts may still be typed in. */
  function say(what) {
    state.textContent = what ? state.dataset[what] : "";
    state.dataset.now = what;
    for (const way of ways) way.hidden = way.dataset.when !== what;
  }
  function waits() {
    return ways.some((way) => !way.hidden);
  }
  /* A wrong answer keeps all of its section from being saved. */
  function wouldLose() {
    return changed || saving !== null || state.dataset.now === "wrong";
  }
  function later(pause) {
    changed = true;
    clearTimeout(timer);
    timer = setTimeout(save, pause);
  }
  async function save() {
    clearTimeout(timer);
    if (saving || waits()) return; // goes on by itself when that is done; or waits for a choice
    changed = false;
    say("saving");
    saving = send();
    await saving;
    saving = null;
    if (changed && !isLeaving && state.dataset.now !== "waiting") save();
  }
  async function send() {
    try {
      const answer = await fetch(form.action, {
        method: "POST", body: new FormData(form), headers: { Accept: "application/json" }, redirect: "manual",
      });
      await understand(answer);
    } catch {
      retry();
    }
  }
  async function understand(answer) {
    if (answer.status === 200) {
      const code = form.dataset.intake;
      const saved = (await answer.json())[code];
      form.elements[`version-${code}`].value = saved.version;
      count(code, saved);
      mark(form, {});
      apply(form);
      form.parentElement.querySelector(".error-summary")?.remove();
      say("saved");
    } else if (answer.status === 422) {
      mark(form, (await answer.json()).errors);
      say("wrong");
    } else if (answer.status >= 500) {
      throw new Error("try again");
    } else {
      changed = true;
      say(WAYS[answer.status] ?? "stopped");
    }
  }

  /* Until nothing is on its way or waits to go; or it cannot. */
  async function settle() {
    while (saving || (changed && !waits() && state.dataset.now !== "waiting")) await (saving ?? save());
  }
  function retry() {
    say("waiting");
    later(AGAIN);
  }

  for (const way of ways) way.addEventListener("click", leave);
  form.addEventListener("change", () => { apply(form); later(0); });
  form.addEventListener("input", (event) => {
    if (event.target.matches("textarea, input:not([type=radio], [type=checkbox])")) later(PAUSE);
  });
  // Half a date is no change to a browser, nor is taking it out again.
  form.addEventListener("focusout", ({ target }) => {
    if (target.validity?.badInput || (target.type === "date" && state.dataset.now === "wrong")) later(0);
  });
  form.addEventListener("submit", (event) => { event.preventDefault(); waits() ? leave() : save(); });
  window.addEventListener("online", () => { if (changed) save(); });
  window.addEventListener("beforeunload", (event) => { if (!isLeaving && wouldLose()) event.preventDefault(); });
  apply(form);
  form.classList.add("watched");
  if ("unsaved" in form.dataset) later(0);
  return { form, wouldLose, settle, retry };
}

/* To the page that says what is to be done: with this part and all others that are not saved. */
async function leave() {
  if (isLeaving) return;
  isLeaving = true;
  await Promise.all(sections.map((section) => section.settle()));
  const unsaved = sections.filter((section) => section.wouldLose());
  if (await isConnected()) {
    sendAll(unsaved.map((section) => section.form));
  } else {
    isLeaving = false;
    for (const section of unsaved) section.retry();
  }
}

/* A page that cannot be reached would take what was typed with it. */
async function isConnected() {
  try {
    return (await fetch(SCRIPT, { method: "HEAD", cache: "no-store" })).ok;
  } catch {
    return false;
  }
}

function sendAll(forms) {
  const all = document.createElement("form");
  all.method = "post";
  all.action = forms[0].action;
  for (const [name, value] of forms.flatMap((form) => [...new FormData(form)])) all.append(hidden(name, value));
  document.body.append(all);
  all.submit();
}

function hidden(name, value) {
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name, value });
  return field;
}

/* A question that depends on another shows when that was answered so, or while it was not answered and this was. Hidden
   fields are not sent, and come back as they were typed. */
function apply(form) {
  for (const question of form.querySelectorAll("[data-shown-if]")) {
    const asked = form.querySelectorAll(`[name="${question.dataset.shownIf}"]:checked:enabled`);
    const given = [...asked].map((field) => field.value).filter(Boolean);
    const fits = given.some((code) => question.dataset.codes.split(" ").includes(code));
    const isWrong = question.classList.contains("field--error");
    const isShown = fits || isWrong || (!given.length && isAnswered(question));
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

window.addEventListener("pageshow", () => { isLeaving = false; });

/* What came back unsaved is saved from here like any other: the page is that of the intake again. */
const own = document.querySelector("[data-unsaved]")?.dataset.unsaved;
if (own) history.replaceState(null, "", own);

const sections = [...document.querySelectorAll("[data-intake]")].map(watch);

/* Nobody finishes an intake of which a part waits for them: they are led to it. */
document.querySelector("[data-intake-end]")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const end = event.target;
  await Promise.all(sections.map((section) => section.settle()));
  const form = document.querySelector('[data-intake]:has([data-state]:not(:empty, [data-now="saving"], [data-now="saved"]))');
  if (!form) {
    end.submit();
    return;
  }
  const first = ["[data-when]:not([hidden])", "[aria-invalid]", "[type=submit]"].find((what) => form.querySelector(what));
  form.querySelector(first).focus();
});
