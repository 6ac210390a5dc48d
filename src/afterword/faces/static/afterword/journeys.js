// Pages of journeys and settings: copy a text, fill the panel of a step, draw a backtest, try a colour. Everything works without.
(() => {
  document.addEventListener('click', async (event) => {
    const copier = event.target.closest('[data-copies]');
    if (copier) {
      const source = document.querySelector(copier.dataset.copies);
      if (!navigator.clipboard) { getSelection().selectAllChildren(source); return; }   // without TLS a browser lets nobody copy: it is selected
      await navigator.clipboard.writeText(source.textContent);
      const words = copier.textContent;
      copier.textContent = copier.dataset.copied;
      setTimeout(() => { copier.textContent = words; }, 2000);
    }
  });

  // what takes a few seconds says so on its button
  document.addEventListener('submit', (event) => event.submitter?.setAttribute('aria-busy', 'true'));
  addEventListener('pageshow', () => document.querySelectorAll('[aria-busy]').forEach((button) => button.removeAttribute('aria-busy')));

  // the editor of a draft: numbers beside the lines, Tab and Enter as people who write code know them, the line that is wrong
  const editor = document.querySelector('[data-editor]');
  if (editor) {
    const numbers = editor.parentElement.querySelector('.editor__lines'), form = editor.form, kept = editor.value;
    let leaving = false, sent = false;
    const number = () => {
      const lines = editor.value.split('\n').length, wrong = Number(document.getElementById('checked')?.dataset.line);
      editor.rows = Math.max(lines + 1, 16);
      numbers.replaceChildren(...Array.from({ length: lines }, (_, n) => {
        const line = document.createElement(n + 1 === wrong ? 'b' : 'span');
        line.textContent = n + 1 + '\n';
        return line;
      }));
      const said = document.querySelector('[data-dirty]');
      if (said) said.hidden = editor.value === kept && !form.dataset.unsaved;
    };
    const type = (text) => document.execCommand('insertText', false, text);   // so that undo knows of it
    const begin = (at) => editor.value.lastIndexOf('\n', at - 1) + 1;
    const indent = (back) => {
      const from = begin(editor.selectionStart), end = editor.selectionEnd, picked = editor.value.slice(from, end), many = picked.includes('\n');
      if (!many && !back) { type('  '); return; }
      const lines = picked.split('\n').map((line) => back ? line.replace(/^ {1,2}/, '') : line && '  ' + line), text = lines.join('\n');
      if (text === picked) return;
      const caret = editor.selectionStart + (lines[0].length - picked.split('\n')[0].length);
      editor.setSelectionRange(from, end);
      text ? type(text) : document.execCommand('delete');
      if (many) editor.setSelectionRange(from, from + text.length); else editor.setSelectionRange(Math.max(from, caret), Math.max(from, caret));
    };
    editor.addEventListener('keydown', (event) => {
      if (event.key === 'Tab' && !leaving && !event.ctrlKey && !event.altKey) { event.preventDefault(); indent(event.shiftKey); }
      if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey && !event.isComposing) {
        const line = editor.value.slice(begin(editor.selectionStart), editor.selectionStart);
        event.preventDefault();
        type('\n' + line.match(/^ */)[0] + (/:\s*$/.test(line) ? '  ' : ''));
      }
      if ((event.ctrlKey || event.metaKey) && event.key === 's') { event.preventDefault(); form.requestSubmit(); }
      leaving = event.key === 'Escape' || (leaving && ['Tab', 'Shift'].includes(event.key));
    });
    editor.addEventListener('input', number);
    editor.addEventListener('rewritten', number);   // the builder wrote it
    document.addEventListener('htmx:afterSettle', number);
    document.addEventListener('click', (event) => {
      const to = Number(event.target.closest('[data-goto]')?.dataset.goto);
      if (!to) return;
      const at = editor.value.split('\n').slice(0, to - 1).join('\n').length + (to > 1 ? 1 : 0);
      editor.focus();
      editor.setSelectionRange(at, at + (editor.value.split('\n')[to - 1] ?? '').length);
      editor.scrollIntoView({ block: 'nearest' });
    });
    form.addEventListener('submit', () => { sent = true; });
    addEventListener('beforeunload', (event) => { if (!sent && editor.value !== kept) event.preventDefault(); });
    number();
  }

  // the step that was chosen keeps its mark when the counts come again
  let chosen = document.querySelector('.step[aria-current]')?.id;
  const mark = () => document.querySelectorAll('.step').forEach((step) => {
    if (step.id && step.id === chosen) step.setAttribute('aria-current', 'true'); else step.removeAttribute('aria-current');
  });
  document.addEventListener('htmx:afterSwap', (event) => {
    if (event.detail.target.id === 'step') {
      chosen = event.detail.requestConfig.elt.id;
      mark();
      if (matchMedia('(max-width: 68rem)').matches) event.detail.target.showPopover();
    } else if (document.getElementById('flow')) mark();
    draw();
  });
  if (chosen && matchMedia('(max-width: 68rem)').matches) addEventListener('load', () => document.getElementById('step')?.showPopover());

  // a colour is tried on both lights before it is kept
  document.addEventListener('input', (event) => {
    if (event.target.type !== 'color' || !event.target.dataset.tries) return;
    document.querySelectorAll(event.target.dataset.tries).forEach((part) => part.style.setProperty('--brand', event.target.value));
    const said = event.target.parentElement.querySelector('output');
    if (said) said.textContent = event.target.value;
  });
  document.querySelectorAll('input[type=color][data-tries]').forEach((input) => input.dispatchEvent(new Event('input', { bubbles: true })));

  // how well white or black is read on the colour, and the colour on the page: WCAG's own measure
  const luminance = (hex) => [1, 3, 5].map((n) => parseInt(hex.slice(n, n + 2), 16) / 255).map((c) => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
    .reduce((sum, c, n) => sum + c * [.2126, .7152, .0722][n], 0);
  const contrast = (a, b) => { const [x, y] = [luminance(a), luminance(b)].sort((m, n) => n - m); return (x + .05) / (y + .05); };
  const measure = (input) => {
    const said = input.parentElement.querySelector('[data-contrast]');
    if (!said || !/^#[0-9a-f]{6}$/i.test(input.value)) return;
    const on = Math.max(contrast(input.value, '#ffffff'), contrast(input.value, '#000000'));
    said.textContent = said.dataset.words.replace('%s', on.toFixed(1)) + (contrast(input.value, '#fbfaf8') < 4.5 ? '; ' + said.dataset.weak : '');
  };
  document.querySelectorAll('input[type=color][data-tries]').forEach((input) => { measure(input); input.addEventListener('input', () => measure(input)); });

  // a letter dressed as the form says now
  const letter = document.querySelector('[data-letter]');
  if (letter) {
    const frame = letter.querySelector('iframe'), form = letter.closest('form');
    let waiting;
    const dress = () => {
      const given = new URLSearchParams();
      for (const name of ['name', 'colour', 'logo_url', 'voice', 'type', 'postal_address', 'site_url']) if (form.elements[name]) given.set(name, form.elements[name].value);
      letter.querySelectorAll('[data-try]').forEach((one) => { if (one.type !== 'radio' || one.checked) given.set(one.dataset.try, one.value); });
      const address = `${letter.dataset.letter}?${given}`;
      if (frame.getAttribute('src') !== address) frame.src = address;
    };
    const soon = () => { clearTimeout(waiting); waiting = setTimeout(dress, 350); };
    form.addEventListener('input', soon);
    letter.addEventListener('change', soon);
  }

  // the drawings of a backtest
  const counted = (x) => x.toLocaleString('en');
  const sankey = (figures) => (c) => {
    const kind = new Map(figures.nodes), size = new Map();
    for (const [from, to, n] of figures.links) { for (const [name, side] of [[from, 'out'], [to, 'in']]) { const s = size.get(name) || { in: 0, out: 0 }; s[side] += n; size.set(name, s); } }
    const label = (name) => name.includes(': ') && size.get(name).out === 0 ? name.split(': ').pop() : name;
    return { tooltip: { ...afterword.tip(c), formatter: (p) => p.dataType === 'edge' ? `${p.data.source} → ${label(p.data.target)}: <b>${counted(p.value)}</b>` : `${p.name}: <b>${counted(p.value)}</b>` },
      series: [{ type: 'sankey', left: 2, right: 190, top: 8, bottom: 8, nodeWidth: 8, nodeGap: 22, layoutIterations: 0, nodeAlign: 'left', draggable: false, emphasis: { focus: 'adjacency' },
        label: { fontFamily: afterword.font, fontSize: 14, color: c.text, position: 'right', formatter: (p) => `{b|${label(p.name)}}  {n|${counted(Math.max(size.get(p.name).in, size.get(p.name).out))}}`,
          rich: { b: { color: c.text, fontSize: 14, fontFamily: afterword.font }, n: { color: c['text-3'], fontSize: 14, fontFamily: afterword.font } } },
        lineStyle: { curveness: .5 },
        data: figures.nodes.map(([name, k]) => ({ name, itemStyle: { color: c[`chart-${k}`], borderWidth: 0 } })),
        links: figures.links.map(([source, target, value, k]) => ({ source, target, value, lineStyle: { color: c[`chart-${k}`], opacity: k === 3 ? .45 : .32 } })) }] };
  };
  const days = (figures) => (c) => {
    const most = Math.max(...figures.days.map((d) => d[1])), at = figures.days.findIndex((d) => d[1] === most);
    const every = Math.max(1, Math.ceil(figures.days.length / 4));
    return { grid: { left: 40, right: 8, top: 22, bottom: 24 },
      tooltip: { trigger: 'axis', ...afterword.tip(c), formatter: (ps) => `${ps[0].name}: <b>${counted(ps[0].value)}</b>`, axisPointer: { type: 'line', lineStyle: { color: c.edge } } },
      xAxis: { type: 'category', data: figures.days.map((d) => d[0]), ...afterword.axis(c), axisLabel: { ...afterword.axis(c).axisLabel, interval: (i) => i % every === Math.floor(every / 2) } },
      yAxis: { type: 'value', minInterval: 1, splitNumber: 2, ...afterword.axis(c), axisLine: { show: false } },
      series: [{ type: 'bar', data: figures.days.map((d) => d[1]), itemStyle: { color: c['chart-1'] }, barCategoryGap: '30%', barMaxWidth: 24,
        markPoint: { symbol: 'circle', symbolSize: 1, label: { position: 'top', offset: [0, -2], color: c.text, fontFamily: afterword.font, fontSize: 14, formatter: counted(most) }, data: [{ coord: [at, most], itemStyle: { color: c.text } }] } }] };
  };
  const kinds = { sankey, days };
  function draw() {
    const holder = document.querySelector('[data-figures]');
    if (!holder || !window.afterword || !window.echarts) return;
    const figures = JSON.parse(holder.dataset.figures);
    holder.querySelectorAll('[data-chart]').forEach((el) => {
      if (el.clientWidth && !el.dataset.drawn) { el.dataset.drawn = 'yes'; afterword.draw(el, kinds[el.dataset.chart](figures)); }
    });
  }
  document.readyState === 'complete' ? document.fonts.ready.then(draw) : addEventListener('load', () => document.fonts.ready.then(draw));
})();
