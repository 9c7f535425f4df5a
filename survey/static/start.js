/* The link on an invitation ends in #CODE. A fragment never reaches a server, a log or a Referer; here it moves into
   the form, leaves the address bar at once, and is kept nowhere else. Without scripts the person types the code. */
"use strict";

/* Before anything else, for whatever else runs could see it. A browser's own list of visited pages has noted it by
   then, and no page can take it out: on a tablet of many people a code is typed, scanned or not needed at all. */
function takeFragment() {
  const written = window.location.hash.slice(1);
  if (written) window.history.replaceState(null, "", window.location.pathname + window.location.search);
  return written;
}

let brought = takeFragment();

/* A place on this page, such as the list of languages, is no code. */
function takeCode() {
  if (document.getElementById(brought || window.location.hash.slice(1))) return;
  const written = brought || takeFragment();
  brought = "";
  if (document.querySelector("form[data-start]") && written) enterCode(decoded(written));
}

function enterCode(code) {
  const form = document.querySelector("form[data-start]");
  form.elements.namedItem("code").value = code;
  if (form.requestSubmit) form.requestSubmit();
  else form.submit();
}

function decoded(written) {
  try {
    return decodeURIComponent(written);
  } catch (error) {
    return written; // a stray % sign: the server says what is wrong with the code, in the person's own language
  }
}

document.addEventListener("DOMContentLoaded", takeCode);
window.addEventListener("hashchange", takeCode); // a second link opened in the same tab loads no new page
