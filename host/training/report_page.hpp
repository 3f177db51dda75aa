#pragma once

namespace dae {

/// The page that write_report fills: each @{name} is replaced.
inline constexpr const char* report_page = R"page(<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>@{title}</title>
<style>
:root { color-scheme: light dark; --line: #8886; --a: #2a6fdb; --b: #d9541e; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
table { border-collapse: collapse; display: block; overflow-x: auto; }
th, td { text-align: left; padding: .2rem .8rem .2rem 0; border-bottom: 1px solid var(--line); font-weight: normal; }
th { opacity: .7; } pre { overflow-x: auto; font-size: .8rem; }
svg { width: 100%; height: auto; touch-action: pan-y; } text { fill: currentColor; font-size: 12px; }
.pair { position: relative; } .pair img { width: 100%; display: block; image-rendering: pixelated; }
.pair img + img { position: absolute; inset: 0; }
@media (max-width: 40rem) { text { font-size: 24px; } }
input[type=range] { width: 100%; } #said { min-height: 1.5em; font-variant-numeric: tabular-nums; }
</style>
<h1>@{title}</h1>
<p>@{device}</p>
<h2>Validation</h2>
<table><tr><th>epoch</th><th>loss</th><th>val_loss</th><th>PSNR</th><th>noisy input</th></tr>
@{epochs}</table>
<p>@{floor}</p>
<h2>Loss</h2>
<svg id="chart" viewBox="0 0 800 320" role="img" aria-label="loss of each step and of each validation"></svg>
<p id="said">Point at the curve to read it.</p>
<h2>Samples</h2>
<p>Noisy on the left of the slider, denoised on the right; below, the originals.</p>
<div class="pair"><img src="@{noisy}" alt="noisy images"><img id="after" src="@{denoised}" alt="denoised images"></div>
<input id="slider" type="range" min="0" max="100" value="50" aria-label="share of the noisy images">
<div class="pair"><img src="@{original}" alt="original images"></div>
<h2>Network</h2>
<pre>@{summary}</pre>
<h2>Result</h2>
@{result}@{hashes}
<h2>Settings</h2>
@{settings}
<h2>Data</h2>
@{data}
<h2>Program</h2>
@{program}
<script type="application/json" id="curve">@{curve}</script>
<script>
'use strict';
const curve = JSON.parse(document.getElementById('curve').textContent);
const chart = document.getElementById('chart'), said = document.getElementById('said');
const box = { left: 76, right: 790, top: 20, bottom: 286 };
const last = Math.max(1, ...curve.steps.map(p => p[0]));
const x = step => box.left + (box.right - box.left) * step / last;
const y = loss => box.bottom - (box.bottom - box.top) * Math.log(loss / curve.low) / Math.log(curve.high / curve.low);
function add(name, attributes, text) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return chart.appendChild(element);
}
if (curve.steps.length > 0) {
  for (const loss of curve.loss_ticks) {
    add('line', { x1: box.left, x2: box.right, y1: y(loss), y2: y(loss), stroke: 'var(--line)' });
    add('text', { x: box.left - 6, y: y(loss) + 4, 'text-anchor': 'end' }, Number(loss.toPrecision(4)));
  }
  for (const step of curve.step_ticks) {
    add('text', { x: x(step), y: box.bottom + 18, 'text-anchor': step === last ? 'end' : 'middle' }, step);
  }
  add('polyline', { points: curve.steps.map(p => x(p[0]) + ',' + y(p[1])).join(' '), fill: 'none', stroke: 'var(--a)' });
  if (curve.floor) {
    add('line', { x1: box.left, x2: box.right, y1: y(curve.floor), y2: y(curve.floor), stroke: 'currentColor',
      'stroke-dasharray': '4 4' });
  }
  for (const e of curve.epochs) add('circle', { cx: x(e.step), cy: y(e.val_loss), r: 4, fill: 'var(--b)' });
  const mark = add('line', { y1: box.top, y2: box.bottom, stroke: 'currentColor', visibility: 'hidden' });
  chart.addEventListener('pointermove', event => {
    const at = chart.getBoundingClientRect();
    const step = ((event.clientX - at.left) * 800 / at.width - box.left) / (box.right - box.left) * last;
    const near = (list, of) => list.reduce((a, b) => Math.abs(of(b) - step) < Math.abs(of(a) - step) ? b : a, list[0]);
    const point = near(curve.steps, p => p[0]), epoch = near(curve.epochs, e => e.step);
    if (!point) return;
    mark.setAttribute('x1', x(point[0]));
    mark.setAttribute('x2', x(point[0]));
    mark.setAttribute('visibility', 'visible');
    said.textContent = 'step ' + Math.round(point[0]) + ': loss ' + point[1].toFixed(4) +
      (epoch ? '; after epoch ' + epoch.epoch + ': val_loss ' + epoch.val_loss.toFixed(4) : '');
  });
}
const slider = document.getElementById('slider'), after = document.getElementById('after');
const cut = () => { after.style.clipPath = 'inset(0 0 0 ' + slider.value + '%)'; };
slider.addEventListener('input', cut);
cut();
</script>
</html>
)page";

}  // namespace dae
