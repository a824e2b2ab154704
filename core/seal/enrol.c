/* SPDX-License-Identifier: Apache-2.0 */
#include "core/seal/enrol.h"

#include "core/seal/kid.h"

#include <string.h>

static const uint8_t enrol_info[] = "holdfast/1 enrol",
                     renew_info[] = "holdfast/1 renew";

static struct bytes info(void)
{
    return (struct bytes){enrol_info, sizeof enrol_info - 1};
}

/* K = Export(label || SHA-256(head), 32) */
static enum status export_one(const struct crypto *crypto, const struct hpke *h,
    const char *label, const struct digest *head, struct key *out)
{
    uint8_t context[8 + sizeof head->b];
    size_t n = strlen(label);

    memcpy(context, label, n);
    memcpy(context + n, head->b, sizeof head->b);
    return hpke_export(
        crypto, h, (struct bytes){context, n + sizeof head->b}, ROOM_OF(out->b));
}

static enum status export_keys(const struct crypto *crypto, const struct hpke *h,
    struct bytes head, struct device_keys *out)
{
    struct digest d;
    struct device_keys got = {0};

    enum status s = crypto->sha256(crypto->board, head, &d);
    if (s == OK)
        s = export_one(crypto, h, "up", &d, &got.up);
    if (s == OK)
        s = export_one(crypto, h, "down", &d, &got.down);
    if (s == OK)
        s = export_one(crypto, h, "ok", &d, &got.ok);
    if (s == OK)
        *out = got;
    wipe(&got, sizeof got);
    return s;
}

enum status enrol_begin(const struct crypto *crypto, const struct entropy *entropy,
    const struct x25519_public *cloud, const struct kid *kid, const struct key *secret,
    const uint8_t tls_public[P256_PUBLIC_LEN], uint8_t m1[ENROL_M1_LEN],
    struct device_keys *keys)
{
    struct x25519_private eph;
    struct hpke h = {.aead = HPKE_AES_256_GCM};
    struct enrol_head head = {.kid = *kid};
    uint8_t id[KID_LEN], out[ENROL_M1_LEN];
    struct bytes head_bytes = {out, ENROL_HEAD_LEN};

    kid_bytes(kid, id);
    memcpy(head.tls_public, tls_public, P256_PUBLIC_LEN);
    enum status s = entropy->fill(entropy->board, ROOM_OF(eph.b));
    if (s == OK)
        s = hpke_sender(crypto, HPKE_AES_256_GCM, cloud, info(),
            (struct hpke_psk){BYTES_OF(secret->b), BYTES_OF(id)}, &eph, &head.e, &h);
    if (s == OK) {
        enrol_head_build(&head, out);
        s = hpke_seal(crypto, &h, head_bytes, (struct bytes){0},
            (struct room){out + ENROL_HEAD_LEN, TAG_LEN});
    }
    if (s == OK)
        s = export_keys(crypto, &h, head_bytes, keys);
    if (s == OK)
        memcpy(m1, out, sizeof out);
    wipe(&eph, sizeof eph);
    wipe(&h, sizeof h);
    return s;
}

enum status renew_secret(const struct crypto *crypto, const struct key *k_up,
    const struct kid *next, struct key *secret)
{
    uint8_t in[sizeof renew_info - 1 + KID_LEN];
    struct digest mac;

    memcpy(in, renew_info, sizeof renew_info - 1);
    kid_bytes(next, in + sizeof renew_info - 1);
    enum status s = crypto->hmac(crypto->board, BYTES_OF(k_up->b), BYTES_OF(in), &mac);
    if (s == OK)
        memcpy(secret->b, mac.b, sizeof secret->b);
    wipe(&mac, sizeof mac);
    return s;
}

enum status enrol_open(const struct crypto *crypto, const struct x25519_private *self,
    const struct kid *kid, const struct key *secret, struct bytes m1,
    uint8_t tls_public[P256_PUBLIC_LEN], struct device_keys *keys)
{
    struct enrol_head head;
    struct hpke h = {.aead = HPKE_AES_256_GCM};
    uint8_t tag[TAG_LEN], id[KID_LEN], nothing[1];

    TRY(enrol_m1_parse(m1, &head, tag));
    if (!kid_equal(&head.kid, kid))
        return REFUSED;
    kid_bytes(kid, id);
    struct bytes head_bytes = {m1.at, ENROL_HEAD_LEN};
    enum status s = hpke_receiver(crypto, HPKE_AES_256_GCM, self, &head.e, info(),
        (struct hpke_psk){BYTES_OF(secret->b), BYTES_OF(id)}, &h);
    if (s == OK)
        s = hpke_open(crypto, &h, head_bytes, BYTES_OF(tag), (struct room){nothing, 0});
    if (s == OK)
        s = export_keys(crypto, &h, head_bytes, keys);
    if (s == OK)
        memcpy(tls_public, head.tls_public, P256_PUBLIC_LEN);
    wipe(&h, sizeof h);
    return s;
}

enum status enrol_confirm(const struct crypto *crypto, const struct key *ok,
    struct bytes m1, struct bytes cert_der, struct digest *mac)
{
    uint8_t in[sizeof(struct digest) + LIMIT_CERT];
    struct digest d;

    if (cert_der.len == 0 || cert_der.len > LIMIT_CERT)
        return REFUSED;
    TRY(crypto->sha256(crypto->board, m1, &d));
    memcpy(in, d.b, sizeof d.b);
    memcpy(in + sizeof d.b, cert_der.at, cert_der.len);
    return crypto->hmac(crypto->board, BYTES_OF(ok->b),
        (struct bytes){in, sizeof d.b + cert_der.len}, mac);
}

enum status enrol_check(const struct crypto *crypto, const struct key *ok,
    struct bytes m1, struct bytes m2, struct bytes *cert_der)
{
    struct digest said, want;
    struct bytes cert;

    TRY(enrol_m2_parse(m2, &said, &cert));
    TRY(enrol_confirm(crypto, ok, m1, cert, &want));
    if (!ct_equal(said.b, want.b, sizeof want.b))
        return REFUSED;
    *cert_der = cert;
    return OK;
}
