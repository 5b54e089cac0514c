// A form that cannot be undone asks first: <form data-confirm="Withdraw this recording everywhere?">.
document.addEventListener("submit", (event) => {
  const question = event.target.dataset.confirm || (event.submitter && event.submitter.dataset.confirm);
  if (question && !window.confirm(question)) event.preventDefault();
});
