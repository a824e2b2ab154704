/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/keys/keys.h"

#include "cloud/attest/credential.h"
#include "cloud/keys/activation.h"
#include "cloud/keys/cert_build.h"
#include "core/base/reader.h"
#include "core/base/writer.h"
#include "core/seal/kid.h"

#include <assert.h>
#include <string.h>

enum {
    INVITE_LEN = 8 + 32,  /* expiry, secret */
    MASTER_LEN = 32 + 32, /* K_up, K_down */
    ATTESTED_LEN = TPM_SAID_NAME + 2 * TPM_SAID_POINT,
    BUCKET_BURST = 256, /* keys that one device may cause at once ... */
    BUCKET_PER_S = 20,  /* ... and for ever */
    BUCKET_MILLI = 1000,
};

static_assert((int)CREDENTIAL_BLOB == (int)ATTEST_BLOB_LEN
        && (int)CREDENTIAL_SEED == (int)ATTEST_SEED_LEN
        && (int)TPM_SAID_NAME == (int)ATTEST_NAME_LEN
        && (int)TPM_SAID_POINT == (int)P256_PUBLIC_LEN
        && (int)ENROL_CREDENTIAL_LEN <= (int)ENROL_M2_MAX,
    "the wire carries what cloud/attest makes and reads");

/* A tombstone is the device's, whatever its generation. */
static struct kid grave_of(const struct device_id *device)
{
    return (struct kid){.device = *device, .generation = 0};
}

static bool dead(const struct keys *k, const struct device_id *device)
{
    struct kid grave = grave_of(device);
    return vault_has(&k->vault, VAULT_TOMBSTONE, &grave);
}

static void forget_invite(struct keys *k, const struct kid *kid)
{
    for (size_t i = 0; i < k->invite_count; i++)
        if (kid_equal(&k->invites[i].kid, kid)) {
            k->invites[i] = k->invites[--k->invite_count];
            return;
        }
}

static enum status get_invite(
    const struct keys *k, const struct kid *kid, uint64_t *expires, struct key *secret)
{
    uint8_t plain[INVITE_LEN];
    size_t len = 0;

    TRY(vault_get(&k->vault, VAULT_INVITE, kid, ROOM_OF(plain), &len));
    struct reader r = reader_over((struct bytes){plain, len});
    *expires = take_u64(&r);
    struct bytes got = take(&r, sizeof secret->b);
    bool whole = reader_done(&r);
    if (whole)
        memcpy(secret->b, got.at, sizeof secret->b);
    wipe(plain, sizeof plain);
    return whole ? OK : DAMAGED;
}

static enum status load_invites(struct keys *k)
{
    struct kid kids[KEYS_INVITES];
    size_t count = 0;

    TRY(vault_list(&k->vault, VAULT_INVITE, kids, KEYS_INVITES, &count));
    for (size_t i = 0; i < count; i++) {
        struct key secret;
        uint64_t expires = 0;
        enum status s = get_invite(k, &kids[i], &expires, &secret);
        wipe(&secret, sizeof secret);
        if (s != OK)
            return s;
        k->invites[k->invite_count].kid = kids[i];
        k->invites[k->invite_count].expires_utc_s = expires;
        k->invites[k->invite_count++].answered =
            vault_has(&k->vault, VAULT_PENDING, &kids[i]);
    }
    return OK;
}

enum status keys_init(struct keys *k, const char *folder, const struct crypto *crypto,
    const struct entropy *entropy, const struct keys_secrets *secrets,
    const struct keys_policy *policy, EVP_PKEY *ca_key, X509 *ca)
{
    memset(k, 0, sizeof *k);
    k->ca_key = ca_key;
    k->ca = ca;
    k->secrets = secrets;
    k->policy = *policy;
    k->crypto = crypto;
    k->entropy = entropy;
    TRY(crypto->x25519_public(crypto->board, &secrets->s, &k->s_public));
    TRY(vault_open(&k->vault, folder, crypto, entropy, &secrets->kek));
    return load_invites(k);
}

void keys_end(struct keys *k)
{
    EVP_PKEY_free(k->ca_key);
    X509_free(k->ca);
    memset(k, 0, sizeof *k);
}

enum status keys_invite(
    struct keys *k, const struct door_invite *ask, struct door_invited *out)
{
    uint8_t plain[INVITE_LEN];
    struct key secret;

    if (k->invite_count == KEYS_INVITES)
        return FULL;
    if (dead(k, &ask->kid.device) || vault_has(&k->vault, VAULT_MASTER, &ask->kid)
        || vault_has(&k->vault, VAULT_INVITE, &ask->kid))
        return REFUSED;
    TRY(k->entropy->fill(k->entropy->board, ROOM_OF(secret.b)));
    struct writer w = writer_over(ROOM_OF(plain));
    put_u64(&w, ask->expires_utc_s);
    put(&w, BYTES_OF(secret.b));
    enum status s = vault_put(&k->vault, VAULT_INVITE, &ask->kid, written(&w));
    if (s == OK) {
        k->invites[k->invite_count].kid = ask->kid;
        k->invites[k->invite_count].expires_utc_s = ask->expires_utc_s;
        k->invites[k->invite_count++].answered = false;
        *out = (struct door_invited){.ok = true, .secret = secret, .s = k->s_public};
    }
    wipe(plain, sizeof plain);
    wipe(&secret, sizeof secret);
    return s;
}

bool keys_enrol_open(const struct keys *k, uint64_t now_utc_s)
{
    for (size_t i = 0; i < k->invite_count; i++)
        if (k->invites[i].answered || k->invites[i].expires_utc_s > now_utc_s)
            return true;
    return false;
}

/* The answer that was given before, if this is the very same M1. AGAIN: none was given. */
static enum status same_answer(const struct keys *k, const struct kid *kid,
    const struct digest *m1, struct room m2, size_t *len)
{
    uint8_t kept[sizeof m1->b + ENROL_M2_MAX];
    size_t n = 0;

    TRY(vault_get(&k->vault, VAULT_PENDING, kid, ROOM_OF(kept), &n));
    if (n <= sizeof m1->b || n - sizeof m1->b > m2.cap)
        return DAMAGED;
    if (!ct_equal(kept, m1->b, sizeof m1->b))
        return REFUSED;
    *len = n - sizeof m1->b;
    memcpy(m2.at, kept + sizeof m1->b, *len);
    return OK;
}

static enum status keep(const struct keys *k, const struct kid *kid,
    const struct device_keys *made, const struct digest *m1, struct bytes m2)
{
    uint8_t master[MASTER_LEN], kept[sizeof m1->b + ENROL_M2_MAX];

    memcpy(master, made->up.b, 32);
    memcpy(master + 32, made->down.b, 32);
    enum status s = vault_put(&k->vault, VAULT_MASTER, kid, BYTES_OF(master));
    wipe(master, sizeof master);
    if (s != OK)
        return s;
    memcpy(kept, m1->b, sizeof m1->b);
    memcpy(kept + sizeof m1->b, m2.at, m2.len);
    return vault_put(
        &k->vault, VAULT_PENDING, kid, (struct bytes){kept, sizeof m1->b + m2.len});
}

/* M1's tag was opened: build the certificate and the answer. */
static enum status answer(const struct keys *k, const struct kid *kid,
    const uint8_t point[P256_PUBLIC_LEN], const struct device_keys *made,
    struct bytes m1, struct room m2, size_t *len)
{
    struct digest mac, m1_digest;
    uint8_t der[LIMIT_CERT];
    size_t der_len = 0;

    TRY(cert_device(k->ca_key, k->ca, &kid->device, point, ROOM_OF(der), &der_len));
    TRY(enrol_confirm(k->crypto, &made->ok, m1, (struct bytes){der, der_len}, &mac));
    TRY(k->crypto->sha256(k->crypto->board, m1, &m1_digest));
    struct writer w = writer_over(m2);
    put(&w, BYTES_OF(mac.b));
    put(&w, (struct bytes){der, der_len});
    assert(writer_done(&w));
    TRY(keep(k, kid, made, &m1_digest, written(&w)));
    *len = w.len;
    return OK;
}

static enum status attested_put(
    const struct keys *k, const struct kid *kid, const struct attested *a)
{
    uint8_t plain[ATTESTED_LEN];
    struct writer w = writer_over(ROOM_OF(plain));

    put(&w, BYTES_OF(a->key.name.b));
    put(&w, BYTES_OF(a->key.point));
    put(&w, BYTES_OF(a->tls_point));
    assert(writer_done(&w) && w.len == sizeof plain);
    return vault_put(&k->vault, VAULT_ATTESTED, kid, written(&w));
}

/* AGAIN: none; it was enrolled without a TPM, or before this was asked for. */
static enum status attested_get(
    const struct keys *k, const struct kid *kid, struct attested *out)
{
    uint8_t plain[ATTESTED_LEN];
    size_t len = 0;

    TRY(vault_get(&k->vault, VAULT_ATTESTED, kid, ROOM_OF(plain), &len));
    if (len != sizeof plain)
        return DAMAGED;
    struct reader r = reader_over(BYTES_OF(plain));
    memcpy(out->key.name.b, take(&r, TPM_SAID_NAME).at, TPM_SAID_NAME);
    memcpy(out->key.point, take(&r, TPM_SAID_POINT).at, TPM_SAID_POINT);
    memcpy(out->tls_point, take(&r, TPM_SAID_POINT).at, TPM_SAID_POINT);
    return OK;
}

/* The invitation of this kid opens M1: its keys and its TLS key. */
static enum status open_invited(struct keys *k, uint64_t now_utc_s,
    const struct kid *kid, struct bytes m1, uint8_t point[P256_PUBLIC_LEN],
    struct device_keys *made)
{
    struct key secret;
    uint64_t expires = 0;

    enum status s = get_invite(k, kid, &expires, &secret);
    if (s == OK && expires <= now_utc_s)
        s = REFUSED;
    if (s == OK)
        s = enrol_open(k->crypto, &k->secrets->s, kid, &secret, m1, point, made);
    wipe(&secret, sizeof secret);
    return s;
}

static void note_answered(struct keys *k, const struct kid *kid)
{
    for (size_t i = 0; i < k->invite_count; i++)
        if (kid_equal(&k->invites[i].kid, kid))
            k->invites[i].answered = true;
}

/* attested: what its TPM has proved; NULL: nothing. It is written first: a device is never taken in and less than it was. */
static enum status take_in(struct keys *k, const struct kid *kid,
    const uint8_t point[P256_PUBLIC_LEN], const struct device_keys *made,
    const struct attested *attested, struct bytes m1, struct room m2, size_t *len)
{
    TRY(attested ? attested_put(k, kid, attested)
                 : vault_remove(&k->vault, VAULT_ATTESTED, kid));
    TRY(answer(k, kid, point, made, m1, m2, len));
    note_answered(k, kid);
    return OK;
}

/* A device that shows no TPM. */
static enum status first_answer(struct keys *k, uint64_t now_utc_s,
    const struct kid *kid, struct bytes m1, struct room m2, size_t *len,
    struct kid *who, const char **why)
{
    struct device_keys made;
    uint8_t point[P256_PUBLIC_LEN];
    enum status s = REFUSED;

    TRY(open_invited(k, now_utc_s, kid, m1, point, &made));
    *who = *kid;
    if (k->policy.require_tpm)
        *why = "unknown";
    else
        s = take_in(k, kid, point, &made, NULL, m1, m2, len);
    wipe(&made, sizeof made);
    return s;
}

/* ---- a device with a TPM ---- */

enum proven {
    PROVEN,     /* *attested is true of this device */
    CHALLENGED, /* out is E2 */
    NOTHING,    /* and the policy does not ask for it */
};

static enum status challenge(EVP_PKEY *endorsement, const struct attested *attested,
    const struct key *secret, struct room out, size_t *len)
{
    struct credential made;
    struct enrol_credential e2;

    TRY(credential_make(endorsement, &attested->key.name, secret, &made));
    memcpy(e2.blob, made.blob, sizeof e2.blob);
    memcpy(e2.seed, made.seed, sizeof e2.seed);
    assert(out.cap >= ENROL_CREDENTIAL_LEN);
    enrol_credential_build(&e2, out.at);
    *len = ENROL_CREDENTIAL_LEN;
    return OK;
}

/* Req: HF-TPM-010 "opened a secret that only the TPM of the endorsement certificate opens" */
static enum status activate(struct keys *k, const struct enrol_tpm *e,
    EVP_PKEY *endorsement, const struct attested *attested, struct room out,
    size_t *len, enum proven *proven, const char **why)
{
    struct enrol_tpm first = *e;
    struct key secret;
    size_t said = 0;

    first.proven = false;
    enum status s = enrol_tpm_build(&first, ROOM_OF(k->scratch), &said);
    if (s == OK)
        s = activation_secret(k->crypto, &k->secrets->activation,
            (struct bytes){k->scratch, said}, &secret);
    if (s == OK && !e->proven) {
        *proven = CHALLENGED;
        s = challenge(endorsement, attested, &secret, out, len);
        *why = s == REFUSED ? "key" : NULL;
    } else if (s == OK) {
        *proven = PROVEN;
        *why = activation_opened(&secret, &e->proof) ? NULL : "activation";
        s = *why == NULL ? OK : REFUSED;
    }
    wipe(&secret, sizeof secret);
    wipe(&first.proof, sizeof first.proof);
    return s;
}

/* M1 was opened: only who is invited has certificates read here. */
static enum status prove(struct keys *k, uint64_t now_utc_s, const struct enrol_tpm *e,
    const uint8_t point[P256_PUBLIC_LEN], struct attested *attested, struct room out,
    size_t *len, enum proven *proven, const char **why)
{
    EVP_PKEY *endorsement = NULL;

    *proven = NOTHING;
    if (k->policy.makers == NULL)
        return OK;
    enum status s = evidence_judge(
        e, point, k->policy.makers, (int64_t)now_utc_s, attested, &endorsement, why);
    if (s == OK)
        s = activate(k, e, endorsement, attested, out, len, proven, why);
    EVP_PKEY_free(endorsement);
    if (s != REFUSED || k->policy.require_tpm)
        return s;
    *proven = NOTHING;
    return OK;
}

static enum status first_answer_tpm(struct keys *k, uint64_t now_utc_s,
    const struct kid *kid, const struct enrol_tpm *e, struct room out, size_t *len,
    struct kid *who, const char **why)
{
    struct device_keys made;
    struct attested attested;
    uint8_t point[P256_PUBLIC_LEN];
    enum proven proven = NOTHING;

    TRY(open_invited(k, now_utc_s, kid, e->m1, point, &made));
    *who = *kid;
    enum status s = prove(k, now_utc_s, e, point, &attested, out, len, &proven, why);
    if (s == OK && proven != CHALLENGED)
        s = take_in(
            k, kid, point, &made, proven == PROVEN ? &attested : NULL, e->m1, out, len);
    wipe(&made, sizeof made);
    return s;
}

/* Two devices may share a bucket: then each gets less, never more. */
static bool within_rate(struct keys *k, uint64_t now_ms, const struct device_id *device)
{
    uint32_t at = ((uint32_t)device->b[0] << 8 | device->b[1]) % KEYS_BUCKETS;
    struct keys_bucket *b = &k->buckets[at];

    if (b->at_ms == 0)
        b->left_milli = BUCKET_BURST * BUCKET_MILLI;
    uint64_t gained = now_ms > b->at_ms ? (now_ms - b->at_ms) * BUCKET_PER_S : 0;
    uint64_t left = b->left_milli + gained;
    b->left_milli = left > BUCKET_BURST * BUCKET_MILLI ? BUCKET_BURST * BUCKET_MILLI
                                                       : (uint32_t)left;
    b->at_ms = now_ms ? now_ms : 1;
    if (b->left_milli < BUCKET_MILLI) {
        k->limited++;
        return false;
    }
    b->left_milli -= BUCKET_MILLI;
    return true;
}

/* Req: HF-KEYS-001 "A certificate is built only for an M1 whose tag opens under an invitation." */
enum status keys_enrol(struct keys *k, uint64_t now_utc_s, struct bytes in,
    struct room out, size_t *len, struct kid *who, const char **why)
{
    struct enrol_tpm e = {.m1 = in};
    struct enrol_head head;
    uint8_t tag[TAG_LEN];
    struct digest digest;
    bool tpm = enrol_tpm_parse(in, &e) == OK;

    *why = NULL;
    *who = (struct kid){.generation = 0};
    if (enrol_m1_parse(e.m1, &head, tag) != OK)
        return REFUSED;
    if (dead(k, &head.kid.device) || !vault_has(&k->vault, VAULT_INVITE, &head.kid))
        return REFUSED;
    TRY(k->crypto->sha256(k->crypto->board, e.m1, &digest));
    enum status s = tpm || !k->policy.require_tpm
        ? same_answer(k, &head.kid, &digest, out, len)
        : AGAIN; /* what was taken in before the policy was set is not any more */
    if (s == OK)
        *who = head.kid; /* it is the very M1 that opened then */
    else if (s == AGAIN)
        s = tpm ? first_answer_tpm(k, now_utc_s, &head.kid, &e, out, len, who, why)
                : first_answer(k, now_utc_s, &head.kid, in, out, len, who, why);
    wipe(&e.proof, sizeof e.proof);
    return s == OK || s == BROKEN || s == DAMAGED ? s : REFUSED;
}

static enum status master_of(
    struct keys *k, uint64_t now_ms, const struct kid *kid, uint8_t out[MASTER_LEN])
{
    size_t len = 0;
    if (dead(k, &kid->device) || !within_rate(k, now_ms, &kid->device))
        return REFUSED;
    enum status s =
        vault_get(&k->vault, VAULT_MASTER, kid, (struct room){out, MASTER_LEN}, &len);
    if (s == AGAIN)
        return REFUSED;
    return s == OK && len != MASTER_LEN ? DAMAGED : s;
}

/* What stands for the invitation: only who holds K_up of the generation before has it. */
static enum status secret_of_renewal(
    const struct keys *k, const struct kid *next, struct key *secret)
{
    struct kid before = {next->device, next->generation - 1};
    uint8_t master[MASTER_LEN];
    struct key up;
    size_t len = 0;

    enum status s = vault_get(&k->vault, VAULT_MASTER, &before, ROOM_OF(master), &len);
    if (s == OK && len == sizeof master) {
        memcpy(up.b, master, sizeof up.b);
        s = renew_secret(k->crypto, &up, next, secret);
        wipe(&up, sizeof up);
    }
    wipe(master, sizeof master);
    return s;
}

/* What was proved of the TPM holds for the next generation too, as long as its TLS key is the one in that TPM. */
static enum status carry_over(
    const struct keys *k, const struct kid *next, const uint8_t point[P256_PUBLIC_LEN])
{
    struct kid before = {next->device, next->generation - 1};
    struct attested attested;

    enum status s = attested_get(k, &before, &attested);
    if (s == AGAIN)
        return k->policy.require_tpm ? REFUSED : OK;
    if (s != OK)
        return s;
    if (memcmp(point, attested.tls_point, sizeof attested.tls_point) != 0)
        return REFUSED;
    return attested_put(k, next, &attested);
}

static enum status first_renewal(const struct keys *k, const struct kid *next,
    struct bytes m1, struct room m2, size_t *len)
{
    struct key secret;
    struct device_keys made;
    uint8_t point[P256_PUBLIC_LEN];

    TRY(secret_of_renewal(k, next, &secret));
    enum status s =
        enrol_open(k->crypto, &k->secrets->s, next, &secret, m1, point, &made);
    if (s == OK)
        s = carry_over(k, next, point);
    if (s == OK)
        s = answer(k, next, point, &made, m1, m2, len);
    wipe(&made, sizeof made);
    wipe(&secret, sizeof secret);
    return s;
}

/* Req: HF-KEYS-003 "New keys of a device are agreed only under the keys before them." */
enum status keys_renew(struct keys *k, uint64_t now_ms, struct bytes m1, struct room m2,
    size_t *len, struct kid *who)
{
    struct enrol_head head;
    uint8_t tag[TAG_LEN];
    struct digest digest;

    if (enrol_m1_parse(m1, &head, tag) != OK)
        return REFUSED;
    *who = head.kid;
    if (head.kid.generation < 2 || dead(k, &head.kid.device)
        || !within_rate(k, now_ms, &head.kid.device))
        return REFUSED;
    TRY(k->crypto->sha256(k->crypto->board, m1, &digest));
    enum status s = same_answer(k, &head.kid, &digest, m2, len);
    if (s == AGAIN)
        s = first_renewal(k, &head.kid, m1, m2, len);
    return s == OK || s == BROKEN || s == DAMAGED ? s : REFUSED;
}

enum status keys_epoch_key(
    struct keys *k, uint64_t now_ms, const struct door_epoch *ask, struct key *out)
{
    uint8_t master[MASTER_LEN];
    struct key up;

    enum status s = master_of(k, now_ms, &ask->kid, master);
    if (s == OK) {
        memcpy(up.b, master, sizeof up.b);
        s = epoch_key(k->crypto, &k->secrets->s, &ask->kid, &up, &ask->epoch, out);
        wipe(&up, sizeof up);
    }
    wipe(master, sizeof master);
    k->epoch_keys_given += s == OK;
    return s;
}

enum status keys_down_key(
    struct keys *k, uint64_t now_ms, const struct kid *kid, struct key *out)
{
    uint8_t master[MASTER_LEN];

    enum status s = master_of(k, now_ms, kid, master);
    if (s == OK)
        memcpy(out->b, master + 32, sizeof out->b);
    wipe(master, sizeof master);
    k->down_keys_given += s == OK;
    return s;
}

enum status keys_attest_key(
    struct keys *k, uint64_t now_ms, const struct kid *kid, struct door_attest_key *out)
{
    struct attested attested;

    if (dead(k, &kid->device) || !within_rate(k, now_ms, &kid->device))
        return REFUSED;
    *out = (struct door_attest_key){.found = false};
    enum status s = attested_get(k, kid, &attested);
    if (s != OK)
        return s == AGAIN ? OK : s;
    out->found = true;
    memcpy(out->name, attested.key.name.b, sizeof out->name);
    memcpy(out->point, attested.key.point, sizeof out->point);
    return OK;
}

enum status keys_tombstone(struct keys *k, const struct device_id *device)
{
    static const uint8_t dead_mark[] = "dead";
    struct kid grave = grave_of(device);

    if (!vault_has(&k->vault, VAULT_TOMBSTONE, &grave))
        TRY(vault_put(&k->vault, VAULT_TOMBSTONE, &grave, BYTES_OF(dead_mark)));
    for (size_t i = 0; i < k->invite_count;) {
        struct kid kid = k->invites[i].kid;
        if (memcmp(&kid.device, device, sizeof *device) == 0)
            TRY(keys_first_batch(k, &kid));
        else
            i++;
    }
    TRY(vault_remove_all(&k->vault, VAULT_PENDING, device));
    TRY(vault_remove_all(&k->vault, VAULT_ATTESTED, device));
    return vault_remove_all(&k->vault, VAULT_MASTER, device);
}

/* Those before go first: while the kept answer is there nobody can agree this generation anew. */
enum status keys_first_batch(struct keys *k, const struct kid *kid)
{
    struct kid before = *kid;

    while (--before.generation > 0 && vault_has(&k->vault, VAULT_MASTER, &before)) {
        TRY(vault_remove(&k->vault, VAULT_ATTESTED, &before));
        TRY(vault_remove(&k->vault, VAULT_MASTER, &before));
    }
    TRY(vault_remove(&k->vault, VAULT_INVITE, kid));
    TRY(vault_remove(&k->vault, VAULT_PENDING, kid));
    forget_invite(k, kid);
    return OK;
}
