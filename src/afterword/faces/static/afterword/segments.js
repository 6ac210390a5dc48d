// Pages of segments: an example is written into the field, the size is drawn, the panel opens on narrow screens. All of it works without.
(() => {
  document.addEventListener('click', (event) => {
    const writer = event.target.closest('[data-writes]');
    if (writer) {
      const field = document.querySelector(writer.dataset.writes);
      field.value = writer.textContent;
      field.focus();
      field.dispatchEvent(new Event('input', { bubbles: true }));
    }
  });
  // the condition as rows above its text: whichever was changed last says what stands in the other
  const text = document.getElementById('text'), asking = () => document.querySelector('[data-rows]');
  if (text && asking()) {
    let turn = 0, soon = 0, drawing = false, busy = null;
    const chosen = () => JSON.stringify([...new FormData(text.form)].filter(([name]) => name.startsWith('text')));
    const drawn = async (change) => {
      const mine = turn += 1, given = new FormData(text.form), held = document.activeElement?.id, asked = chosen();
      change(given);
      const answer = await fetch(asking().dataset.rows, { method: 'POST', body: given, headers: { 'HX-Request': 'true' } });
      if (!answer.ok || mine !== turn) return;
      const made = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('rows');
      if (!made || mine !== turn || chosen() !== asked) return;   // what was chosen or typed since is asked about next
      asking().replaceWith(made);
      if (held && held !== 'text') document.getElementById(held)?.focus();
      if (made.dataset.text.split(/\s+/).join(' ') !== text.value.trim().split(/\s+/).join(' ')) {
        drawing = true;
        text.value = made.dataset.text;
        text.dispatchEvent(new Event('input', { bubbles: true }));
        drawing = false;
      }
    };
    const draw = (change = () => {}) => {
      const now = drawn(change).catch(() => {}).then(() => { if (busy === now) busy = null; });
      busy = now;
    };
    text.form.addEventListener('submit', async (event) => {
      if (!busy) return;
      event.preventDefault();   // what was chosen last is not in the text yet
      while (busy) await busy;
      text.form.requestSubmit(event.submitter);
    });
    text.addEventListener('input', () => { if (!drawing) { clearTimeout(soon); soon = setTimeout(() => draw(), 350); } });
    document.addEventListener('change', (event) => { if (event.target.closest('[data-rows]')) draw(); });
    document.addEventListener('click', (event) => {
      const one = event.target.closest('[data-rows] button');
      if (one && 'grow' in one.dataset) draw((given) => given.set('grow', one.dataset.grow));
      if (one && 'shrink' in one.dataset) draw((given) => [...given.keys()].forEach((name) => { if (name.startsWith(`${one.dataset.shrink}.`)) given.delete(name); }));
    });
  }
  document.addEventListener('submit', (event) => {
    if (event.submitter?.hasAttribute('data-close-after')) event.target.closest('dialog')?.close();   // a download leaves the page where it is
    else event.submitter?.setAttribute('aria-busy', 'true');
  });
  addEventListener('pageshow', () => document.querySelectorAll('[aria-busy]').forEach((button) => button.removeAttribute('aria-busy')));

  const counted = (x) => x.toLocaleString('en');
  const size = (figures) => (c) => {
    const every = Math.max(1, Math.ceil(figures.days.length / 5));
    const widest = counted(Math.max(...figures.days.map((d) => d[1]))).length;
    return { grid: { left: 16 + 8 * widest, right: 12, top: 16, bottom: 24 },
      tooltip: { trigger: 'axis', ...afterword.tip(c), formatter: (ps) => `${ps[0].name}: <b>${counted(ps[0].value)}</b>`, axisPointer: { type: 'line', lineStyle: { color: c.edge } } },
      xAxis: { type: 'category', boundaryGap: false, data: figures.days.map((d) => d[0]), ...afterword.axis(c), axisLabel: { ...afterword.axis(c).axisLabel, interval: (i) => i % every === Math.floor(every / 2) } },
      yAxis: { type: 'value', min: 0, minInterval: 1, splitNumber: 3, ...afterword.axis(c), axisLine: { show: false }, axisLabel: { ...afterword.axis(c).axisLabel, formatter: counted } },
      series: [{ type: 'line', data: figures.days.map((d) => d[1]), showSymbol: false, symbol: 'circle', lineStyle: { color: c['chart-1'], width: 2 }, itemStyle: { color: c['chart-1'] }, areaStyle: { color: c['chart-1'], opacity: .1 } }] };
  };
  const draw = () => document.querySelectorAll('[data-figures] [data-chart=size]').forEach((el) => {
    if (!window.echarts || !window.afterword || !el.clientWidth || el.dataset.drawn) return;
    el.dataset.drawn = 'yes';
    afterword.draw(el, size(JSON.parse(el.closest('[data-figures]').dataset.figures)));
  });
  document.addEventListener('htmx:afterSwap', (event) => {
    if (event.detail.target.id === 'why' && matchMedia('(max-width: 68rem)').matches) event.detail.target.showPopover();
    draw();
  });
  document.readyState === 'complete' ? document.fonts.ready.then(draw) : addEventListener('load', () => document.fonts.ready.then(draw));
})();
