/* How many people of a list are ticked, said below it: the words come from the page. */
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const place = document.querySelector("[data-ticked]");
  if (!place) return;
  const count = () => {
    const number = place.closest("form").querySelectorAll("[name=chosen]:checked").length;
    place.textContent = number ? place.dataset.ticked.replace("{number}", number) : "";
  };
  place.closest("form").addEventListener("change", count);
  window.addEventListener("pageshow", count); // a browser that goes back ticks again
});
