// Writing a message: languages as tabs, the mail beside the text, kept while it is written. Without scripts the form's buttons do the same.
(() => {
  // lines of code have numbers beside them
  const number = (area) => {
    const numbers = area.parentElement.querySelector('.editor__lines'), lines = area.value.split('\n').length;
    if (!numbers) return;
    area.rows = Math.max(lines + 1, 12);
    numbers.textContent = Array.from({ length: lines }, (_, n) => n + 1).join('\n');
  };
  document.querySelectorAll('textarea[data-code]').forEach(number);
  document.addEventListener('input', (event) => { if (event.target.matches('textarea[data-code]')) number(event.target); });

  const form = document.querySelector('[data-writing]');
  if (!form) return;
  const state = form.querySelector('[data-state]'), base = form.elements.base, language = form.elements.language;
  const moved = document.querySelector('[data-moved]');
  let field = null, changed = Boolean(form.dataset.refused), stopped = Boolean(form.dataset.refused), leaving = false, asked = 0;

  // -- languages
  const choose = (locale) => {
    form.querySelectorAll('[data-sheet]').forEach((sheet) => { sheet.hidden = sheet.dataset.sheet !== locale; });
    form.querySelectorAll('[role=tab]').forEach((tab) => {
      const here = tab.dataset.locale === locale;
      tab.setAttribute('aria-selected', here);
      tab.tabIndex = here ? 0 : -1;
    });
    language.value = locale;
    form.querySelectorAll(`[data-sheet="${CSS.escape(locale)}"] textarea[data-code]`).forEach(number);
  };
  const add = (locale, name) => {
    const blank = form.querySelector('template[data-blank]').innerHTML.replaceAll('LOCALE', locale);
    const sheets = form.querySelectorAll('[data-sheet]');
    sheets[sheets.length - 1].insertAdjacentHTML('afterend', blank);
    const tab = form.querySelector('[role=tab]').cloneNode();
    tab.textContent = name;
    tab.dataset.locale = locale;
    tab.removeAttribute('id');
    tab.removeAttribute('aria-controls');
    form.querySelector('[data-adds]').before(tab);
    choose(locale);
    touched();
  };
  form.addEventListener('click', (event) => {
    const tab = event.target.closest('[role=tab]');
    if (tab) { choose(tab.dataset.locale); look(); }
  });
  form.addEventListener('keydown', (event) => {
    const tab = event.target.closest('[role=tab]');
    if (tab && ['ArrowLeft', 'ArrowRight'].includes(event.key)) {
      const all = [...form.querySelectorAll('[role=tab]')], next = all[(all.indexOf(tab) + (event.key === 'ArrowRight' ? 1 : all.length - 1)) % all.length];
      choose(next.dataset.locale);
      next.focus();
      look();
    }
  });
  choose(language.value);

  // -- looking: the mail is written into the frame that is not seen, which is then shown, so that nothing flickers
  const frames = [...form.querySelectorAll('.mail__frame iframe')];
  const given = () => { const data = new FormData(form); data.delete('q'); form.querySelectorAll('[data-waits]').forEach((one) => data.delete(one.name)); return data; };
  let hidden = frames[1], waiting;
  const look = async () => {
    clearTimeout(waiting);
    const turn = ++asked;
    const sheet = document.createElement('form');
    sheet.method = 'post';
    sheet.action = form.dataset.html;
    sheet.target = hidden.name;
    sheet.hidden = true;
    for (const [name, value] of given()) {
      const one = document.createElement('textarea');
      one.name = name;
      one.value = value;
      sheet.append(one);
    }
    document.body.append(sheet);
    hidden.addEventListener('load', () => { if (turn === asked) { frames.forEach((one) => { one.hidden = one !== hidden; }); hidden = frames.find((one) => one.hidden); } }, { once: true });
    sheet.submit();
    sheet.remove();   // what it said is on its way
    try {
      const answer = await fetch(form.dataset.look, { method: 'POST', body: given(), headers: { 'HX-Request': 'true' } });
      if (turn === asked && answer.ok) {
        const open = [...document.querySelectorAll('#look details')].map((one) => one.open), text = await answer.text();
        const made = new DOMParser().parseFromString(text, 'text/html').getElementById('look');
        if (made) {
          document.getElementById('look').replaceWith(made);
          made.querySelectorAll('details').forEach((one, n) => { one.open = open[n] ?? one.open; });
        }
      }
    } catch { /* the next look tells */ }
  };

  // -- keeping
  let keeping = null, due;
  const keep = async () => {
    clearTimeout(due);
    if (stopped || !changed || keeping) return keeping;
    changed = false;
    state.textContent = form.dataset.keeping;
    keeping = fetch(form.dataset.save, { method: 'POST', body: given(), headers: { Accept: 'application/json' } }).then(async (answer) => {
      const said = (answer.headers.get('Content-Type') || '').includes('json') ? await answer.json() : {};
      if (answer.ok && said.base) {
        base.value = said.base;
        document.querySelectorAll('[data-publish] input[name=base]').forEach((one) => { one.value = said.base; });
        state.textContent = changed ? '' : form.dataset.kept;
      } else {
        changed = true;
        state.textContent = said.said || form.dataset.lost;
        if (said.moved) { stopped = true; moved.hidden = false; moved.querySelector('[data-moved-words]').textContent = said.said; }
      }
    }).catch(() => { changed = true; state.textContent = form.dataset.lost; due = setTimeout(keep, 5000); }).finally(() => { keeping = null; if (changed && !stopped) { clearTimeout(due); due = setTimeout(keep, 3000); } });
    return keeping;
  };
  const touched = () => {
    changed = true;
    if (!stopped) state.textContent = '';
    clearTimeout(waiting);
    waiting = setTimeout(look, 450);
    clearTimeout(due);
    due = setTimeout(keep, 2000);
  };
  form.addEventListener('input', (event) => {
    if (event.target.matches('[data-waits]')) return;   // begun by its own button
    if (event.target.name === 'q' || event.target.name === 'width' || event.target.matches('[data-insert], [data-adds]')) return;
    if (['who', 'light'].includes(event.target.name)) { look(); return; }
    touched();
  });
  form.addEventListener('submit', () => { leaving = true; });
  document.querySelector('[data-publish]')?.addEventListener('submit', async (event) => {
    if (!changed && !keeping) { leaving = true; return; }
    event.preventDefault();
    await keep();
    await keeping;
    if (!changed) { leaving = true; event.target.submit(); }
  });
  addEventListener('beforeunload', (event) => { if (changed && !leaving) event.preventDefault(); });
  addEventListener('visibilitychange', () => { if (document.visibilityState === 'hidden') keep(); });

  // -- writing
  form.addEventListener('focusin', (event) => { if (event.target.matches('[data-sheet] textarea, [data-sheet] input')) field = event.target; });
  form.querySelector('[data-insert]').addEventListener('change', (event) => {
    const text = event.target.value, here = form.querySelector(`[data-sheet="${CSS.escape(language.value)}"]`);
    event.target.value = '';
    const to = field && here.contains(field) ? field : here.querySelector('textarea[data-code]');
    to.closest('details')?.setAttribute('open', '');
    to.focus();
    document.execCommand('insertText', false, text);   // so that undo knows of it
  });
  form.querySelector('[data-adds]')?.addEventListener('change', (event) => {
    const chosen = event.target.selectedOptions[0];
    if (chosen.value) { add(chosen.value, chosen.textContent); chosen.remove(); event.target.value = ''; }
  });
  document.addEventListener('keydown', (event) => {
    if (!(event.ctrlKey || event.metaKey)) return;
    if (event.key === 's') { event.preventDefault(); changed = true; keep(); }
    if (event.key === 'Enter') { event.preventDefault(); look(); }
  });
  document.addEventListener('click', async (event) => {
    const goes = event.target.closest('[data-goes]'), who = event.target.closest('[data-who]');
    if (goes) {
      if (form.querySelector(`[data-sheet="${CSS.escape(goes.dataset.locale)}"]`)) choose(goes.dataset.locale);
      const here = form.querySelector(`[data-sheet="${CSS.escape(language.value)}"]`);
      const to = goes.dataset.part ? here.querySelector(`[name="v:${language.value}:${goes.dataset.part}"]`) : here.querySelector('input, textarea');
      if (!to) return;
      for (let around = to.closest('details'); around; around = around.parentElement.closest('details')) around.open = true;
      to.focus();
      const line = Number(goes.dataset.line);
      if (line && to.value.includes('\n')) {
        const lines = to.value.split('\n'), at = lines.slice(0, line - 1).join('\n').length + (line > 1 ? 1 : 0);
        to.setSelectionRange(at, at + (lines[line - 1] ?? '').length);
        const box = to.closest('.editor__sheet');
        if (box) box.scrollTop = Math.max(0, (line - 4) * parseFloat(getComputedStyle(to).lineHeight));
      }
    }
    if (who) {
      const list = form.elements.who, one = new Option(who.dataset.name, who.dataset.who, true, true);
      list.append(one);
      document.getElementById('sought').replaceChildren();
      form.elements.q.value = '';
      look();
    }
    if (event.target.closest('[data-tries-on]')) {
      const said = form.querySelector('[data-tried]');
      said.textContent = '…';
      const answer = await fetch(form.dataset.try, { method: 'POST', body: given() });
      said.textContent = (await answer.json().catch(() => ({}))).said || form.dataset.lost;
    }
  });
  look();
})();
