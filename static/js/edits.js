// A button with data-edits="ID" changes its form: what that element had asked for
// before, a trial of an older condition, must not come back after the change.
document.addEventListener("htmx:beforeRequest", (event) => {
  const button = event.target.closest("button[data-edits]");
  if (button) htmx.trigger(document.getElementById(button.dataset.edits), "htmx:abort");
});

// Whoever stands on something that is exchanged goes on from where it was: htmx
// finds fields again by their ids, and for links and charts their section will do.
let left = null;
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.target.contains(document.activeElement)) left = event.target.id;
});
document.addEventListener("htmx:afterSettle", () => {
  if (left && document.activeElement === document.body) document.getElementById(left)?.focus({ preventScroll: true });
  left = null;
});
