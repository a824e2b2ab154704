// SPDX-License-Identifier: Apache-2.0
// node hpke.mjs: each line of hpke_say opened and exported by @hpke/core, an implementation that is not ours.
import { createInterface } from 'node:readline';
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core';

const bytes = hex => Uint8Array.from(hex.match(/../g) ?? [], h => parseInt(h, 16));
const hex = buffer => [...new Uint8Array(buffer)].map(b => b.toString(16).padStart(2, '0')).join('');
const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
let n = 0, differ = 0;
for await (const line of createInterface({ input: process.stdin })) {
    const v = JSON.parse(line);
    n++;
    try {
        const key = await suite.kem.importKey('raw', bytes(v.self), false);
        const r = await suite.createRecipientContext({
            recipientKey: key, enc: bytes(v.enc), info: bytes(v.info), psk: { id: bytes(v.id), key: bytes(v.psk) } });
        const plain = await r.open(bytes(v.sealed), bytes(v.aad));
        const exported = await r.export(bytes(v.context), 32);
        if (hex(plain) !== v.plain || hex(exported) !== v.exported) throw new Error('other bytes');
    } catch (e) {
        differ++;
        console.log('line ' + n + ': ' + e.message);
    }
}
console.log(n + ' messages, ' + differ + ' judged differently');
process.exit(n === 0 || differ ? 1 : 0);
