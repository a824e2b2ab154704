/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/keys/evidence.h"

#include <string.h>

static enum status keys_of_tpm(const struct enrol_tpm *e,
    const uint8_t tls_public[P256_PUBLIC_LEN], struct attested *out, const char **why)
{
    const struct attest_evidence certification = {e->said, e->signature};

    TRY(attest_key_read(e->attestation_key, &out->key, why));
    TRY(attest_certified(&out->key, e->tls_key, &certification, out->tls_point, why));
    if (memcmp(out->tls_point, tls_public, sizeof out->tls_point) == 0)
        return OK;
    *why = "other";
    return REFUSED;
}

enum status evidence_judge(const struct enrol_tpm *e,
    const uint8_t tls_public[P256_PUBLIC_LEN], const struct makers *makers,
    int64_t now_utc_s, struct attested *out, EVP_PKEY **endorsement, const char **why)
{
    struct attested got = {.tls_point = {0}};
    EVP_PKEY *key = NULL;

    enum status s = maker_check(e->certificate, e->between, e->between_count,
        makers->der, makers->count, now_utc_s, &key, why);
    if (s == OK)
        s = keys_of_tpm(e, tls_public, &got, why);
    if (s != OK) {
        EVP_PKEY_free(key);
        return s == MALFORMED ? REFUSED : s;
    }
    *out = got;
    *endorsement = key;
    return OK;
}
