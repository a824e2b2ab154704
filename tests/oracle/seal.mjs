// SPDX-License-Identifier: Apache-2.0
// node seal.mjs: writes wire/vectors/seal.txt. Nothing of ours is in it: HPKE is @hpke/core, CBOR is
// cbor2, AES-GCM, HMAC and SHA-256 are Node's. script/oracle compares what comes out with the file.
import { createHash, createHmac, webcrypto } from 'node:crypto';
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core';
import { cdeEncodeOptions, encode, Tag } from 'cbor2';

const hex = b => Buffer.from(b).toString('hex');
const text = s => new TextEncoder().encode(s);
const join = (...parts) => new Uint8Array(Buffer.concat(parts.map(p => Buffer.from(p))));
const sha256 = b => new Uint8Array(createHash('sha256').update(b).digest());
const hmac = (key, b) => new Uint8Array(createHmac('sha256', key).update(b).digest());
const cbor = v => encode(v, cdeEncodeOptions);
// Fixed inputs: the digest of a name, so that no two are alike.
const fixed = (name, n = 32) => sha256(text('holdfast seal vector: ' + name)).slice(0, n);

const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
const pair = async priv => {
    const pkcs8 = join(Buffer.from('302e020100300506032b656e04220420', 'hex'), priv);
    const key = await webcrypto.subtle.importKey('pkcs8', pkcs8, 'X25519', true, ['deriveBits']);
    const x = (await webcrypto.subtle.exportKey('jwk', key)).x;
    const pub = new Uint8Array(Buffer.from(x, 'base64url'));
    return {
        priv, pub,
        keys: {
            privateKey: await suite.kem.importKey('raw', priv, false),
            publicKey: await suite.kem.importKey('raw', pub, true),
        },
    };
};
const sender = async (to, info, psk, id, eph) => suite.createSenderContext({
    recipientPublicKey: to.keys.publicKey, info: text(info), psk: { id, key: psk }, ekm: eph.keys });
const exported = async (context, what) => new Uint8Array(await context.export(what, 32));

const seal = async (kind, kid, iv, epoch, key, plain) => {
    const head = new Map([[1, 3], [4, kid], [5, iv]]);
    if (epoch) head.set(-65537, epoch);
    const protected_ = cbor(head);
    const aad = cbor(['Encrypt0', protected_, cbor(['holdfast/1', kind])]);
    const k = await webcrypto.subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt']);
    const sealed = new Uint8Array(await webcrypto.subtle.encrypt(
        { name: 'AES-GCM', iv, additionalData: aad }, k, plain));
    return cbor(new Tag(16, [protected_, new Map(), sealed]));
};

const kid = join(fixed('device', 16), [0, 0, 0, 1]);
kid[6] = (kid[6] & 0x0f) | 0x40; // UUIDv4
kid[8] = (kid[8] & 0x3f) | 0x80;
const S = await pair(fixed('S'));
const secret = fixed('secret');
const T = join([4], fixed('T x'), fixed('T y'));
const cert = text('stands for a certificate, which neither end reads here');

const E = await pair(fixed('E'));
const enrol = await sender(S, 'holdfast/1 enrol', secret, kid, E);
const head = join([1], kid, E.pub, T);
const m1 = join(head, new Uint8Array(await enrol.seal(new Uint8Array(0), head)));
const [up, down, ok] = await Promise.all(
    ['up', 'down', 'ok'].map(what => exported(enrol, join(text(what), sha256(head)))));
const m2 = join(hmac(ok, join(sha256(m1), cert)), cert);

const P = await pair(fixed('epoch'));
const epoch = await sender(S, 'holdfast/1 epoch', up, kid, P);
const kEpoch = await exported(epoch, text('batch'));
const count = n => Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, n]);
const plain = text('what a batch says'), reply = text('what an answer says');
const ivDown = fixed('iv down', 12);

const lines = {
    kid, S: S.priv, S_public: S.pub, secret, T, cert,
    enrol_ephemeral: E.priv, M1: m1, K_up: up, K_down: down, K_ok: ok, M2: m2,
    epoch_ephemeral: P.priv, epoch: P.pub, K_epoch: kEpoch, plain,
    batch_1: await seal('batch', kid, count(1), P.pub, kEpoch, plain),
    batch_2: await seal('batch', kid, count(2), P.pub, kEpoch, plain),
    iv_down: ivDown, reply, answer: await seal('answer', kid, ivDown, null, down, reply),
};
console.log('# SPDX-License-Identifier: Apache-2.0');
console.log('# Enrolment, epoch and envelopes of protocol.md under fixed entropy. `name hex`. Made by');
console.log('# tests/oracle/seal.mjs from @hpke/core, cbor2 and Node: no byte here comes from our own code.');
for (const [name, value] of Object.entries(lines)) console.log(name + ' ' + hex(value));
