// SPDX-License-Identifier: Apache-2.0
// node walk.mjs URL NAME PASSWORD ROUTES_JSON DEVICE_ID: the page as a person and an attacker meet it; TAP on stdout.
import { open } from './page.mjs';
import { claim, end } from './tap.mjs';

const [, , url, name, password, routesText, device] = process.argv;
const routes = routesText.trim().split('\n').map(l => JSON.parse(l)).filter(r => r.role === 'view');
const { browser, context, page, trouble } = await open();
const call = (path, options = {}) => context.request.fetch(url + path, { failOnStatusCode: false, ...options });
const post = (path, headers, data = '') => call(path, { method: 'POST', headers, data });
const ours = { 'X-Holdfast': '1', Origin: url, 'Content-Type': 'application/x-www-form-urlencoded' };
const wanted = ['content-security-policy', 'x-content-type-options', 'referrer-policy', 'cache-control', 'strict-transport-security'];

try {
    await claim('without a session every data route answers 401 and says nothing', async () => {
        for (const r of routes.filter(x => x.path.startsWith('/api/') && x.path !== '/api/sign-in')) {
            const a = await call(r.path, { method: r.method, headers: ours });
            if (a.status() !== 401) return r.path + ' answered ' + a.status();
            if ((await a.text()).includes('readings')) return r.path + ' said data';
        }
    });
    await claim('every answer carries the strict header fields and names no software', async () => {
        for (const path of [...routes.map(r => r.path), '/nothing']) {
            const h = (await call(path)).headers();
            for (const w of wanted) if (!h[w]) return path + ' lacks ' + w;
            if (h.server) return path + ' says ' + h.server;
            if (!h['content-security-policy'].startsWith("default-src 'none'")) return path + ': ' + h['content-security-policy'];
        }
    });
    await claim('a request that our page did not make is refused', async () => {
        const form = 'name=' + name + '&password=' + password;
        for (const headers of [{}, { 'X-Holdfast': '1' }, { Origin: url }, { 'X-Holdfast': '2', Origin: url }, { ...ours, Origin: 'https://evil.example' }, { ...ours, Origin: 'null' }]) {
            const a = await post('/api/sign-in', headers, form);
            if (a.status() !== 403) return JSON.stringify(headers) + ' answered ' + a.status();
        }
    });
    await claim('malformed sign-in forms, other methods and absent pages are refused', async () => {
        for (const form of ['', 'name=a', 'password=b&name=a', 'name=%00&password=b', 'x'.repeat(5000)]) {
            const s = (await post('/api/sign-in', ours, form)).status();
            if (s !== 400 && s !== 413) return JSON.stringify(form.slice(0, 20)) + ' answered ' + s;
        }
        const other = [['PUT', '/'], ['DELETE', '/api/devices'], ['GET', '/api/sign-in'], ['GET', '/../etc/passwd'], ['GET', '/app.js/x']];
        for (const [method, path] of other) {
            const s = (await call(path, { method })).status();
            if (s !== 404 && s !== 405) return method + ' ' + path + ' answered ' + s;
        }
    });
    await claim('a wrong password is told in words and signs nobody in', async () => {
        await page.goto(url, { waitUntil: 'load' });
        await page.fill('input[name="name"]', name);
        await page.fill('input[name="password"]', 'not ' + password);
        await page.click('button[type="submit"]');
        await page.waitForFunction(() => document.getElementById('sign-in-error').textContent.length > 0);
        const said = await page.textContent('#sign-in-error');
        if (!/wrong|Too many/.test(said)) return said;
        if ((await context.cookies()).length) return 'a cookie was set';
    });
    await claim('a person signs in with the keyboard alone and sees each device with the age of its value', async () => {
        await page.goto(url, { waitUntil: 'load' });
        await page.waitForSelector('#sign-in:not([hidden])');
        await page.keyboard.type(name);
        await page.keyboard.press('Tab');
        await page.keyboard.type(password);
        await page.keyboard.press('Enter');
        await page.waitForSelector('[data-device="' + device + '"]', { timeout: 15000 });
        const age = await page.textContent('[data-device="' + device + '"] .age');
        if (!/ago|No reading/.test(age)) return age;
        const notice = await page.textContent('#notice');
        if (!notice.includes('The device is the alarm')) return notice;
    });
    await claim('of a device whose keys are files the page says so', async () => {
        const facts = await page.textContent('[data-device="' + device + '"] .facts');
        if (!facts.includes('keys in software')) return facts;
    });
    await claim('the session cookie cannot be read by scripts, sent elsewhere or over plain HTTP', async () => {
        const c = (await context.cookies())[0];
        if (c.name !== '__Host-session' || !c.httpOnly || !c.secure || c.sameSite !== 'Strict' || c.path !== '/')
            return JSON.stringify(c);
        if (await page.evaluate(() => document.cookie) !== '') return 'a script reads it';
    });
    await claim('with a session, parameters outside their ranges are refused', async () => {
        const cookie = (await context.cookies())[0];
        const h = { Cookie: cookie.name + '=' + cookie.value };
        const bads = ['', '?device=x&from=0&to=1&points=1', '?device=' + device + '&from=2&to=1&points=1', '?device=' + device + '&from=0&to=9999999999999&points=1',
            '?device=' + device + '&from=0&to=1&points=0', '?device=' + device + '&from=0&to=1&points=601', '?device=' + device.toUpperCase() + 'X&from=0&to=1&points=1',
            "?device=' OR 1=1 --&from=0&to=1&points=1", '?device=' + device + '&from=0&to=1&points=1%00', '?device=' + device + '&from=0&to=1%00&points=1',
            '?device=' + device + '&from=0&to=1&points=1&points=1'];
        for (const q of bads) {
            const s = (await call('/api/trend' + q, { headers: h })).status();
            if (s !== 400) return q + ' answered ' + s;
        }
    });
    await claim('an inline script does not run', async () => {
        const ran = await page.evaluate(() => {
            const s = document.createElement('script');
            s.textContent = 'window.ran = true';
            document.body.append(s);
            return window.ran === true;
        });
        if (ran) return 'it ran';
        trouble.length = 0; // that refusal is in the console, and wanted
    });
    await claim('at 390 pixels nothing is cut off sideways', async () => {
        await page.setViewportSize({ width: 390, height: 844 });
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        if (wide > 390) return wide + ' pixels wide';
        if (process.env.PICTURE_390) await page.screenshot({ path: process.env.PICTURE_390, fullPage: true });
        await page.setViewportSize({ width: 1280, height: 800 });
    });
    await claim('signing out ends the session in the store, not only in the browser', async () => {
        const cookie = (await context.cookies())[0];
        await page.click('#sign-out');
        await page.waitForSelector('#sign-in:not([hidden])');
        const a = await call('/api/devices', { headers: { Cookie: cookie.name + '=' + cookie.value } });
        if (a.status() !== 401) return 'the old session answered ' + a.status();
    });
    await claim('the console stayed silent: no error, no refused content', async () => {
        const real = trouble.filter(t => !/status of (401|403|400|404|405|413|429)/.test(t));
        if (real.length) return real[0];
    });
} finally {
    await browser.close();
}
end();
