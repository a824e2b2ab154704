// SPDX-License-Identifier: Apache-2.0
// node release.mjs: writes wire/vectors/release.txt. Nothing of ours is in it: CBOR is cbor2, Ed25519 is
// Node's. script/oracle compares what comes out with the file; wire and host tests read the file.
import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { cdeEncodeOptions, encode, Tag } from 'cbor2';

const hex = b => Buffer.from(b).toString('hex');
const cbor = v => encode(v, cdeEncodeOptions);
const fixed = (name, n = 32) =>
    new Uint8Array(createHash('sha256').update('holdfast release vector: ' + name).digest()).slice(0, n);

const secret = fixed('key');
const key = createPrivateKey({
    key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), secret]), format: 'der', type: 'pkcs8' });
const pub = new Uint8Array(Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x, 'base64url'));

const build = fixed('build', 16);
const bundle = fixed('bundle');
const parts = [fixed('root'), fixed('boot')];
const product = 'holdfast-oximeter';
const payload = cbor(new Map([[1, 1], [2, product], [3, [1, 4, 2]], [4, 7], [5, build], [6, 5242880], [7, bundle],
    [8, [[4194304, parts[0]], [1000000, parts[1]]]]]));
const head = cbor(new Map([[1, -8]]));
const toSign = cbor(['Signature1', head, cbor(['holdfast/1', 'release']), payload]);
const signature = new Uint8Array(sign(null, toSign, key));
const release = cbor(new Tag(18, [head, new Map(), payload, signature]));

console.log('# SPDX-License-Identifier: Apache-2.0');
console.log('# A release statement under a fixed key: `name hex`. Made by tests/oracle/release.mjs');
console.log('# from cbor2 and Node: no byte here comes from our own code.');
console.log('public ' + hex(pub));
console.log('build ' + hex(build));
console.log('bundle ' + hex(bundle));
console.log('root ' + hex(parts[0]));
console.log('boot ' + hex(parts[1]));
console.log('to_sign ' + hex(toSign));
console.log('signature ' + hex(signature));
console.log('release ' + hex(release));
