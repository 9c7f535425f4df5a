/* Seals what was answered, so that only the server can open it: survey/privacy/envelopes.py says how, and opens it.
   The key pair lives for one envelope and is then forgotten; not even this browser can open it again. */
"use strict";

const sealing = (() => {
  const INFO = new TextEncoder().encode("telvertel envelope 1");
  const VERSION = new Uint8Array([1]);
  const CURVE = { name: "ECDH", namedCurve: "P-256" };
  const ROUND = 512; // letters are filled up, so that their length tells nothing of what was answered

  /* Not without TLS, except on one's own machine: browsers have no WebCrypto there. */
  function isPossible() {
    return Boolean(globalThis.crypto && crypto.subtle && globalThis.indexedDB && navigator.locks);
  }

  /* key: the id of the server's key and its public key, in base64; letter: what is sealed. */
  async function seal(key, letter) {
    const ours = fromBase64(key);
    const [keyId, point] = [ours.subarray(0, 4), ours.subarray(4)];
    const pair = await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]);
    const own = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
    const made = await derive(pair.privateKey, point, joined(own, point));
    const id = crypto.getRandomValues(new Uint8Array(16));
    const header = joined(VERSION, keyId, id, own);
    const aes = await crypto.subtle.importKey("raw", made.slice(0, 32), "AES-GCM", false, ["encrypt"]);
    const how = { name: "AES-GCM", iv: made.slice(32, 44), additionalData: header };
    const sealed = new Uint8Array(await crypto.subtle.encrypt(how, aes, filledUp(letter)));
    return {
      id: toBase64(id),
      envelope: joined(header, sealed),
      kept: toBase64(made.slice(44, 60)), // what the server answers once it keeps it
      gone: toBase64(made.slice(60, 76)), // what it answers when nobody wants it kept any more
    };
  }

  async function derive(privateKey, point, salt) {
    const server = await crypto.subtle.importKey("raw", point, CURVE, false, []);
    const secret = await crypto.subtle.deriveBits({ name: "ECDH", public: server }, privateKey, 256);
    const hkdf = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
    const how = { name: "HKDF", hash: "SHA-256", salt, info: INFO };
    return new Uint8Array(await crypto.subtle.deriveBits(how, hkdf, 76 * 8));
  }

  function filledUp(letter) {
    const content = new TextEncoder().encode(JSON.stringify(letter));
    const filled = new Uint8Array(Math.ceil(content.length / ROUND) * ROUND).fill(32); // spaces end a JSON text
    filled.set(content);
    return filled;
  }

  function joined(...parts) {
    return new Uint8Array(parts.flatMap((part) => [...part]));
  }

  function fromBase64(text) {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  }

  function toBase64(bytes) {
    return btoa(String.fromCharCode(...bytes));
  }

  return { isPossible, seal };
})();
