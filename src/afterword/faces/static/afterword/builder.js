// The builder of a journey. The text in #text is the draft; every deed sends it and gets back the changed one. Undo is kept here,
// in this window's own store: it survives a reload and the keeping of the draft, and nobody else's edits mix with it.
(() => {
  const draft = document.querySelector('.draft'), text = document.getElementById('text');
  if (!draft || !text) return;
  const at = draft.dataset.build, past = [], future = [];
  const build = () => document.getElementById('build'), panel = () => document.getElementById('panel');
  const narrow = matchMedia('(max-width: 68rem)');
  let focusOn = null, seen = text.value, sent = text.value;

  // what was done to this draft in this window; `base` says on which kept draft
  const MOST = 60, LARGEST = 2e6, place = `draft ${at}`, began = text.value;
  const base = () => text.form.elements.base?.value ?? began;
  let aside = false;   // what lies in the store waits to be brought back, or for the first deed that is done instead
  const remember = () => {
    if (aside) return;
    const kept = () => JSON.stringify({ base: base(), began, text: text.value, past: past.slice(-MOST), future: future.slice(-MOST) });
    while (past.length && kept().length > LARGEST) past.shift();
    try { sessionStorage.setItem(place, kept()); } catch { /* a window that may store nothing undoes until it is reloaded */ }
  };
  const recall = () => {
    let kept = null;
    try { kept = JSON.parse(sessionStorage.getItem(place)); } catch { return; }
    if (!kept) return;
    if (kept.made && !draft.dataset.refused) { sessionStorage.removeItem(place); return; }   // it is a journey by now; the next one begins anew
    const mine = () => { past.push(...kept.past); future.push(...kept.future); if (kept.text !== text.value) { write(kept.text); ask('look'); } };
    if (kept.text === text.value || (kept.base === base() && !draft.dataset.refused)) { mine(); return; }
    const moved = document.querySelector('[data-moved]');
    if (!moved || draft.dataset.refused || kept.text === kept.began) return;   // nothing of theirs is lost
    moved.hidden = false;
    aside = true;
    moved.querySelector('button').addEventListener('click', () => {
      moved.hidden = true;
      aside = false;
      text.form.elements.base.value = kept.base;
      mine();
    });
  };

  // one deed: the text and what is given go out, the whole builder comes back
  // One after another, and never between the press and the release of a button, which would be gone when it is let go.
  let turn = Promise.resolve(), pressed = false, waiting = 0;
  addEventListener('pointerdown', () => { pressed = true; }, true);
  for (const name of ['pointerup', 'pointercancel']) addEventListener(name, () => { pressed = false; }, true);
  const released = () => new Promise((go) => { pressed ? addEventListener('pointerup', () => setTimeout(go), { once: true }) : go(); });
  const ask = (op, values = {}, focus = null) => {
    draft.setAttribute('aria-busy', 'true');
    waiting += 1;
    turn = turn.then(released).then(() => {
      focusOn = focus;
      sent = text.value;
      return htmx.ajax('POST', at, { source: document.body, target: '#build', swap: 'outerHTML', values: { text: text.value, base: text.form.elements.base?.value ?? '', step: build().dataset.chosen, op, ...values } });
    }).catch(() => {}).then(() => setTimeout(() => { waiting -= 1; if (!waiting) draft.removeAttribute('aria-busy'); }, 30));
    return turn;
  };
  const write = (value) => { text.value = value; text.dispatchEvent(new Event('rewritten')); buttons(); };
  const buttons = () => {
    draft.querySelector('[data-undo]').disabled = !past.length;
    draft.querySelector('[data-redo]').disabled = !future.length;
    remember();
  };
  const back = (from, to) => {
    if (!from.length) return;
    to.push(text.value);
    write(from.pop());
    ask('look');
  };
  const filled = (more = {}) => ({ ...Object.fromEntries(new FormData(document.getElementById('settings'))), ...more });
  const set = (more = {}, focus = null) => ask('set', { ...filled(more), step: document.getElementById('settings').dataset.settings }, focus);
  const step = (key) => document.getElementById(`b-${key}`);
  const close = () => { if (panel()?.matches(':popover-open')) panel().hidePopover(); step(build().dataset.chosen)?.focus(); };

  // what was unfolded in the panel stays so while the same step is shown
  let unfolded = [], shown = '';
  const folds = () => [...(panel()?.querySelectorAll('details') ?? [])];
  document.addEventListener('htmx:beforeSwap', (event) => {
    if (event.detail.target.id === 'build') [unfolded, shown] = [folds().filter((one) => one.open).map((one) => folds().indexOf(one)), build().dataset.chosen];
  });
  document.addEventListener('htmx:afterSwap', (event) => {
    if (event.detail.target.id !== 'build') return;
    const same = build().dataset.op === 'set' || build().dataset.chosen === shown;
    if (same) folds().forEach((one, n) => { if (unfolded.includes(n)) one.open = true; });
    const came = document.getElementById('built').value, older = text.value !== sent;   // older: written on since it was asked; that stands
    if (came !== text.value && !older) { aside = false; past.push(text.value); future.length = 0; write(came); }
    seen = older ? sent : text.value;
    const { op, chosen } = build().dataset;
    if (narrow.matches && ['choose', 'add', 'insert', 'set'].includes(op)) panel()?.showPopover();
  });
  document.addEventListener('htmx:afterSettle', (event) => {
    if (!focusOn || event.detail.target.id !== 'build') return;
    const { chosen } = build().dataset;
    const one = focusOn === 'step' ? step(chosen) : focusOn === 'panel' ? panel()?.querySelector('.kinds__one, #settings input:not([type=hidden]), #settings select, #settings textarea') : document.getElementById(focusOn);
    one?.focus();
    if (one && focusOn === 'step') one.scrollIntoView({ block: 'nearest' });
    focusOn = null;
  });

  draft.addEventListener('click', (event) => {
    const one = event.target.closest('button');
    if (!one || !build()) return;
    const d = one.dataset;
    if ('choose' in d) ask('choose', { step: d.choose }, event.detail ? null : 'panel');
    else if ('add' in d) ask('add', { after: d.add, outcomes: d.outcomes }, 'panel');
    else if ('insert' in d) ask('insert', { kind: d.insert, after: d.after, outcomes: d.outcomes }, 'panel');
    else if ('deed' in d) ask(d.deed, {}, d.deed === 'remove' ? 'step' : null);
    else if ('grow' in d) set({ grow: d.grow });
    else if ('shrink' in d) set({ shrink: d.shrink });
    else if ('panelClose' in d) close();
    else if ('undo' in d) back(past, future);
    else if ('redo' in d) back(future, past);
  });
  draft.addEventListener('change', (event) => {
    if (event.target.name === 'view') {
      draft.dataset.view = event.target.value;
      if (event.target.value === 'flow' && text.value !== seen) { past.push(seen); future.length = 0; ask('look'); buttons(); }
      else text.dispatchEvent(new Event('input', { bubbles: true }));
    } else if (event.target.closest('#settings')) set();
  });
  draft.addEventListener('submit', (event) => { if (event.target.id !== 'draft-form') { event.preventDefault(); if (event.target.id === 'settings') set(); } });

  // arrow keys go to the nearest step in that direction
  const arrows = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
  const nearest = (from, [dx, dy]) => {
    const a = from.getBoundingClientRect(), x = a.x + a.width / 2, y = a.y + a.height / 2;
    let found = null, least = Infinity;
    for (const one of document.querySelectorAll('#tree button.step')) {
      const b = one.getBoundingClientRect(), u = b.x + b.width / 2 - x, v = b.y + b.height / 2 - y, ahead = u * dx + v * dy;
      if (one === from || ahead < 8) continue;
      const far = ahead + 3 * Math.abs(dx ? v : u);
      if (far < least) [found, least] = [one, far];
    }
    return found;
  };
  document.addEventListener('keydown', (event) => {
    if (event.target.closest('dialog') || draft.dataset.view === 'text') return;
    const on = event.target.closest('#tree button.step'), typing = event.target.matches('input, textarea, select');
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 's') { event.preventDefault(); text.form.requestSubmit(); return; }
    if ((event.ctrlKey || event.metaKey) && !typing && ['z', 'y'].includes(event.key.toLowerCase())) {
      event.preventDefault();
      event.key.toLowerCase() === 'y' || event.shiftKey ? back(future, past) : back(past, future);
    } else if (event.key === 'Escape' && event.target.closest('#panel')) { event.preventDefault(); close(); }
    else if (on && arrows[event.key]) { event.preventDefault(); nearest(on, arrows[event.key])?.focus(); }
    else if (on && (event.key === 'Delete' || event.key === 'Backspace') && on.dataset.choose !== 'trigger') { event.preventDefault(); ask('remove', { step: on.dataset.choose }, 'step'); }
    else if (on && event.key === '+' && 'onward' in on.dataset) { event.preventDefault(); ask('add', { after: on.dataset.choose, outcomes: on.dataset.onward.split(',')[0] && on.dataset.onward }, 'panel'); }
  });
  text.addEventListener('input', remember);
  text.form.addEventListener('submit', () => {
    if (text.form.elements.base) return;
    try { sessionStorage.setItem(place, JSON.stringify({ ...JSON.parse(sessionStorage.getItem(place)), made: true })); } catch { /* nothing lies there */ }
  });
  recall();
  buttons();
})();
