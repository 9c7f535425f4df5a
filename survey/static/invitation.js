/* The link of an invitation for staff ends in #TOKEN. A fragment never reaches a server, a log or a Referer; here it
   moves into the form, leaves the address bar at once, and is kept nowhere else. Without scripts one pastes it. */
"use strict";

function takeToken() {
  const form = document.querySelector("form[data-invitation]");
  const written = window.location.hash.slice(1);
  if (!form || !written.includes(".")) return; // the other fragments of a page are places on it
  window.history.replaceState(null, "", window.location.pathname + window.location.search);
  form.elements.namedItem("token").value = written;
  form.submit();
}

document.addEventListener("DOMContentLoaded", takeToken);
window.addEventListener("hashchange", takeToken); // a second link opened in the same tab loads no new page
