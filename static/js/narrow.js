// A field with data-narrows="ID" hides the choices in that element that don't
// have what is typed in their words. The chosen one is brought into sight first.
function startNarrowing() {
  for (const field of document.querySelectorAll("input[data-narrows][hidden]")) {
    field.hidden = false;
    const list = document.getElementById(field.dataset.narrows);
    const chosen = list.querySelector("input:checked");
    if (chosen) list.scrollTop = chosen.closest("label").offsetTop - list.offsetTop;
  }
}

function narrow(field) {
  const list = document.getElementById(field.dataset.narrows);
  const asked = field.value.trim().toLowerCase();
  for (const choice of list.querySelectorAll(".choice")) choice.hidden = !choice.textContent.toLowerCase().includes(asked);
  for (const group of list.querySelectorAll(":scope > div")) group.hidden = !group.querySelector(".choice:not([hidden])");
  list.querySelector(".choices-none").hidden = list.querySelector(".choice:not([hidden])") !== null;
}

// What is typed here is no change of the form, so nothing else learns of it; and
// Enter goes to the first choice that is left instead of sending the form.
document.addEventListener("input", (event) => {
  if (!event.target.matches("input[data-narrows]")) return;
  event.stopPropagation();
  narrow(event.target);
}, true);

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches("input[data-narrows]")) return;
  event.preventDefault();
  document.getElementById(event.target.dataset.narrows).querySelector(".choice:not([hidden]) input")?.focus();
});

startNarrowing();
