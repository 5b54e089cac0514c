// Ticking "keep all the same" is an answer to the check, not a reason to check again.
document.addEventListener(
  "change",
  (event) => {
    if (event.target.name === "keep") event.stopPropagation();
  },
  true,
);
