/* Keys of our own for the code. They write into the field above them, so that everything else stays as it is; the
   device's own keyboard does not come up for that field any more, and a real one goes on working. */
"use strict";

const GROUP = 4;

/* In groups of four, as it is printed. What is no letter of a code stays, so that a person sees what is wrong. */
function grouped(typed) {
  const letters = [...typed.toUpperCase()].filter((letter) => !/[\s-]/.test(letter));
  const groups = [];
  for (let start = 0; start < letters.length; start += GROUP) groups.push(letters.slice(start, start + GROUP).join(""));
  return groups.join("-");
}

function setUpKeypad(keypad) {
  const field = document.getElementById("code");
  const typed = keypad.querySelector("[data-typed]");
  const keys = [...keypad.querySelectorAll("[data-key]")];

  function write(text) {
    field.value = grouped(text);
    field.dispatchEvent(new Event("change", { bubbles: true }));
    typed.textContent = field.value.replaceAll("-", " ").split("").join(" ");
  }
  function press(letter) {
    const letters = field.value.replaceAll("-", "");
    if (!letter) write(letters.slice(0, -1));
    else if (letters.length < Number(field.dataset.letters)) write(letters + letter);
  }

  keypad.addEventListener("click", (event) => {
    const key = event.target.closest("[data-key]");
    if (key) press(key.dataset.key);
  });
  keypad.addEventListener("keydown", (event) => {
    const moved = neighbour(keys, event.key);
    if (moved) focusOn(keys, moved);
    else if (event.key === "Backspace") press("");
    else if (/^[\p{L}\p{N}]$/u.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey) press(event.key);
    else return;
    event.preventDefault();
  });
  field.addEventListener("input", () => {
    if (field.selectionStart === field.value.length) field.value = grouped(field.value); // not in the midst of it
  });

  field.setAttribute("inputmode", "none");
  keypad.hidden = false;
}

/* The keys are one stop for the tab key; arrows go from key to key, up and down to the one that stands nearest. */
function neighbour(keys, pressed) {
  const current = keys.indexOf(document.activeElement);
  if (pressed === "Home") return keys[0];
  if (pressed === "End") return keys[keys.length - 1];
  if (pressed === "ArrowRight") return keys[current + 1];
  if (pressed === "ArrowLeft") return keys[current - 1];
  if (pressed !== "ArrowDown" && pressed !== "ArrowUp") return undefined;
  const from = keys[current].getBoundingClientRect();
  const way = pressed === "ArrowDown" ? 1 : -1;
  const distance = (key) => {
    const box = key.getBoundingClientRect();
    return Math.abs(box.left - from.left) + 1000 * Math.abs(box.top - from.top);
  };
  return keys
    .filter((key) => way * (key.getBoundingClientRect().top - from.top) > 1)
    .sort((one, other) => distance(one) - distance(other))[0];
}

function focusOn(keys, chosen) {
  for (const key of keys) key.tabIndex = key === chosen ? 0 : -1;
  chosen.focus();
}

document.addEventListener("DOMContentLoaded", () => {
  const keypad = document.querySelector("[data-keypad]");
  if (keypad) setUpKeypad(keypad);
});
