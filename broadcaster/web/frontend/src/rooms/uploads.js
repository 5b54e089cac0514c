// The uploader is heavy. On an announcement's page it is fetched when somebody wants it: by its buttons, by
// dragging files in, or because something of theirs is unfinished.
const launcher = document.querySelector("[data-launch]");

if (launcher) {
  const plain = launcher.parentElement.querySelector("[data-plain]");
  const uploader = launcher.parentElement.querySelector("[data-uploader]");
  let fetching;
  const launch = () => {
    fetching ||= import(launcher.dataset.launch).then(() => launcher.remove());
    return fetching;
  };

  launcher.hidden = false;
  plain.hidden = true;
  launcher.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-then]");
    if (!button) return;
    await launch();
    uploader.querySelector(button.dataset.then).click();
  });
  window.addEventListener("dragenter", launch, { once: true });
  if (uploader.querySelector("[data-unfinished]") || localStorage.getItem("sekong-takes") || window.location.hash === "#add") launch();
}
