// SPDX-License-Identifier: Apache-2.0
// The page for review: sign in, devices, trends. It shows what store knows and how old that is, and
// nothing else: a value is a number with its age, or two dashes. Text from outside is only ever text.

const POLL_MS = 5000;
const STALE_MS = 120000;   // two batch periods
const SYNC_MS = 90000;     // as on the device: younger than this, or not synchronised
const POINTS = 240;
const $ = id => document.getElementById(id);

let span = 1, timer = 0, lastAnswer = 0, skew = 0;

function make(tag, words = '', text = '') {
    const e = document.createElement(tag);
    if (words) e.className = words;
    if (text) e.textContent = text;
    return e;
}

function draw(tag, attributes, text = '') {
    const e = document.createElementNS('http://www.w3.org/2000/svg', tag);
    for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v);
    if (text) e.textContent = text;
    return e;
}

const clock = ms => new Date(ms).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
const day = ms => new Date(ms).toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });

function ageOf(ms) {
    const s = Math.max(0, Math.round(ms / 1000));
    if (s < 100) return s + ' s';
    if (s < 6000) return Math.round(s / 60) + ' min';
    if (s < 360000) return Math.round(s / 3600) + ' h';
    return Math.round(s / 86400) + ' days';
}

async function ask(path, form) {
    const options = { credentials: 'same-origin', cache: 'no-store', headers: {} };
    if (form !== undefined) {
        options.method = 'POST';
        options.headers['X-Holdfast'] = '1';
        options.headers['Content-Type'] = 'application/x-www-form-urlencoded';
        options.body = form;
    }
    return fetch(path, options);
}

// ---- signed in or not

function showSignIn(message = '') {
    clearTimeout(timer);
    $('board').hidden = $('sign-out').hidden = true;
    $('sign-in').hidden = false;
    $('sign-in-error').textContent = message;
    $('devices').replaceChildren();
    $('sign-in').elements.name.focus();
}

function showBoard() {
    $('sign-in').hidden = true;
    $('board').hidden = $('sign-out').hidden = false;
}

// The form's encoding, with the space as %20: the one form that view takes.
const enc = s => encodeURIComponent(s).replace(/[!'()*]/g, c => '%' + c.charCodeAt(0).toString(16).toUpperCase());

$('sign-in').addEventListener('submit', async event => {
    event.preventDefault();
    const f = event.target.elements;
    const form = 'name=' + enc(f.name.value) + '&password=' + enc(f.password.value);
    f.password.value = '';
    $('sign-in-error').textContent = '';
    try {
        const r = await ask('/api/sign-in', form);
        if (r.ok) { event.target.reset(); refresh(); return; }
        const wait = Number(r.headers.get('Retry-After')) || 0;
        showSignIn(r.status === 429 ? 'Too many tries. Wait ' + ageOf(wait * 1000) + ' and try again.'
            : r.status === 401 ? 'Name or password is wrong.'
            : 'The cloud cannot sign you in right now. Try again in a moment.');
    } catch {
        showSignIn('The cloud does not answer. Try again in a moment.');
    }
});

$('sign-out').addEventListener('click', async () => {
    try { await ask('/api/sign-out', ''); } catch { /* the session ends by itself */ }
    showSignIn();
});

$('span').addEventListener('change', event => { span = Number(event.target.value); refresh(); });

// ---- one device

function cardOf(id) {
    let card = document.querySelector('[data-device="' + CSS.escape(id) + '"]');
    if (card) return card;
    card = make('article');
    card.dataset.device = id;
    const top = make('div', 'top');
    top.append(make('h2'), make('span', 'tags'), make('span', 'sync'));
    const values = make('div', 'values');
    for (const [key, name] of [['spo2', 'SpO\u2082 %'], ['pulse', 'Pulse /min']]) {
        const v = make('div', 'value ' + key);
        v.append(make('div', 'name', name), make('span', 'number', '--'));
        values.append(v);
    }
    card.append(top, values, make('p', 'age'), make('div', 'chart'), make('p', 'facts'));
    $('devices').append(card);
    return card;
}

function fill(card, d, now) {
    const measured = d.measured_utc_ms, age = measured === null ? null : now - measured;
    const stale = age === null || age > STALE_MS;
    const answered = d.last_answer_utc_ms === null ? null : now - d.last_answer_utc_ms;
    const synced = answered !== null && answered < SYNC_MS && d.state === 'active';
    card.querySelector('h2').textContent = d.label;
    card.querySelector('.spo2 .number').textContent = d.spo2_permille === null ? '--' : Math.round(d.spo2_permille / 10);
    card.querySelector('.pulse .number').textContent = d.pulse_decibpm === null ? '--' : Math.round(d.pulse_decibpm / 10);
    card.classList.toggle('stale', stale);
    const when = measured === null ? '' : (age > 72000000 ? day(measured) + ' ' : '') + clock(measured);
    card.querySelector('.age').textContent = measured === null ? 'No reading with a time yet.'
        : stale ? 'Stale since ' + when + ': measured ' + ageOf(age) + ' ago'
        : 'Measured ' + ageOf(age) + ' ago (' + when + ')';
    const sync = card.querySelector('.sync');
    sync.textContent = synced ? 'SYNCHRONISED'
        : 'NOT SYNCHRONISED' + (answered === null ? ', never heard' : ', last heard ' + ageOf(answered) + ' ago');
    sync.classList.toggle('not', !synced);
    const tags = card.querySelector('.tags');
    tags.replaceChildren();
    if (d.test_data) tags.append(make('span', 'tag', 'TEST DATA'));
    if (d.clone_suspected) tags.append(make('span', 'tag', 'POSSIBLE CLONE'));
    if (d.state !== 'active') tags.append(make('span', 'tag', d.state.toUpperCase()));
    card.querySelector('.facts').textContent = d.readings.toLocaleString('en') + ' readings stored'
        + (d.lost ? ', ' + d.lost.toLocaleString('en') + ' lost on the device' : '')
        + ' \u00b7 signal quality ' + d.quality + ' of 100 \u00b7 ' + d.id.slice(0, 8);
}

// ---- the trend: two panels, one time axis, gaps left open and shaded

const H = 250, LEFT = 40, RIGHT = 8, TOP = 18, BOTTOM = 24;
const panels = [
    { key: 'spo2', name: 'SpO\u2082 %', from: TOP, to: 108, low: 70, high: 100, step: 10 },
    { key: 'pulse', name: 'Pulse /min', from: 134, to: H - BOTTOM, low: 40, high: 160, step: 40 },
];

function rangeOf(p, points) {
    let low = p.low, high = p.high;
    for (const x of points) {
        if (x[p.key + '_min'] === null) continue;
        low = Math.min(low, Math.floor(x[p.key + '_min'] / 10 / p.step) * p.step);
        high = Math.max(high, Math.ceil(x[p.key + '_max'] / 10 / p.step) * p.step);
    }
    return { low, high };
}

// One pixel of the drawing is one of the screen, so that its letters have one size everywhere.
function chart(points, gaps, from, to, W) {
    const ticks = W < 420 ? 2 : 4;
    const svg = draw('svg', { viewBox: '0 0 ' + W + ' ' + H, role: 'img', 'aria-label': 'Trend of SpO2 and pulse' });
    const x = t => LEFT + (t - from) / (to - from) * (W - LEFT - RIGHT);
    for (const g of gaps) {
        const a = Math.max(x(g.from_ms), LEFT), b = Math.min(x(g.to_ms), W - RIGHT);
        if (b > a) svg.append(draw('rect', { class: 'gap', x: a, y: TOP, width: Math.max(b - a, 1), height: H - TOP - BOTTOM }));
    }
    for (const p of panels) {
        const { low, high } = rangeOf(p, points);
        const y = v => p.to - (v - low) / (high - low) * (p.to - p.from);
        for (let v = low; v <= high; v += p.step) {
            svg.append(draw('line', { class: 'grid', x1: LEFT, x2: W - RIGHT, y1: y(v), y2: y(v) }));
            svg.append(draw('text', { x: LEFT - 6, y: y(v) + 4, 'text-anchor': 'end' }, String(v)));
        }
        svg.append(draw('text', { class: p.key + '-text', x: LEFT + 2, y: p.from - 5 }, p.name));
        let path = '', open = false;
        for (const q of points) {
            const a = q[p.key + '_min'], b = q[p.key + '_max'];
            if (a === null) { open = false; continue; }
            const at = x(q.t).toFixed(1);
            path += (open && !q.gap ? 'L' : 'M') + at + ' ' + y(a / 10).toFixed(1) + 'L' + at + ' ' + y(b / 10).toFixed(1);
            open = true;
        }
        if (path) svg.append(draw('path', { class: p.key + '-line', d: path }));
    }
    for (let i = 0; i <= ticks; i++) {
        const t = from + (to - from) * i / ticks;
        svg.append(draw('text', { x: x(t), y: H - 6, 'text-anchor': i === 0 ? 'start' : i === ticks ? 'end' : 'middle' }, clock(t)));
    }
    return svg;
}

async function trend(card, d, now) {
    // A trend ends now, or with the newest reading where that is older than the span.
    const newest = d.measured_utc_ms;
    if (newest === null) return;
    const length = span * 3600000;
    const to = now - newest > length ? newest : Math.max(now, newest), from = to - length;
    const query = '?device=' + d.id + '&from=' + Math.round(from) + '&to=' + Math.round(to);
    const [t, g] = await Promise.all([ask('/api/trend' + query + '&points=' + POINTS), ask('/api/gaps' + query)]);
    if (!t.ok || !g.ok) return;
    const place = card.querySelector('.chart');
    const width = Math.max(280, place.clientWidth - 32);
    place.replaceChildren(chart((await t.json()).points, (await g.json()).gaps, from, to, width));
}

// ---- the board

function noAnswer() {
    $('trouble').textContent = lastAnswer ? 'No answer since ' + clock(lastAnswer) + '. What is shown is from then.'
        : 'The cloud does not answer.';
    for (const card of $('devices').children) card.classList.add('stale');
}

async function refresh() {
    clearTimeout(timer);
    try {
        const r = await ask('/api/devices');
        if (r.status === 401) { showSignIn(); return; }
        if (!r.ok) throw new Error(String(r.status));
        const list = await r.json();
        showBoard();
        lastAnswer = Date.now();
        skew = list.now_utc_ms - lastAnswer;
        $('trouble').textContent = list.more ? 'Only the first ' + list.devices.length + ' devices are shown.' : '';
        $('none').hidden = list.devices.length > 0;
        await Promise.all(list.devices.map(async d => {
            const card = cardOf(d.id);
            fill(card, d, Date.now() + skew);
            await trend(card, d, Date.now() + skew);
        }));
        document.body.toggleAttribute('data-chart-ready', true);
    } catch {
        noAnswer();
    }
    timer = setTimeout(refresh, POLL_MS);
}

refresh();
