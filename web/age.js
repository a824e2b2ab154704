// SPDX-License-Identifier: Apache-2.0
// Age: whether a value may be looked at as one of now, and the words that say how old it is.
// Promise: nothing is fresh unless its own time, the device's last word and the cloud's last answer
// all say so. Not here: where the time comes from, what it looks like (app.js, app.css).

export const STALE_MS = 120000;  // two batch periods
export const SYNC_MS = 90000;    // as on the device: younger than this, or not synchronised
export const AHEAD_MS = 10000;   // a reading dated later than this has no age that one could tell
export const SILENT_MS = 15000;  // a poll, its longest wait, and a breath
const UNSET = 0, SYNCHRONISED = 2; // states of the device's clock

const two = n => String(n).padStart(2, '0');

// 59 s, 1 min 59 s, 1 h 59 min, 3 days 4 h: never rounded to something younger.
export function lengthOf(ms) {
    const s = Math.floor(Math.max(0, ms) / 1000), min = Math.floor(s / 60), h = Math.floor(min / 60), days = Math.floor(h / 24);
    if (s < 60) return s + ' s';
    if (min < 60) return min + ' min ' + two(s % 60) + ' s';
    if (h < 48) return h + ' h ' + two(min % 60) + ' min';
    return days + ' days ' + h % 24 + ' h';
}

const clock = ms => new Date(ms).toLocaleTimeString('en-GB');
const day = ms => new Date(ms).toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });

// 04:12:20, or with its day where that is not today.
export function timeOf(ms, now) {
    return (new Date(ms).toDateString() === new Date(now).toDateString() ? '' : day(ms) + ' ') + clock(ms);
}

// { fresh, mark, text }: mark is one word in capitals, '' when fresh. now: the cloud's time.
export function ageOf(d, now, silent) {
    const measured = d.measured_utc_ms, heard = d.last_answer_utc_ms;
    if (measured === null) return { fresh: false, mark: 'NO READING', text: 'No reading with a time yet.' };
    // It came with an answer: it is no younger than the last one, whatever the device's clock says.
    const came = heard === null ? now : Math.min(heard, now), age = now - Math.min(measured, came);
    const own = d.clock === SYNCHRONISED ? '' : ' by the device\u2019s own clock', when = timeOf(measured, now);
    const old = (mark, text) => ({ fresh: false, mark, text });
    if (measured - came > AHEAD_MS)
        return old('AGE UNKNOWN', 'The clock of the device is ahead: the value is dated ' + when + ' and came ' + lengthOf(now - came) + ' ago or earlier.');
    const text = 'Measured ' + lengthOf(age) + ' ago (' + when + own + ')';
    if (d.clock === UNSET) return old('AGE UNKNOWN', text + ', but that clock was never set.');
    if (silent || age > STALE_MS) return old('OLD VALUE', text + '.');
    if (d.state !== 'active') return old('NOT IN USE', text + '.');
    const none = d.spo2_permille === null && d.pulse_decibpm === null;
    return { fresh: true, mark: '', text: text + (none ? ': the sensor gave no value.' : '.') };
}

// { synced, word, heard }
export function syncOf(d, now, silent) {
    const heard = d.last_answer_utc_ms, quiet = heard === null ? Infinity : now - heard;
    const text = heard === null ? 'The device was never heard.' : 'Device last heard ' + lengthOf(quiet) + ' ago (' + timeOf(heard, now) + ').';
    if (silent) return { synced: false, word: 'SYNC NOT KNOWN', heard: text };
    const synced = quiet < SYNC_MS && d.state === 'active';
    return { synced, word: synced ? 'SYNCHRONISED' : 'NOT SYNCHRONISED', heard: text };
}
