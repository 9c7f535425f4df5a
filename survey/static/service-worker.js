/* Shows pages of the questionnaire where there is no network. It keeps nothing of what passes through it but files of
   the program: pages come from the store that offline.js fills with pages that are nobody's, so neither an answer nor
   a token can ever be in there. */
"use strict";
importScripts("static/vendor/idb.js", "static/outbox.js");

const FILES = "telvertel-files-1";
const PATIENCE = 5000;
const IMPATIENCE = 1000; // once it is known that there is no network
const DAY = 24 * 3600 * 1000;
let lastFailure = 0;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  const path = url.pathname.slice(outbox.ROOT.pathname.length);
  if (request.mode === "navigate" && /^(start|survey\/.*|goodbye\/.*)?$/.test(path)) {
    if (request.method === "GET") event.respondWith(page(request, path));
    else if (path === "") event.respondWith(comeIn(request));
  } else if (request.method === "GET" && path.startsWith("static/")) {
    event.respondWith(file(event));
  } else if (request.method === "GET" && path.startsWith("survey/sounds/")) {
    event.respondWith(caches.match(url).then((ready) => ready || fetch(request)));
  }
});

/* What is kept goes out even when the last page was closed, where browsers tell us that the network is back. */
self.addEventListener("sync", (event) => event.waitUntil(outbox.drain().then((outcome) => {
  if (outcome === "unreachable") throw new Error("no network after all: the browser tries again");
})));

/* Nobody comes in before the sitting before is over, so that its end is not the end of theirs. */
async function comeIn(request) {
  await outbox.leaveIfLeft().catch(() => {});
  return fetch(request);
}

async function page(request, path) {
  const hasLeft = await inTime(outbox.leaveIfLeft(), IMPATIENCE).catch(() => false);
  const isOver = !hasLeft && path.startsWith("survey/");
  let ready = await caches.match(new URL(isOver || path === "start" ? "" : path, outbox.ROOT));
  const patience = Date.now() - lastFailure < 30000 ? IMPATIENCE : PATIENCE;
  try {
    if (isOver) throw new Error("there is no network to say that the sitting is over");
    if (path.startsWith("survey/")) await inTime(outbox.drain(), IMPATIENCE).catch(() => {}); // the page shows what was answered
    const answer = await (ready ? inTime(fetch(request), patience) : fetch(request));
    if (answer.status < 500 || !ready) return answer;
  } catch (problem) {
    lastFailure = Date.now();
  }
  for (const other of ["survey/no-network", ""]) { // while somebody sits here; and else the door
    ready = ready || (await caches.match(new URL(other, outbox.ROOT)));
  }
  return ready || Response.error();
}

function inTime(answer, patience) {
  const over = new Promise((_, reject) => { setTimeout(() => reject(new Error("too slow")), patience); });
  return Promise.race([answer, over]);
}

/* At once from here; once a day anew, for the next time. */
async function file(event) {
  const cache = await caches.open(FILES);
  const ready = await cache.match(event.request);
  if (ready && Date.now() - Date.parse(ready.headers.get("Date")) < DAY) return ready;
  const anew = fetch(event.request).then(async (answer) => {
    if (answer.status === 200) await cache.put(event.request, answer.clone());
    return answer;
  });
  if (!ready) return anew;
  event.waitUntil(anew.catch(() => {}));
  return ready;
}
