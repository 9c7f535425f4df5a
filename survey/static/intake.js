/* An intake is saved as one goes: each section by itself, at every change. What does not apply is hidden. Without this
   file every question shows, and each button saves all of it. Holds no words: they come from data attributes. */
"use strict";

const PAUSE = 1200; // after the last letter that was typed
const AGAIN = 5000; // after the network failed
const SCRIPT = document.currentScript.src;
const WAYS = { 401: "out", 409: "clash" };

const whole = document.querySelector("[data-by-part]");

let isLeaving = false; // for a page that says what is to be done, with all that is not saved

function watch(section) {
  const state = section.querySelector("[data-state]");
  const ways = [...section.querySelectorAll("[data-when]")]; // to that page
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
      const body = new URLSearchParams(filledIn([section]));
      const headers = { Accept: "application/json" };
      const answer = await fetch(whole.action, { method: "POST", body, headers, redirect: "manual" });
      await understand(answer);
    } catch {
      retry();
    }
  }
  async function understand(answer) {
    if (answer.status === 200) {
      const code = section.dataset.intake;
      const saved = (await answer.json())[code];
      whole.elements[`version-${code}`].value = saved.version;
      count(code, saved);
      mark(section, {});
      apply(section);
      section.parentElement.querySelector(".error-summary")?.remove();
      say("saved");
    } else if (answer.status === 422) {
      mark(section, (await answer.json()).errors);
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
  section.addEventListener("change", () => { apply(section); later(0); });
  section.addEventListener("input", (event) => {
    if (event.target.matches("textarea, input:not([type=radio], [type=checkbox])")) later(PAUSE);
  });
  // Half a date is no change to a browser, nor is taking it out again.
  section.addEventListener("focusout", ({ target }) => {
    if (target.validity?.badInput || (target.type === "date" && state.dataset.now === "wrong")) later(0);
  });
  window.addEventListener("online", () => { if (changed) save(); });
  window.addEventListener("beforeunload", (event) => { if (!isLeaving && wouldLose()) event.preventDefault(); });
  apply(section);
  section.classList.add("watched");
  if ("unsaved" in section.dataset) later(0);
  return { section, wouldLose, touch: () => later(0), settle, retry };
}

/* To the page that says what is to be done: with this part and all others that are not saved. */
async function leave() {
  if (isLeaving) return;
  isLeaving = true;
  await settleAll();
  const unsaved = watched.filter((each) => each.wouldLose());
  if (await isConnected()) {
    sendAll(filledIn(unsaved.map((each) => each.section)));
  } else {
    isLeaving = false;
    for (const each of unsaved) each.retry();
  }
}

function settleAll() {
  return Promise.all(watched.map((each) => each.settle()));
}

/* Names and values of these sections, as the browser would send them. */
function filledIn(sections) {
  const fields = [whole.elements.csrf_token, ...sections.flatMap((each) => [...each.querySelectorAll("[name]")])];
  const names = new Set(fields.map((field) => field.name));
  const codes = sections.map((each) => each.dataset.intake);
  return [...new FormData(whole)].filter(
    ([name, value]) => names.has(name) && (name !== "part" || codes.includes(value)),
  );
}

/* A page that cannot be reached would take what was typed with it. */
async function isConnected() {
  try {
    return (await fetch(SCRIPT, { method: "HEAD", cache: "no-store" })).ok;
  } catch {
    return false;
  }
}

function sendAll(fields) {
  const all = document.createElement("form");
  all.method = "post";
  all.action = whole.action;
  for (const [name, value] of fields) all.append(hidden(name, value));
  document.body.append(all);
  all.submit();
}

function hidden(name, value) {
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name, value });
  return field;
}

/* A question that depends on another shows when that was answered so, or while it was not answered and this was. Hidden
   fields are not sent, and come back as they were typed; where something stood in them, that is said. */
function apply(section) {
  for (const question of section.querySelectorAll("[data-shown-if]")) {
    const asked = section.querySelectorAll(`[name="${question.dataset.shownIf}"]:checked:enabled`);
    const given = [...asked].map((field) => field.value).filter(Boolean);
    const fits = given.some((code) => question.dataset.codes.split(" ").includes(code));
    const isWrong = question.classList.contains("field--error");
    const isShown = fits || isWrong || (!given.length && isAnswered(question));
    question.hidden = !isShown;
    question.nextElementSibling.hidden = isShown || !isAnswered(question);
    for (const field of question.querySelectorAll("input, textarea")) field.disabled = !isShown;
  }
}

function isAnswered(question) {
  return [...question.querySelectorAll("input, textarea")].some(
    (field) => (field.type === "radio" || field.type === "checkbox" ? field.checked : true) && field.value,
  );
}

/* What is wrong, next to its field and tied to it, as the server does. */
function mark(section, errors) {
  for (const question of section.querySelectorAll("[data-question]")) {
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

const watched = [...document.querySelectorAll("[data-intake]")].map(watch);

/* Each part is saved by itself. Nobody finishes an intake of which a part waits for them: they are led to it. */
whole.addEventListener("submit", async (event) => {
  event.preventDefault();
  const finishes = event.submitter?.hasAttribute("formaction");
  if (!finishes) watched.find((each) => each.section.contains(event.submitter))?.touch();
  await settleAll();
  if (!finishes) return;
  const waits = '[data-intake]:has([data-state]:not(:empty, [data-now="saving"], [data-now="saved"]))';
  const section = document.querySelector(waits);
  if (section) {
    const first = ["[data-when]:not([hidden])", "[aria-invalid]", "[type=submit]"].find((what) => section.querySelector(what));
    section.querySelector(first).focus();
  } else {
    const saving = whole.action;
    whole.action = event.submitter.formAction;
    whole.submit();
    whole.action = saving;
  }
});
