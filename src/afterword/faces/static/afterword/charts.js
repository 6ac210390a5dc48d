// Charts from the same tokens. ECharts cannot read custom properties, so they are resolved once per drawing, and again
// when light and dark change. A page draws with:
//   afterword.draw(document.querySelector('#plot'), (inks, el) => ({ ...options }));
// where `inks` holds the colours by token name, and afterword.tip(inks) a tooltip in the house's style. Give every tooltip
// its own formatter: ECharts' own text carries inline styles, which the content security policy refuses.
window.afterword = (() => {
  const ctx = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d', { willReadFrequently: true });
  const names = ['chart-1', 'chart-2', 'chart-3', 'chart-4', 'text', 'text-2', 'text-3', 'line', 'edge', 'sheet', 'page', 'good', 'warn', 'bad'];
  const font = '"Source Sans 3", "Noto Sans", sans-serif';   // quoted: a family that ends in a digit is measured wrongly without
  const token = (el, name) => {
    const probe = document.createElement('i');
    probe.style.color = `var(--${name})`;
    el.append(probe);
    ctx.clearRect(0, 0, 1, 1); ctx.fillStyle = getComputedStyle(probe).color; ctx.fillRect(0, 0, 1, 1);
    probe.remove();
    const [r, g, b] = ctx.getImageData(0, 0, 1, 1).data;
    return `rgb(${r},${g},${b})`;
  };
  const inks = (el) => Object.fromEntries(names.map((name) => [name, token(el, name)]));
  const tip = (c) => ({ backgroundColor: c.sheet, borderColor: c.line, borderWidth: 1, padding: [6, 10],
    textStyle: { color: c.text, fontFamily: font, fontSize: 14 }, extraCssText: 'box-shadow: var(--shadow); border-radius: var(--radius)' });
  const axis = (c) => ({ axisLine: { lineStyle: { color: c.line } }, axisTick: { show: false }, splitLine: { lineStyle: { color: c.line } },
    axisLabel: { color: c['text-3'], fontFamily: font, fontSize: 14 } });
  const drawn = [];
  const paint = (one) => one.plot.setOption({ animation: false, textStyle: { fontFamily: font }, ...one.options(inks(one.el), one.el) }, true);
  const draw = (el, options) => {
    const one = { el, options, plot: echarts.init(el, null, { renderer: 'svg' }) };
    drawn.push(one); paint(one);
    return one.plot;
  };
  const again = () => drawn.forEach(paint);
  addEventListener('themechange', again);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', again);
  addEventListener('resize', () => drawn.forEach((one) => { one.plot.resize(); paint(one); }));
  return { draw, tip, axis, font };
})();
