// SPDX-License-Identifier: Apache-2.0
// The clinician page in headless Chromium: start, sign in, close. Shared by picture and walk.
import { chromium } from 'playwright-core';

const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync'];

export async function open(width = 1280, height = 800) {
    const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: flags });
    // The demo's certificate is its own: its chain is checked by the TLS tests, not by the browser.
    const context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: { width, height } });
    const page = await context.newPage();
    const trouble = [];
    page.on('console', m => { if (m.type() === 'error') trouble.push(m.text()); });
    page.on('pageerror', e => trouble.push(String(e)));
    return { browser, context, page, trouble };
}

export async function signIn(page, url, user, password) {
    await page.goto(url, { waitUntil: 'load' });
    await page.fill('input[name="name"]', user);
    await page.fill('input[name="password"]', password);
    await page.click('button[type="submit"]');
    await page.waitForSelector('[data-device]', { timeout: 10000 });
}
