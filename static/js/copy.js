// A button with data-copy="ID" copies the text of that element. It is hidden
// until it can work, which needs script and a secure address.
function showCopyButtons() {
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll("button[data-copy][hidden]")) button.hidden = false;
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copy]");
  const from = button && document.getElementById(button.dataset.copy);
  if (!from) return;
  const said = button.querySelector("[role=status]");
  try {
    await navigator.clipboard.writeText(from.value ?? from.textContent);
    said.textContent = "Copied";
  } catch {
    said.textContent = "Not copied: select the text instead";
  }
  setTimeout(() => { said.textContent = ""; }, 2000);
});

showCopyButtons();
document.addEventListener("htmx:afterSwap", showCopyButtons);
