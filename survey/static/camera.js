/* The square of an invitation, read by the device itself. The button is there only where the browser can do that. What
   the camera sees stays in the page, and the camera is off as soon as there is a code, or the person looks elsewhere. */
"use strict";

const EVERY = 200; // milliseconds between two looks

async function setUpCamera(place) {
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices || !("showModal" in HTMLDialogElement.prototype)) return;
  const formats = await window.BarcodeDetector.getSupportedFormats();
  if (!formats.includes("qr_code")) return;
  const detector = new window.BarcodeDetector({ formats: ["qr_code"] });
  const dialog = document.querySelector("[data-camera]");
  const picture = dialog.querySelector("[data-camera-picture]");
  const other = dialog.querySelector("[data-scan-other]");
  const failed = document.querySelector("[data-scan-failed]");
  let turn = 0; // which opening of the camera this is: an answer to an earlier one is of no use
  let stream = null;

  function close() {
    turn += 1;
    if (stream) for (const track of stream.getTracks()) track.stop();
    stream = null;
    picture.srcObject = null;
    if (dialog.open) dialog.close();
  }

  async function open() {
    const own = ++turn;
    failed.hidden = other.hidden = true;
    dialog.showModal();
    try {
      const got = await navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: "environment" } });
      if (own !== turn) return void got.getTracks().forEach((track) => track.stop()); // closed in the meantime
      stream = got;
      picture.srcObject = stream;
      look(own);
    } catch (error) {
      if (own !== turn) return;
      close();
      failed.hidden = false;
    }
  }

  async function look(own) {
    if (own !== turn) return;
    let found = [];
    try {
      found = await detector.detect(picture);
    } catch (error) {
      found = []; // no picture yet
    }
    if (own !== turn) return;
    const code = found.map((square) => codeIn(square.rawValue, place.dataset.link)).find(Boolean);
    if (code) {
      close();
      return enterCode(code);
    }
    if (found.length) other.hidden = false;
    setTimeout(look, EVERY, own);
  }

  place.querySelector("[data-scan-open]").addEventListener("click", open);
  dialog.querySelector("[data-scan-close]").addEventListener("click", close);
  dialog.addEventListener("close", close); // by the Escape key too
  window.addEventListener("pagehide", close);
  document.addEventListener("visibilitychange", () => { if (document.hidden) close(); });
  place.hidden = false;
}

/* A link of this very site, or a bare code; anything else is not ours, and goes nowhere. */
function codeIn(text, link) {
  const bare = text.trim();
  if (/^[0-9a-z]{4}([ -]?[0-9a-z]{4}){2}$/i.test(bare)) return bare;
  let address;
  try {
    address = new URL(bare);
  } catch (error) {
    return null;
  }
  const ours = address.origin === window.location.origin && address.pathname === link && !address.search;
  return ours && address.hash.length > 1 ? decoded(address.hash.slice(1)) : null;
}

document.addEventListener("DOMContentLoaded", () => {
  const place = document.querySelector("[data-scan]");
  if (place) setUpCamera(place);
});
