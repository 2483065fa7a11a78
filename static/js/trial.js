// A trial belongs to what the workbench's form says. From the moment that somebody
// changes it until the trial of the change has come, the trial on the page is not
// shown and nothing can be promoted; when none comes, an error stands in its place.
const shownTrial = () => document.getElementById("trial");
let changes = 0; // of the form so far
let kept = 0; // those that the server knows
let sent = 0; // those that the request under way tells of
let leaving = false;

function markTrial(state) {
  const trial = shownTrial();
  if (!trial) return;
  if ([...trial.querySelectorAll(".trial-shown")].some((part) => part.contains(document.activeElement))) trial.focus({ preventScroll: true });
  trial.dataset.state = state;
  trial.setAttribute("aria-busy", String(state === "running"));
  for (const button of trial.querySelectorAll("[data-needs=trial]")) button.disabled = true;
}

// A name changes nothing in a trial. All else does, and ends the trial of what was.
document.addEventListener("input", (event) => {
  const form = event.target.closest("#workbench");
  if (!form) return;
  changes++;
  const candidate = event.target.closest("#candidate");
  if (!candidate || event.target.name === "name") return;
  htmx.trigger(candidate, "htmx:abort");
  markTrial("running");
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-tries=again]")) htmx.trigger(document.body, "edited");
});

document.addEventListener("htmx:beforeRequest", (event) => {
  if (!event.target.closest("#workbench")) return;
  sent = changes;
  markTrial("running");
});

// An answer that is no trial, such as a page to sign in, is none.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id !== "trial" || !event.detail.shouldSwap || /<section id="trial"/.test(event.detail.serverResponse)) return;
  event.detail.shouldSwap = false;
  markTrial("failed");
});

document.addEventListener("htmx:afterOnLoad", (event) => {
  if (event.target.closest("#workbench") && event.detail.successful) kept = sent;
});

for (const failure of ["responseError", "sendError", "timeout", "swapError"]) {
  document.addEventListener(`htmx:${failure}`, (event) => {
    if (event.target.closest("#workbench")) markTrial("failed");
  });
}

// What was written since the last trial is kept when the page is left, and whoever
// leaves while the server can't be reached is asked first.
document.addEventListener("submit", (event) => {
  if (event.target.id === "workbench") leaving = true;
});

addEventListener("pageshow", () => { leaving = false; });

function keepDraft() {
  const form = document.getElementById("workbench");
  if (!form || leaving || changes === kept) return;
  if (navigator.sendBeacon(form.dataset.keeps, new URLSearchParams(new FormData(form)))) kept = changes;
}

addEventListener("pagehide", keepDraft);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") keepDraft();
});

addEventListener("beforeunload", (event) => {
  if (!leaving && changes !== kept && shownTrial()?.dataset.state === "failed") event.preventDefault();
});
