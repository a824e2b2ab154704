// SPDX-License-Identifier: Apache-2.0
// node picture.mjs FILE.png: sign in at HOLDFAST_PAGE as HOLDFAST_USER and take a picture.
import { open, signIn } from './page.mjs';

const { browser, page } = await open();
try {
    await signIn(page, process.env.HOLDFAST_PAGE, process.env.HOLDFAST_USER, process.env.HOLDFAST_PASSWORD);
    await page.waitForSelector('[data-chart-ready]', { timeout: 10000 }).catch(() => {});
    await page.screenshot({ path: process.argv[2], fullPage: true });
} finally {
    await browser.close();
}
