// SPDX-License-Identifier: Apache-2.0
// Claims in TAP: a claim returns what is wrong, or nothing.
let n = 0, bad = 0;

export async function claim(sentence, test) {
    n++;
    try {
        const wrong = await test();
        if (wrong) throw new Error(wrong);
        console.log('ok ' + n + ' - ' + sentence);
    } catch (e) {
        bad++;
        console.log('# ' + String(e.message).split('\n')[0] + '\nnot ok ' + n + ' - ' + sentence);
    }
}

export function end() {
    console.log('1..' + n);
    process.exit(bad ? 1 : 0);
}
