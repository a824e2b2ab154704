// SPDX-License-Identifier: Apache-2.0
// node ticket.mjs: writes wire/vectors/ticket.txt. Nothing of ours is in it: CBOR is cbor2, Ed25519 is
// Node's. script/oracle compares what comes out with the file; wire and host tests read the file.
import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { cdeEncodeOptions, encode, Tag } from 'cbor2';

const hex = b => Buffer.from(b).toString('hex');
const cbor = v => encode(v, cdeEncodeOptions);
const fixed = (name, n = 32) =>
    new Uint8Array(createHash('sha256').update('holdfast ticket vector: ' + name).digest()).slice(0, n);

const secret = fixed('key');
const key = createPrivateKey({
    key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), secret]), format: 'der', type: 'pkcs8' });
const pub = new Uint8Array(Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x, 'base64url'));

const device = fixed('device', 16);
const serial = fixed('serial', 8);
const notBefore = 1795846800;
const notAfter = notBefore + 8 * 3600;
const holder = 'J. Engineer';
const payload = cbor(new Map([[1, 1], [2, device], [3, serial], [4, notBefore], [5, notAfter], [6, holder]]));
const head = cbor(new Map([[1, -8]]));
const toSign = cbor(['Signature1', head, cbor(['holdfast/1', 'ticket']), payload]);
const signature = new Uint8Array(sign(null, toSign, key));
const ticket = cbor(new Tag(18, [head, new Map(), payload, signature]));

console.log('# SPDX-License-Identifier: Apache-2.0');
console.log('# A service ticket under a fixed key: `name hex`, times in decimal. Made by');
console.log('# tests/oracle/ticket.mjs from cbor2 and Node: no byte here comes from our own code.');
console.log('public ' + hex(pub));
console.log('device ' + hex(device));
console.log('serial ' + hex(serial));
console.log('not_before ' + notBefore);
console.log('not_after ' + notAfter);
console.log('holder ' + hex(new TextEncoder().encode(holder)));
console.log('to_sign ' + hex(toSign));
console.log('signature ' + hex(signature));
console.log('ticket ' + hex(ticket));
