// SPDX-License-Identifier: Apache-2.0
// What the page shows for each state of a device: answers made up here, the page and its scripts are
// the cloud's own. NOW is the cloud's time; `reads` is what a person must be able to read.

export const NOW = new Date(2026, 2, 3, 4, 12, 40).getTime(); // four in the morning where the browser is

const device = {
    id: '0f1e2d3c-4b5a-4978-8796-a5b4c3d2e1f0', label: 'Bed 4, Ward East', state: 'active',
    spo2_permille: 964, pulse_decibpm: 721, quality: 88, status: 0, measured_utc_ms: NOW - 20000, clock: 2,
    last_answer_utc_ms: NOW - 4000, readings: 48213, lost: 0, test_data: false, clone_suspected: false,
    keys_in_software: true,
};

const state = (changes, fresh, mark, sync, age) => ({ changes, reads: { fresh, mark, sync, age } });

export const states = {
    fresh: state({}, true, '', 'SYNCHRONISED', 'Measured 20 s ago (04:12:20).'),
    'no value': state({ spo2_permille: null, pulse_decibpm: null, quality: 0, keys_in_software: false }, true, '', 'SYNCHRONISED',
        'Measured 20 s ago (04:12:20): the sensor gave no value.'),
    'own clock': state({ clock: 1, test_data: true }, true, '', 'SYNCHRONISED',
        'Measured 20 s ago (04:12:20 by the device\u2019s own clock).'),
    old: state({ measured_utc_ms: NOW - 840000 }, false, 'OLD VALUE', 'SYNCHRONISED', 'Measured 14 min 00 s ago (03:58:40).'),
    'not synchronised': state({ last_answer_utc_ms: NOW - 200000, measured_utc_ms: NOW - 230000 }, false, 'OLD VALUE', 'NOT SYNCHRONISED',
        'Measured 3 min 50 s ago (04:08:50).'),
    'heard long ago, dated now': state({ last_answer_utc_ms: NOW - 200000, measured_utc_ms: NOW - 195000 }, false, 'OLD VALUE', 'NOT SYNCHRONISED',
        'Measured 3 min 20 s ago (04:09:25).'),
    yesterday: state({ last_answer_utc_ms: NOW - 30000000, measured_utc_ms: NOW - 30000000 }, false, 'OLD VALUE', 'NOT SYNCHRONISED',
        'Measured 8 h 20 min ago (2 Mar 19:52:40).'),
    ahead: state({ measured_utc_ms: NOW + 3600000, clock: 1 }, false, 'AGE UNKNOWN', 'SYNCHRONISED',
        'The clock of the device is ahead: the value is dated 05:12:40 and came 4 s ago or earlier.'),
    'clock never set': state({ clock: 0 }, false, 'AGE UNKNOWN', 'SYNCHRONISED',
        'Measured 20 s ago (04:12:20 by the device\u2019s own clock), but that clock was never set.'),
    never: state({ measured_utc_ms: null, spo2_permille: null, pulse_decibpm: null, last_answer_utc_ms: null, readings: 0, quality: 0, state: 'invited' },
        false, 'NO READING', 'NOT SYNCHRONISED', 'No reading with a time yet.'),
    revoked: state({ state: 'revoked', test_data: true, clone_suspected: true, lost: 1200, label: 'A very long label of a device in the isolation ward' },
        false, 'NOT IN USE', 'NOT SYNCHRONISED', 'Measured 20 s ago (04:12:20).'),
};

const idOf = i => device.id.slice(0, -2) + String(10 + i);

export const devicesOf = (...names) =>
    names.map((n, i) => ({ ...device, id: idOf(i), label: device.label.replace('4', 4 + i), ...states[n].changes }));

// One point each 120th of the span, with a hole of a quarter of it.
function trendOf(from, to) {
    const points = [];
    for (let i = 0; i <= 120; i++) {
        if (i > 50 && i < 80) continue;
        const v = 964 + Math.round(12 * Math.sin(i / 7)), p = 721 + Math.round(60 * Math.sin(i / 11));
        points.push({ t: from + (to - from) * i / 120, spo2_min: v - 6, spo2_max: v + 4, pulse_min: p - 20, pulse_max: p + 20, gap: i === 80 });
    }
    return { points };
}

const gapsOf = (from, to) => ({ gaps: [{ from_ms: from + (to - from) * 0.42, to_ms: from + (to - from) * 0.66, lost: 812 }] });

// Answers the page's questions by `cloud`: { devices, passed_ms, hangs, trendHangs, status, asked }; `answering`
// says how many answers are still on their way to the page.
export async function answerBy(page, cloud) {
    await page.route('**/api/**', async route => {
        const url = new URL(route.request().url()), q = k => Number(url.searchParams.get(k));
        if (url.pathname === '/api/devices') cloud.asked++;
        if (cloud.hangs || (cloud.trendHangs && url.pathname === '/api/trend')) return;
        cloud.answering++;
        await route.fulfill(cloud.status ? { status: cloud.status, json: {} }
            : url.pathname === '/api/devices' ? { json: { now_utc_ms: NOW + cloud.passed_ms, more: false, devices: cloud.devices } }
            : { json: (url.pathname === '/api/trend' ? trendOf : gapsOf)(q('from'), q('to')) }).catch(() => {}); // the page may have given up
        cloud.answering--;
    });
}
