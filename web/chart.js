// SPDX-License-Identifier: Apache-2.0
// Chart: the trend as two panels on one time axis: bands from least to most, gaps left open, shaded
// and named. Not here: which span, where the points come from (app.js).

const H = 250, LEFT = 40, RIGHT = 8, TOP = 18, BOTTOM = 24, NAMED = 60;
const panels = [
    { key: 'spo2', name: 'SpO\u2082 %', from: TOP, to: 108, low: 70, high: 100, step: 10 },
    { key: 'pulse', name: 'Pulse /min', from: 134, to: H - BOTTOM, low: 40, high: 160, step: 40 },
];

function draw(tag, attributes, text = '') {
    const e = document.createElementNS('http://www.w3.org/2000/svg', tag);
    for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v);
    if (text) e.textContent = text;
    return e;
}

function rangeOf(p, points) {
    let low = p.low, high = p.high;
    for (const q of points) {
        if (q[p.key + '_min'] === null) continue;
        low = Math.min(low, Math.floor(q[p.key + '_min'] / 10 / p.step) * p.step);
        high = Math.max(high, Math.ceil(q[p.key + '_max'] / 10 / p.step) * p.step);
    }
    return { low, high };
}

// Points without a gap between them.
function runsOf(key, points) {
    const runs = [];
    let run = null;
    for (const q of points) {
        if (q[key + '_min'] === null) { run = null; continue; }
        if (!run || q.gap) runs.push(run = []);
        run.push(q);
    }
    return runs;
}

function bandOf(run, key, x, y) {
    const at = (q, end) => x(q.t).toFixed(1) + ' ' + y(q[key + end] / 10).toFixed(1);
    return 'M' + run.map(q => at(q, '_max')).concat([...run].reverse().map(q => at(q, '_min'))).join('L') + 'Z';
}

function panel(svg, p, points, x, W) {
    const { low, high } = rangeOf(p, points);
    const y = v => p.to - (v - low) / (high - low) * (p.to - p.from);
    for (let v = low; v <= high; v += p.step) {
        svg.append(draw('line', { class: 'grid', x1: LEFT, x2: W - RIGHT, y1: y(v), y2: y(v) }));
        svg.append(draw('text', { x: LEFT - 6, y: y(v) + 4, 'text-anchor': 'end' }, String(v)));
    }
    svg.append(draw('text', { class: p.key + '-text', x: LEFT + 2, y: p.from - 5 }, p.name));
    const d = runsOf(p.key, points).map(run => bandOf(run, p.key, x, y)).join('');
    if (d) svg.append(draw('path', { class: 'band ' + p.key + '-line', d }));
}

function shadeGaps(svg, gaps, x, W) {
    for (const g of gaps) {
        const a = Math.max(x(g.from_ms), LEFT), b = Math.min(x(g.to_ms), W - RIGHT);
        if (b <= a) continue;
        svg.append(draw('rect', { class: 'gap', x: a, y: TOP, width: Math.max(b - a, 1), height: H - TOP - BOTTOM }));
        if (b - a > NAMED) svg.append(draw('text', { x: (a + b) / 2, y: 64, 'text-anchor': 'middle' }, 'no data'));
    }
}

// One pixel of the drawing is one of the screen, so that its letters have one size everywhere.
export function chart(points, gaps, from, to, W, today) {
    const ticks = W < 420 ? 2 : 4;
    const svg = draw('svg', { viewBox: '0 0 ' + W + ' ' + H, role: 'img', 'aria-label': 'Trend of SpO2 and pulse' });
    const x = t => LEFT + (t - from) / (to - from) * (W - LEFT - RIGHT);
    const clock = t => new Date(t).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
    const day = t => new Date(t).toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });
    shadeGaps(svg, gaps, x, W);
    for (const p of panels) panel(svg, p, points, x, W);
    for (let i = 0; i <= ticks; i++) {
        const t = from + (to - from) * i / ticks, end = i === 0 || i === ticks;
        const dated = end && new Date(t).toDateString() !== new Date(today).toDateString();
        svg.append(draw('text', { x: x(t), y: H - 6, 'text-anchor': i === 0 ? 'start' : end ? 'end' : 'middle' }, (dated ? day(t) + ' ' : '') + clock(t)));
    }
    return svg;
}
