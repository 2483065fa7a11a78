// A button with data-edits="ID" changes its form: what that element had asked for
// before, a trial of an older condition, must not come back after the change.
document.addEventListener("htmx:beforeRequest", (event) => {
  const button = event.target.closest("button[data-edits]");
  if (button) htmx.trigger(document.getElementById(button.dataset.edits), "htmx:abort");
});
