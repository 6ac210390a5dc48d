// The console's own few lines; everything else is links, forms, popovers and htmx.
(() => {
  const root = document.documentElement;
  document.addEventListener('click', (event) => {
    if (event.target.closest('[data-theme-toggle]')) {
      const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
      root.dataset.theme = dark ? 'light' : 'dark';
      localStorage.setItem('theme', root.dataset.theme);
      dispatchEvent(new Event('themechange'));
    }
    const open = event.target.closest('[data-open]');
    if (open) document.getElementById(open.dataset.open).showModal();
    const close = event.target.closest('[data-close]');
    if (close) close.closest('dialog')?.close();
    // whose panel this is: the line it was opened from
    const fills = event.target.closest('[data-fills]');
    if (fills && fills.closest('.timeline')) {
      document.querySelectorAll('.timeline .is-open').forEach((line) => { line.classList.remove('is-open'); line.removeAttribute('aria-current'); });
      fills.closest('li').classList.add('is-open');
      fills.closest('li').setAttribute('aria-current', 'true');
    }
    // on wide screens a panel stands beside the content and is filled, not opened
    if (event.target.closest('[popovertarget][data-fills]') && matchMedia('(min-width: 68.01rem)').matches) event.preventDefault();
  });
  // what was refused is looked at first, wherever on the page it stands
  document.querySelector('main [aria-invalid="true"]')?.focus();
  // a small switch of a class, named in the markup: data-turns="#frame" data-class="is-phone"
  document.addEventListener('change', (event) => {
    const turner = event.target.closest('[data-turns]');
    if (turner) document.querySelector(turner.dataset.turns)?.classList.toggle(turner.dataset.class, turner.value === 'on');
  });
})();
