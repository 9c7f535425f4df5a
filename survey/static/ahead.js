/* Puts away pages to come, for when there is no network. Asked for once a page has settled; they go with their person. */
"use strict";

const putAway = (() => {
  const PAGES = "telvertel-pages-"; // somebody's, for they are in a language
  const SHELL = "telvertel-shell-1"; // the door
  const HEADERS = ["Content-Type", "Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Permissions-Policy",
    "Cache-Control"];

  /* Once a sitting, and only if they changed. */
  async function keep(isSitting) {
    if (!navigator.serviceWorker || !window.caches) return;
    try {
      await navigator.serviceWorker.register(new URL("service-worker.js", outbox.ROOT));
      await keepFiles();
      if (!isSitting || sessionStorage.getItem("ahead") === document.documentElement.lang) return;
      await keepPages();
      await keepSounds();
    } catch (problem) {
      // without a network there is nothing to keep; the next page tries again
    }
  }

  async function keepPages() {
    const there = (await caches.keys()).find((name) => name.startsWith(PAGES)) || "";
    const answer = await fetch(new URL(`survey/ahead?have=${there.slice(PAGES.length)}`, outbox.ROOT), { redirect: "error" });
    if (answer.status === 200) await put(answer);
    if (answer.ok) sessionStorage.setItem("ahead", document.documentElement.lang);
  }

  async function put(answer) {
    const { key, pages } = await answer.json();
    const headers = new Headers(HEADERS.map((name) => [name, answer.headers.get(name) || ""]));
    headers.set("Content-Type", "text/html; charset=utf-8");
    const [cache, shell] = [await caches.open(PAGES + key), await caches.open(SHELL)];
    for (const [path, page] of Object.entries(pages)) {
      await (path === outbox.ROOT.pathname ? shell : cache).put(path, new Response(page, { headers }));
    }
    for (const name of await caches.keys()) {
      if (name.startsWith(PAGES) && name !== PAGES + key) await caches.delete(name);
    }
  }

  /* What can be heard on those pages, one after the other. */
  async function keepSounds() {
    const name = (await caches.keys()).find((one) => one.startsWith(PAGES));
    if (!name || (navigator.connection && navigator.connection.saveData)) return;
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const page = new DOMParser().parseFromString(await (await cache.match(request)).text(), "text/html");
      for (const hook of page.querySelectorAll("[data-sound]")) {
        const address = new URL(hook.dataset.sound, outbox.ROOT);
        if (!(await cache.match(address))) await cache.add(address);
      }
    }
  }

  /* Files that this page used, fonts among them: most came before there was a service worker to keep them. */
  async function keepFiles() {
    const cache = await caches.open("telvertel-files-1");
    const folder = new URL("static/", outbox.ROOT).href;
    for (const { name } of performance.getEntriesByType("resource")) {
      if (name.startsWith(folder) && !(await cache.match(name))) await cache.add(name);
    }
  }

  return keep;
})();
