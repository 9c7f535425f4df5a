/* Every text of a participant's page can be heard. A button stands beside each question, answer and piece of text, and
   one in the bar reads all that is on the screen. What has a recording is played; the rest is spoken by the device
   itself: voices that send the text to a company over the network are never used, and where nothing can be heard
   there are no buttons. Nothing sounds by itself. */
"use strict";

const HOOKS = "[data-listen], [data-listen-all] :is(h1, h2, h3, p, dt, dd, li, blockquote)";
const CONTROLS = "button, a, summary";
const QUIET = ".position"; // what goes along with a question, and is read with the whole page
const BLOCKS = "h1, h2, h3, p, label, li, dt, dd";

let page = null; // the button in the bar
let speaking = null; // the button that was pressed
let playing = null; // the recording that sounds
const named = new Map(); // by button, what it reads
let placed = false;
let turn = 0; // what an earlier press began is over

function textOf(hook) {
  return hook.textContent.replace(/\s+/g, " ").trim();
}

/* Voices of this device itself, for a tag of the language table. Kurdish ("ku") names no region, for a voice of another
   region speaks another Kurdish; elsewhere any region will do, the own one first. */
function voiceFor(tag) {
  const wanted = tag.toLowerCase();
  const [language, region] = wanted.split("-");
  const said = (voice) => voice.lang.toLowerCase().replace("_", "-");
  if (!("speechSynthesis" in window)) return null;
  const own = speechSynthesis.getVoices().filter((voice) => voice.localService === true);
  return own.find((voice) => said(voice) === wanted)
    || (region && own.find((voice) => said(voice).split("-")[0] === language))
    || null;
}

function voiceOf(hook) {
  const nearest = hook.closest("[data-speech]") || page;
  return voiceFor(nearest.dataset.speech);
}

function canBeHeard(hook) {
  return Boolean(hook.dataset.sound || voiceOf(hook));
}

function isShown(hook) {
  return hook.closest("[hidden]") === null && hook.getClientRects().length > 0 && textOf(hook) !== "";
}

function silence() {
  if (!speaking) return;
  turn += 1;
  if (playing) playing.pause();
  playing = null;
  if ("speechSynthesis" in window) speechSynthesis.cancel();
  speaking.setAttribute("aria-pressed", "false");
  speaking = null;
  for (const spoken of document.querySelectorAll(".is-spoken")) spoken.classList.remove("is-spoken");
}

/* One after the other, each shown while it sounds. */
async function read(hooks, button) {
  silence();
  const own = turn;
  speaking = button;
  button.setAttribute("aria-pressed", "true");
  for (const hook of hooks.filter((one) => isShown(one) && canBeHeard(one))) {
    const place = hook.closest(".answer, .nl-button, .tile") || hook;
    place.classList.add("is-spoken");
    await say(hook);
    if (own !== turn) return;
    place.classList.remove("is-spoken");
  }
  silence();
}

/* A recording that cannot be played, without a network for one, gives way to the voice. */
async function say(hook) {
  const own = turn;
  if (hook.dataset.sound && (await play(hook.dataset.sound))) return;
  if (own === turn && voiceOf(hook)) await speak(hook);
}

function play(address) {
  return new Promise((done) => {
    playing = new Audio(address);
    playing.onended = playing.onpause = () => done(true);
    playing.onerror = () => done(false);
    playing.play().catch((problem) => done(problem.name === "AbortError"));
  });
}

function speak(hook) {
  return new Promise((done) => {
    const words = new SpeechSynthesisUtterance(textOf(hook));
    words.voice = voiceOf(hook);
    words.lang = words.voice.lang;
    words.rate = 0.9;
    words.onend = words.onerror = done;
    speechSynthesis.speak(words);
  });
}

/* "Next" and "Skip" take turns on one button. */
function nameButton(hooks, button) {
  const words = hooks.filter((hook) => !hook.closest("[data-word][hidden]")).map(textOf).join(" ");
  button.setAttribute("aria-label", page.dataset.listenTo.replace("{text}", words));
}

function listenButton(hooks) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "listen";
  button.dataset.listenButton = "";
  button.setAttribute("aria-pressed", "false");
  named.set(button, hooks);
  nameButton(hooks, button);
  button.append(...[...page.querySelectorAll("svg")].map((picture) => picture.cloneNode(true)));
  button.addEventListener("click", () => (button === speaking ? silence() : read(hooks, button)));
  return button;
}

/* Where buttons belong: beside a question, an answer, a point and a language; at a heading for what stands under it.
   Words on other buttons and links are read by the one in the bar, and for who cannot read by one of their own. */
function placeButtons() {
  const main = document.querySelector("main");
  const wordFree = document.querySelector(".participant--aloud") !== null;
  const taken = new Set();
  const hooksIn = (place) => [...place.querySelectorAll(HOOKS)].filter((hook) => !taken.has(hook));
  const give = (hooks, put) => {
    hooks.forEach((hook) => taken.add(hook));
    if (hooks.length && hooks.every(canBeHeard)) put(listenButton(hooks));
  };
  const inside = (place) => give(hooksIn(place), (button) => {
    place.classList.add("is-heard");
    place.append(button);
  });
  const answers = new Map([...main.querySelectorAll("[data-question]")].map((one) => [one, wordFree ? hooksIn(one) : []]));
  main.querySelectorAll(".answer:not(.ruler .answer)").forEach(inside);
  const domain = [...main.querySelectorAll("[data-questions] h1 [data-listen]")];
  for (const question of main.querySelectorAll("[data-question]")) {
    const own = hooksIn(question);
    const later = answers.get(question).filter((hook) => !own.includes(hook));
    give([...domain, ...own, ...later], (button) => ask(question, button));
  }
  if (wordFree) {
    for (const control of document.querySelectorAll("main .nl-button, footer .nl-button, footer a")) {
      give(hooksIn(control), (button) => beside(control, button));
    }
  }
  main.querySelectorAll(".points > li, .tiles > li, .tick").forEach(inside);
  if (main.querySelector("[data-listen-all]")) return;
  const alone = (hook) => !hook.closest(`${CONTROLS}, ${QUIET}`) && (isShown(hook) || hook.closest(".how"));
  const rest = hooksIn(main).filter(alone);
  for (const hooks of passages(rest)) give(hooks, (button) => beside(hooks[0].closest(BLOCKS), button));
}

/* A question keeps its name: the button stands in its legend, and is no part of what is asked. */
function ask(question, button) {
  const words = question.querySelector("h2");
  words.id = `${question.id}-words`;
  question.setAttribute("aria-labelledby", words.id);
  question.classList.add("is-heard");
  words.after(button);
}

/* A heading with what stands right under it, or a piece of text by itself. */
function passages(hooks) {
  const found = [];
  let before = null;
  for (const hook of hooks) {
    const block = hook.closest(BLOCKS);
    if (!block) continue;
    const follows = before && (block === before || block.previousElementSibling === before);
    if (follows && !/^H\d$/.test(block.tagName)) found[found.length - 1].push(hook);
    else found.push([hook]);
    before = block;
  }
  return found;
}

function beside(block, button) {
  const row = document.createElement("div");
  row.className = "heard";
  block.before(row);
  row.append(block, button);
}

/* Voices may come a moment after the page. */
function begin() {
  const all = [...document.querySelectorAll(HOOKS)];
  const above = all.filter((hook) => hook.closest("header")); // the bar comes last: first what the page is about
  const hooks = [...all.filter((hook) => !above.includes(hook)), ...above];
  if (placed || !hooks.some(canBeHeard)) return;
  placed = true;
  for (const offer of document.querySelectorAll("[data-by-voice]")) offer.hidden = !voiceOf(offer);
  placeButtons();
  page.hidden = !hooks.filter(isShown).slice(0, 1).every(canBeHeard);
  page.addEventListener("click", () => (page === speaking ? silence() : read(hooks, page)));
}

document.addEventListener("DOMContentLoaded", () => {
  page = document.querySelector("[data-listen-page]");
  if (!page) return;
  begin();
  if ("speechSynthesis" in window) speechSynthesis.onvoiceschanged = begin;
});
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-listen-button], [data-listen-page]")) silence();
}, true);
for (const action of ["click", "change"]) window.addEventListener(action, () => named.forEach(nameButton));
window.addEventListener("popstate", silence);
window.addEventListener("pagehide", silence);
