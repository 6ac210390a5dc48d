// The light a person chose, set before the first paint. Without a choice the system decides.
(() => {
  const saved = localStorage.getItem('theme');
  if (saved === 'light' || saved === 'dark') document.documentElement.dataset.theme = saved;
})();
