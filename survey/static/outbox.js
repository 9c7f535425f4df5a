/* Sealed envelopes on this device, until the server says that it has what is in them. Used by pages, and by the service
   worker. An envelope goes only when the answer holds the word that was agreed on when it was sealed: whatever else
   answers, such as a page of the Wi-Fi that wants one to sign in, does not know it. */
"use strict";

const outbox = (() => {
  const ROOT = globalThis.document ? new URL("../../", document.currentScript.src) : new URL("./", location);
  const PATIENCE = 10000;
  const FIRST_WAIT = 60000;
  const RECEIPTS = 200; // so many of the latest are remembered
  const LONGEST_WAIT = 24 * 3600 * 1000;
  let opened = null;

  function open() {
    opened = opened || idb.openDB("telvertel", 1, {
      upgrade(database) {
        database.createObjectStore("envelopes", { keyPath: "number", autoIncrement: true });
        database.createObjectStore("receipts", { keyPath: "number", autoIncrement: true });
        database.createObjectStore("facts");
      },
      blocking() { close(); },
      terminated() { opened = null; },
    }).catch((problem) => { opened = null; throw problem; });
    return opened;
  }

  async function close() {
    const database = await opened;
    opened = null;
    if (database) database.close();
  }

  /* On the disk when this returns. `replaces`: the id of an earlier envelope that this one holds all of. */
  async function keep(sealed, replaces) {
    const database = await open();
    const change = database.transaction("envelopes", "readwrite", { durability: "strict" });
    for (const one of replaces ? await change.store.getAll() : []) {
      if (one.id === replaces) await change.store.delete(one.number);
    }
    await change.store.add({ ...sealed, tries: 0, after: 0 });
    await change.done;
  }

  async function all() {
    return (await open()).getAll("envelopes");
  }

  /* The latest that were taken: their ids, and whether they are kept there. */
  async function receipts() {
    return (await open()).getAll("receipts");
  }

  /* Counts what is answered on this device, above what the page has counted: the later answer has the higher number. */
  async function nextOrder(atLeast) {
    const change = (await open()).transaction("facts", "readwrite");
    const order = Math.max((await change.store.get("order")) || 0, atLeast || 0) + 1;
    await change.store.put(order, "order");
    await change.done;
    return order;
  }

  async function fact(name) {
    return (await open()).get("facts", name);
  }

  async function note(name, value) {
    const database = await open();
    await (value ? database.put("facts", value, name) : database.delete("facts", name));
  }

  /* Send what can be sent, one after the other, in one place at a time; stops at the first that is not taken.
     `except`: the id of one that is still being written. Gives "empty", "refused" or "unreachable". */
  function drain(except) {
    return navigator.locks.request("telvertel-outbox", () => sendAll(except));
  }

  async function sendAll(except) {
    const waiting = (await all()).filter((one) => one.id !== except && isDue(one));
    waiting.sort((one, other) => one.tries - other.tries || one.number - other.number);
    for (const one of waiting) {
      const problem = await send(one);
      if (problem) return problem;
    }
    return "empty";
  }

  /* Gives what is in the way; nothing if it was taken. */
  async function send(one, more) {
    const outcome = await post(one, more);
    if (outcome === "unreachable") return outcome;
    const database = await open();
    if (outcome !== "kept" && outcome !== "gone") return putBack(database, one, outcome);
    return takeOff(database, one, outcome === "kept");
  }

  /* What was refused waits longer each time. A clock that was set back does not make it wait for ever. */
  function isDue(one) {
    const wait = one.after - Date.now();
    return wait <= 0 || wait > LONGEST_WAIT;
  }

  async function takeOff(database, one, isKept) {
    const change = database.transaction(["envelopes", "receipts"], "readwrite");
    await change.objectStore("envelopes").delete(one.number);
    const written = change.objectStore("receipts");
    const number = await written.add({ id: one.id, isKept });
    await written.delete(IDBKeyRange.upperBound(number - RECEIPTS));
    await change.done;
  }

  async function putBack(database, one, why) {
    const after = Date.now() + Math.min(FIRST_WAIT * 2 ** one.tries, LONGEST_WAIT);
    const change = database.transaction("envelopes", "readwrite");
    if (await change.store.get(one.number)) {
      await change.store.put({ ...one, refused: why, tries: one.tries + 1, after });
    }
    await change.done;
    return "refused";
  }

  /* No cookie goes along: a session may be over, or be another person's. */
  async function post(one, more) {
    let answer, told;
    try {
      answer = await fetch(new URL("survey/envelopes", ROOT), {
        method: "POST", body: one.envelope, headers: { "Content-Type": "application/octet-stream", ...more },
        credentials: "omit", cache: "no-store", redirect: "error", signal: soon(),
      });
      told = await answer.json().catch(() => ({}));
    } catch (problem) {
      return "unreachable";
    }
    if (answer.ok && told.receipt === one.kept) return "kept";
    if (answer.ok && told.receipt === one.gone) return "gone";
    if (answer.ok || answer.status >= 500 || answer.status === 408 || answer.status === 429) return "unreachable";
    return told.refused || String(answer.status);
  }

  function soon() {
    const control = new AbortController();
    setTimeout(() => control.abort(), PATIENCE);
    return control.signal;
  }

  /* A sitting that ended without a network left its cookie behind; the server takes it away. */
  async function leave() {
    await note("left", true);
    return leaveIfLeft();
  }

  async function leaveIfLeft() {
    if (!(await fact("left"))) return true;
    try {
      const answer = await fetch(new URL("survey/leave", ROOT), {
        method: "POST", cache: "no-store", redirect: "error", signal: soon(),
      });
      if (answer.status !== 204) return false;
    } catch (problem) {
      return false;
    }
    await note("left", false);
    return true;
  }

  return { ROOT, all, drain, fact, keep, leave, leaveIfLeft, nextOrder, receipts, send };
})();
