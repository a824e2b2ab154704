// SPDX-License-Identifier: Apache-2.0
// node ages.mjs URL: nobody can take an old value for one of now. The page is the cloud's own, its
// clock and what the cloud answers are ours (states.mjs). PICTURES=DIR also takes pictures; TAP on stdout.
import { open } from './page.mjs';
import { NOW, states, devicesOf, answerBy } from './states.mjs';
import { claim, end } from './tap.mjs';

const url = process.argv[2], pictures = process.env.PICTURES;
const { browser, page } = await open(390, 844);
const cloud = { devices: [], passed_ms: 0, asked: 0, answering: 0 };

await page.clock.install({ time: NOW - 60000 });
await page.clock.pauseAt(NOW);
await answerBy(page, cloud);

// Answers come in real time, however still the page's clock stands.
async function settle() {
    do await page.waitForTimeout(20); while (cloud.answering > 0);
    await page.waitForTimeout(20);
}

async function pass(ms, step = 1000) {
    for (let left = ms; left > 0; left -= step) {
        cloud.passed_ms += Math.min(left, step);
        await page.clock.runFor(Math.min(left, step));
        await settle();
    }
}

async function begin(devices, mode = {}) {
    Object.assign(cloud, { devices, passed_ms: 0, asked: 0, hangs: false, trendHangs: false, status: 0 }, mode);
    await page.clock.setSystemTime(NOW);
    await page.goto(url, { waitUntil: 'load' });
    if (!cloud.hangs && !cloud.status) await page.waitForSelector(devices.length ? '[data-device]' : '#none:not([hidden])', { state: 'attached', timeout: 5000 });
    await settle();
}

const read = () => page.evaluate(() => ({
    trouble: document.getElementById('trouble').textContent,
    title: document.title,
    cards: [...document.querySelectorAll('article')].map(c => {
        const text = s => c.querySelector(s).textContent;
        return { fresh: !c.classList.contains('stale'), mark: text('.mark'), sync: text('.sync'), age: text('.age'), note: text('.chart-note'),
            size: parseFloat(getComputedStyle(c.querySelector('.spo2 .number')).fontSize) };
    }),
}));

async function picture(name) {
    if (!pictures) return;
    for (const width of [390, 1280]) {
        await page.setViewportSize({ width, height: 844 });
        await settle();
        await page.screenshot({ path: pictures + '/' + name.replaceAll(' ', '-') + '-' + width + '.png', fullPage: true });
    }
}

try {
    for (const [name, { reads }] of Object.entries(states)) {
        await claim('"' + name + '" reads as what it is', async () => {
            await begin(devicesOf(name));
            const card = (await read()).cards[0];
            for (const [k, v] of Object.entries(reads)) if (card[k] !== v) return k + ' is ' + card[k];
            if ((card.size > 40) !== reads.fresh) return 'digits of ' + card.size + ' pixels';
            const wide = await page.evaluate(() => document.documentElement.scrollWidth);
            if (wide > 390) return wide + ' pixels wide';
            await picture(name);
            await page.setViewportSize({ width: 390, height: 844 });
        });
    }
    await claim('ages run on each second between answers', async () => {
        await begin(devicesOf('fresh'));
        for (let s = 21; s <= 24; s++) {
            await pass(1000);
            const { age } = (await read()).cards[0];
            if (age !== 'Measured ' + s + ' s ago (04:12:20).') return age;
        }
    });
    await claim('a value that is not renewed becomes old after two minutes, not later', async () => {
        await begin(devicesOf('fresh'));
        cloud.devices[0].last_answer_utc_ms = NOW + 200000; // the device answers on
        await pass(99000, 3000);
        if (!(await read()).cards[0].fresh) return 'old too early';
        await pass(3000);
        if ((await read()).cards[0].fresh) return 'still fresh';
    });
    await claim('a reading dated in the future is fresh at no time, not even when its time has come', async () => {
        const devices = devicesOf('ahead');
        devices[0].measured_utc_ms = NOW + 60000;
        await begin(devices);
        for (let s = 0; s < 180; s += 10) {
            await pass(10000, 5000);
            const { fresh, mark, age } = (await read()).cards[0];
            if (fresh || mark === '') return 'after ' + s + ' s: ' + age;
        }
    });
    await claim('where keys are in software, the small line below says so, and nothing else changes', async () => {
        const seen = () => page.evaluate(() => [...document.querySelectorAll('article')].map(c => {
            const facts = c.querySelector('.facts'), how = getComputedStyle(facts);
            return { facts: facts.textContent, rest: c.textContent.replace(facts.textContent, '').replace(/Bed \d/, ''),
                size: parseFloat(how.fontSize), same: how.color === getComputedStyle(c.querySelector('.heard')).color };
        }));
        await begin(devicesOf('fresh', 'fresh'));
        cloud.devices[1].keys_in_software = false;
        await pass(6000);
        const [soft, tpm] = await seen();
        if (!soft.facts.includes(' \u00b7 keys in software \u00b7 ')) return soft.facts;
        if (/key|TPM/i.test(tpm.facts + tpm.rest + soft.rest)) return JSON.stringify(tpm);
        if (soft.rest !== tpm.rest || soft.size > 15 || !soft.same) return JSON.stringify(soft);
    });
    await claim('when a request hangs, nothing looks fresh and the page says since when', async () => {
        await begin(devicesOf('fresh', 'old'));
        cloud.hangs = true;
        await pass(13000);
        const got = await read();
        if (!got.trouble.startsWith('NO ANSWER since 04:12:40.')) return got.trouble || 'it says nothing';
        if (!got.title.startsWith('NO ANSWER')) return got.title;
        for (const c of got.cards) if (c.fresh || c.mark !== 'OLD VALUE' || c.sync !== 'SYNC NOT KNOWN') return JSON.stringify(c);
        await picture('silent');
    });
    await claim('when answers come again, the page says so by itself', async () => {
        cloud.hangs = false;
        for (const d of cloud.devices) { d.measured_utc_ms += cloud.passed_ms; d.last_answer_utc_ms += cloud.passed_ms; }
        await pass(14000);
        const got = await read();
        if (got.trouble || !got.cards[0].fresh || got.cards[0].sync !== 'SYNCHRONISED') return JSON.stringify(got);
    });
    await claim('a refusal is no answer either', async () => {
        await begin(devicesOf('fresh'));
        cloud.status = 503;
        await pass(6000);
        const got = await read();
        if (!got.trouble || got.cards[0].fresh) return JSON.stringify(got);
    });
    await claim('after a sleep of half an hour the first thing seen is old', async () => {
        await begin(devicesOf('fresh'));
        cloud.hangs = true;
        await page.clock.fastForward(1800000);
        const got = await read();
        if (!got.trouble || got.cards[0].fresh || !got.cards[0].age.startsWith('Measured 30 min 20 s ago')) return JSON.stringify(got);
    });
    await claim('a page that never got an answer says that', async () => {
        await begin(devicesOf('fresh'), { hangs: true });
        await pass(9000);
        const got = await read();
        if (!got.trouble.startsWith('The cloud does not answer')) return got.trouble || 'it says nothing';
        await picture('no answer yet');
    });
    await claim('changing the span never starts a second polling', async () => {
        await begin(devicesOf('fresh'), { trendHangs: true });
        for (const v of ['8', '24', '1', '8', '24', '1']) await page.check('input[name="span"][value="' + v + '"]');
        cloud.asked = 0;
        await pass(60000);
        if (cloud.asked < 11 || cloud.asked > 13) return cloud.asked + ' questions in 60 s';
    });
    await claim('a trend that does not come makes no value old and says that it is not renewed', async () => {
        await begin(devicesOf('fresh'));
        cloud.trendHangs = true;
        await pass(14000);
        const got = await read();
        if (got.trouble || !got.cards[0].fresh) return JSON.stringify(got);
        if (!got.cards[0].note.startsWith('Trend not renewed since 04:12:4')) return got.cards[0].note || 'it says nothing';
        await picture('trend not renewed');
    });
    await claim('should the script stand still, values go away by themselves', async () => {
        await begin(devicesOf('fresh'));
        await pass(1000);
        const seen = () => page.evaluate(() => ['.values', '.age', '.heard', '.sync', '#stopped'].map(s => getComputedStyle(document.querySelector(s)).opacity).join(' '));
        if (await seen() !== '1 1 1 1 0') return 'before: ' + await seen();
        await page.evaluate(() => { for (const a of document.getAnimations()) a.currentTime = 20001; });
        if (await seen() !== '0 0 0 0 1') return 'after: ' + await seen();
        await picture('stopped');
        await pass(1000);
        if (await seen() !== '1 1 1 1 0') return 'and again: ' + await seen();
    });
    await claim('a device that is no longer in the list is no longer on the page', async () => {
        await begin(devicesOf('fresh', 'old'));
        cloud.devices.pop();
        await pass(6000);
        const { cards } = await read();
        if (cards.length !== 1) return cards.length + ' cards';
    });
    await claim('with no device there is a word and no chart to choose', async () => {
        await begin([]);
        if (await page.isVisible('#span') || !await page.isVisible('#none')) return await page.textContent('main');
        await picture('no devices');
    });
    await claim('a session that has ended leaves no value on the page', async () => {
        await begin(devicesOf('fresh'));
        cloud.status = 401;
        await pass(6000);
        if (await page.isVisible('article') || !(await page.textContent('#sign-in-error')).startsWith('Your session has ended')) return 'it is still there';
        await picture('session ended');
    });
} finally {
    await browser.close();
}
end();
