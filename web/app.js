// SPDX-License-Identifier: Apache-2.0
// The page for review: sign in, devices, trends. It shows what store knows and how old that is, and
// nothing else: a value is a number with its age, or two dashes. Ages run on each second, whatever
// the cloud does; who does not answer in time has not answered. Text from outside is only ever text.

import { ageOf, lengthOf, syncOf, timeOf, SILENT_MS } from './age.js';
import { chart } from './chart.js';

const POLL_MS = 5000, ANSWER_MS = 8000, TICK_MS = 1000, POINTS = 240;
const $ = id => document.getElementById(id);

let span = 1;
let list = null;      // the last answer
let asked = null;     // both clocks when it was asked for
let failed = false;   // the last question got no answer
let round = 0;        // only the newest round of polling goes on
let timer = 0, poll = new AbortController(), trends = null;

function make(tag, words = '', text = '') {
    const e = document.createElement(tag);
    if (words) e.className = words;
    if (text) e.textContent = text;
    return e;
}

// What changes each second is written only where it differs, so that a screen reader stays calm.
function say(e, text) {
    if (e.textContent !== text) e.textContent = text;
}

// ---- time: the cloud's, carried on by whichever of the browser's clocks went further. One stands
// still while a laptop sleeps, the other can be set back; too old is the safe side.

const clocks = () => ({ steady: performance.now(), wall: Date.now() });

function since(then) {
    const now = clocks();
    return Math.max(now.steady - then.steady, now.wall - then.wall);
}

const now = () => list.now_utc_ms + since(asked);
const silent = () => failed || since(asked) > SILENT_MS;

// -> { status, wait_s, body }; rejects when nothing came in ANSWER_MS, or on `stop`.
async function ask(path, { form, stop } = {}) {
    const limit = new AbortController(), bell = setTimeout(() => limit.abort(), ANSWER_MS);
    const give = () => limit.abort();
    const options = { credentials: 'same-origin', cache: 'no-store', headers: {}, signal: limit.signal };
    if (form !== undefined) {
        options.method = 'POST';
        options.headers['X-Holdfast'] = '1';
        options.headers['Content-Type'] = 'application/x-www-form-urlencoded';
        options.body = form;
    }
    stop?.addEventListener('abort', give);
    try {
        stop?.throwIfAborted();
        const r = await fetch(path, options);
        return { status: r.status, wait_s: Number(r.headers.get('Retry-After')) || 0, body: r.ok ? await r.json() : null };
    } finally {
        clearTimeout(bell);
        stop?.removeEventListener('abort', give);
    }
}

// ---- signed in or not

function stopAll() {
    round++;
    clearTimeout(timer);
    poll.abort();
    trends?.abort();
    trends = null;
}

function showSignIn(message = '') {
    stopAll();
    list = asked = null;
    failed = false;
    $('board').hidden = $('sign-out').hidden = true;
    $('sign-in').hidden = false;
    $('sign-in-error').textContent = message;
    $('devices').replaceChildren();
    $('sign-in').elements.name.focus();
    tick();
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
        const r = await ask('/api/sign-in', { form });
        if (r.status === 200) { event.target.reset(); refresh(); return; }
        showSignIn(r.status === 429 ? 'Too many tries. Wait ' + lengthOf(r.wait_s * 1000) + ' and try again.'
            : r.status === 401 ? 'Name or password is wrong.'
            : 'The cloud cannot sign you in right now. Try again in a moment.');
    } catch {
        showSignIn('The cloud does not answer. Try again in a moment.');
    }
});

$('sign-out').addEventListener('click', async () => {
    stopAll();
    try { await ask('/api/sign-out', { form: '' }); } catch { /* the session ends by itself */ }
    showSignIn();
});

$('span').addEventListener('change', event => { span = Number(event.target.value); drawTrends(true); });

// ---- one device

function cardOf(id) {
    let card = document.querySelector('[data-device="' + CSS.escape(id) + '"]');
    if (card) return card;
    card = make('article');
    card.dataset.device = id;
    const top = make('div', 'top'), values = make('div', 'values');
    top.append(make('h2'), make('span', 'tags'), make('span', 'sync'));
    for (const [key, name] of [['spo2', 'SpO\u2082 %'], ['pulse', 'Pulse /min']]) {
        const v = make('div', 'value ' + key);
        v.append(make('div', 'name', name), make('span', 'number', '--'));
        values.append(v);
    }
    values.append(make('span', 'mark'));
    card.append(top, values, make('p', 'age'), make('p', 'heard'), make('div', 'chart'), make('p', 'chart-note'), make('p', 'facts'));
    return card;
}

const whole = v => v === null ? '--' : String(Math.round(v / 10));

// What an answer said.
function fill(card, d) {
    const tags = card.querySelector('.tags');
    say(card.querySelector('h2'), d.label);
    say(card.querySelector('.spo2 .number'), whole(d.spo2_permille));
    say(card.querySelector('.pulse .number'), whole(d.pulse_decibpm));
    tags.replaceChildren();
    if (d.test_data) tags.append(make('span', 'tag', 'TEST DATA'));
    if (d.clone_suspected) tags.append(make('span', 'tag loud', 'POSSIBLE CLONE'));
    if (d.state !== 'active') tags.append(make('span', 'tag', d.state.toUpperCase()));
    say(card.querySelector('.facts'), d.readings.toLocaleString('en') + ' readings stored'
        + (d.lost ? ', ' + d.lost.toLocaleString('en') + ' lost on the device' : '')
        + (d.readings ? ' \u00b7 signal quality ' + d.quality + ' of 100' : '')
        // Of a TPM nothing is said: here it is the device's own word, and nobody at a bed need act on it.
        + (d.keys_in_software ? ' \u00b7 keys in software' : '') + ' \u00b7 ' + d.id.slice(0, 8));
}

// What time makes of it.
function age(card, d, time, quiet) {
    const a = ageOf(d, time, quiet), s = syncOf(d, time, quiet);
    card.classList.toggle('stale', !a.fresh);
    say(card.querySelector('.mark'), a.mark);
    say(card.querySelector('.age'), a.text);
    say(card.querySelector('.heard'), s.heard);
    say(card.querySelector('.sync'), s.word);
    card.querySelector('.sync').classList.toggle('not', !s.synced);
}

async function trend(card, d, stop) {
    const newest = d.measured_utc_ms, time = now(), length = span * 3600000;
    if (newest === null) return;
    // A trend ends now, or with the newest reading where that is older than the span.
    const to = time - newest > length ? newest : time, from = to - length;
    const query = '?device=' + d.id + '&from=' + Math.round(from) + '&to=' + Math.round(to);
    const place = card.querySelector('.chart'), note = card.querySelector('.chart-note');
    try {
        const [t, g] = await Promise.all([ask('/api/trend' + query + '&points=' + POINTS, { stop }), ask('/api/gaps' + query, { stop })]);
        place.replaceChildren(chart(t.body.points, g.body.gaps, from, to, Math.max(280, place.clientWidth - 32), time));
        place.dataset.drawn = time;
        place.classList.remove('old');
        say(note, '');
    } catch {
        if (stop.aborted) return;
        place.classList.add('old');
        say(note, place.dataset.drawn ? 'Trend not renewed since ' + timeOf(Number(place.dataset.drawn), time) + '.' : 'The trend cannot be had right now.');
    }
}

// One device after the other, beside the polling: a slow trend makes no value old.
async function drawTrends(anew = false) {
    if (trends && !anew) return;
    trends?.abort();
    const mine = trends = new AbortController();
    for (const d of list ? list.devices : []) {
        if (mine.signal.aborted) return;
        await trend(cardOf(d.id), d, mine.signal);
    }
    if (trends !== mine) return;
    trends = null;
    document.body.toggleAttribute('data-chart-ready', true);
}

// ---- the board

function take(answer, when) {
    const cards = answer.devices.map(d => { const c = cardOf(d.id); fill(c, d); return c; });
    list = answer;
    asked = when;
    failed = false;
    showBoard();
    $('none').hidden = list.devices.length > 0;
    $('span').hidden = list.devices.length === 0;
    $('more').hidden = !list.more;
    say($('more'), 'Only the first ' + list.devices.length + ' devices are shown.');
    const shown = [...$('devices').children];
    if (cards.length !== shown.length || cards.some((c, i) => c !== shown[i])) $('devices').replaceChildren(...cards);
}

// Each second, and when somebody looks again: everything that time changes. The beat restarts what
// app.css lets run out when this script stands still.
function tick() {
    const quiet = list ? silent() : failed;
    say($('trouble'), !quiet ? '' : list ? 'NO ANSWER since ' + timeOf(list.now_utc_ms, now()) + '. All values below are from then or older.'
        : 'The cloud does not answer. The page tries again by itself.');
    document.body.classList.toggle('silent', quiet);
    document.title = (quiet ? 'NO ANSWER: ' : '') + 'Holdfast: readings for review';
    for (const d of list ? list.devices : []) age(cardOf(d.id), d, now(), quiet);
    document.body.dataset.beat = document.body.dataset.beat === 'a' ? 'b' : 'a';
}

async function refresh() {
    const mine = ++round, when = clocks();
    clearTimeout(timer);
    poll.abort();
    poll = new AbortController();
    try {
        const r = await ask('/api/devices', { stop: poll.signal });
        if (mine !== round) return;
        if (r.status === 401) { showSignIn(list ? 'Your session has ended. Sign in again.' : ''); return; }
        if (r.status !== 200) throw new Error(String(r.status));
        take(r.body, when);
        drawTrends();
    } catch {
        if (mine !== round) return;
        failed = true;
    }
    tick();
    timer = setTimeout(refresh, POLL_MS);
}

function lookAgain() {
    if (document.hidden) return;
    tick();
    if (list || failed) refresh();
}

document.addEventListener('visibilitychange', lookAgain);
addEventListener('pageshow', event => { if (event.persisted) lookAgain(); });
setInterval(tick, TICK_MS);
tick();
refresh();
