/* For who works here: answers on this device that it could not get rid of. The server says whose they are and what stands
   in the way; what is in them nobody can read here. */
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const place = document.querySelector("[data-stranded]");
  if (!place || !globalThis.indexedDB || !navigator.locks) return;
  const list = place.querySelector("[data-stranded-list]");
  const line = place.querySelector("template");
  const MOST = 100; // envelopes that are asked about

  function ask(where, envelope) {
    const form = new FormData();
    form.set("csrf_token", place.querySelector("[name=csrf_token]").value);
    form.set("envelope", btoa(String.fromCharCode(...envelope.envelope)));
    return fetch(where, { method: "POST", body: form, redirect: "error" }).then((answer) => {
      if (!answer.ok) throw new Error("no answer");
      return answer.json();
    });
  }

  /* One line for each person and each thing that is in the way. */
  async function look() {
    const found = new Map();
    for (const one of (await outbox.all()).filter((other) => other.refused).slice(0, MOST)) {
      const answer = await ask(place.dataset.waiting, one);
      if (!answer.told) continue;
      const known = found.get(answer.told) || { ...answer, envelopes: [] };
      known.envelopes.push(one);
      found.set(answer.told, known);
    }
    list.replaceChildren(...[...found.values()].map(shown));
    place.hidden = found.size === 0;
  }

  function shown({ told, address, may_let_in: mayLetIn, envelopes }) {
    const item = line.content.cloneNode(true);
    item.querySelector("[data-told]").textContent = told;
    const link = item.querySelector("a");
    if (address) link.href = address;
    else link.remove();
    const button = item.querySelector("button");
    if (mayLetIn) button.addEventListener("click", () => busy(() => letIn(envelopes)));
    else button.remove();
    return item;
  }

  async function letIn(envelopes) {
    const { permit } = await ask(place.dataset.letIn, envelopes[0]);
    if (permit) await sendAgain(envelopes.map((one) => one.id), { "Telvertel-Permit": permit });
  }

  async function tryAgain() {
    await sendAgain((await outbox.all()).filter((one) => one.refused).map((one) => one.id), {});
  }

  function sendAgain(ids, headers) {
    return navigator.locks.request("telvertel-outbox", async () => {
      const there = (await outbox.all()).filter((one) => ids.includes(one.id));
      for (const one of there) await outbox.send(one, headers);
    });
  }

  async function busy(work) {
    const buttons = place.querySelectorAll("button");
    for (const button of buttons) button.disabled = true;
    try {
      await work();
      await look();
    } finally {
      for (const button of buttons) button.disabled = false;
    }
  }

  place.querySelector("[data-stranded-again]").addEventListener("click", () => busy(tryAgain));
  outbox.drain().then(look).catch(() => {}); // no network: the next page tells
});
