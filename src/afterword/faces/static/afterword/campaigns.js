// Pages of campaigns: fields that concern only one choice show with it, and charts are drawn. All of it works without.
(() => {
  const chosen = (name) => document.querySelector(`[name=${name}]:checked`)?.value ?? document.querySelector(`select[name=${name}]`)?.value;
  const fit = () => document.querySelectorAll('[data-only]').forEach((part) => {
    const [name, value] = part.dataset.only.split(':');
    part.hidden = chosen(name) !== value;
  });
  document.addEventListener('change', fit);
  document.addEventListener('submit', (event) => event.submitter?.setAttribute('aria-busy', 'true'));
  addEventListener('pageshow', () => document.querySelectorAll('[aria-busy]').forEach((button) => button.removeAttribute('aria-busy')));
  fit();

  const counted = (x) => x.toLocaleString('en');
  const axes = (c, names) => ({
    grid: { left: 56, right: 12, top: 16, bottom: 24 },
    xAxis: { type: 'category', data: names, ...afterword.axis(c), axisLabel: { ...afterword.axis(c).axisLabel, hideOverlap: true } },
    yAxis: { type: 'value', min: 0, splitNumber: 3, ...afterword.axis(c), axisLine: { show: false }, axisLabel: { ...afterword.axis(c).axisLabel, formatter: counted } } });
  const bars = (rows) => (c) => ({ ...axes(c, rows.map((row) => row[0])),
    tooltip: { trigger: 'axis', ...afterword.tip(c), formatter: (ps) => `${ps[0].name}: <b>${counted(ps[0].value)}</b>`, axisPointer: { type: 'none' } },
    series: [{ type: 'bar', data: rows.map((row) => row[1]), barMaxWidth: 36, itemStyle: { color: c['chart-1'], borderRadius: [3, 3, 0, 0] } }] });
  // Shares with their intervals: a point, and a line from the lower to the upper bound.
  const ranges = (rows) => (c) => ({ ...axes(c, rows.map((row) => row[0])),
    tooltip: { trigger: 'axis', ...afterword.tip(c), formatter: (ps) => { const row = rows[ps[0].dataIndex]; return `${row[0]}: <b>${row[1].toFixed(2)}</b> (${row[2].toFixed(2)} – ${row[3].toFixed(2)})`; }, axisPointer: { type: 'none' } },
    series: [
      { type: 'custom', data: rows.map((row, n) => [n, row[2], row[3]]), encode: { x: 0, y: [1, 2] }, renderItem: (_params, api) => {
        const [low, high] = [api.coord([api.value(0), api.value(1)]), api.coord([api.value(0), api.value(2)])];
        return { type: 'line', shape: { x1: low[0], y1: low[1], x2: high[0], y2: high[1] }, style: { stroke: c['chart-1'], lineWidth: 2 } };
      } },
      { type: 'scatter', data: rows.map((row) => row[1]), symbolSize: 9, itemStyle: { color: c['chart-1'] } }] });
  const draw = () => document.querySelectorAll('[data-figures] [data-chart]').forEach((el) => {
    if (!window.echarts || !window.afterword || !el.clientWidth || el.dataset.drawn) return;
    el.dataset.drawn = 'yes';
    const rows = JSON.parse(el.closest('[data-figures]').dataset.figures)[el.dataset.chart];
    afterword.draw(el, el.dataset.kind === 'ranges' ? ranges(rows) : bars(rows));
  });
  document.addEventListener('htmx:beforeRequest', (event) => {   // whoever reads the figures is not interrupted
    if (event.detail.elt.id === 'went' && event.detail.elt.querySelector('details[open]')) event.preventDefault();
  });
  document.addEventListener('htmx:afterSwap', () => { fit(); draw(); });
  document.readyState === 'complete' ? document.fonts.ready.then(draw) : addEventListener('load', () => document.fonts.ready.then(draw));
})();
