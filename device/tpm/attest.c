/* SPDX-License-Identifier: Apache-2.0 */
#include "device/tpm/attest.h"

#include "device/tpm/inside.h"

#include <assert.h>
#include <string.h>
#include <tss2/tss2_mu.h>

/* Where TCG's EK credential profile has them. */
static const TPM2_HANDLE endorsement_place = 0x81010001, certificate_place = 0x01c00002;

enum { READ_ONCE = 512 /* every TPM gives as much of NV at once */, HEAD = 4 };

/* --- as the TPM library specifies it --- */

static enum status marshalled_public(
    const TPM2B_PUBLIC *in, struct trust_said *out, const char **why)
{
    size_t len = 0;

    *why = "failed";
    if (Tss2_MU_TPMT_PUBLIC_Marshal(&in->publicArea, out->b, sizeof out->b, &len)
        != TSS2_RC_SUCCESS)
        return BROKEN;
    out->len = (uint16_t)len;
    return OK;
}

static enum status evidence_of(const TPM2B_ATTEST *said,
    const TPMT_SIGNATURE *signature, struct trust_evidence *out, const char **why)
{
    size_t len = 0;

    *why = "failed";
    if (said->size > sizeof out->said.b
        || Tss2_MU_TPMT_SIGNATURE_Marshal(
               signature, out->signature.b, sizeof out->signature.b, &len)
            != TSS2_RC_SUCCESS)
        return BROKEN;
    memcpy(out->said.b, said->attestationData, said->size);
    out->said.len = said->size;
    out->signature.len = (uint16_t)len;
    return OK;
}

static enum status read_public(
    struct tpm *t, enum tpm_key which, struct trust_said *out, const char **why)
{
    TPM2B_PUBLIC *is = NULL;

    TRY(tpm_judge(t,
        Esys_ReadPublic(t->esys, t->keys[which], ESYS_TR_NONE, ESYS_TR_NONE,
            ESYS_TR_NONE, &is, NULL, NULL),
        why));
    enum status s = marshalled_public(is, out, why);
    Esys_Free(is);
    return s;
}

/* --- the endorsement certificate --- */

/* A place in NV is often longer than the certificate in it. 0: this is none. */
static size_t der_len(const uint8_t *b, size_t len)
{
    size_t all = len < HEAD || b[0] != 0x30 || b[1] != 0x82
        ? 0
        : HEAD + ((size_t)b[2] << 8 | (size_t)b[3]);
    return all <= len ? all : 0;
}

static enum status read_nv(
    struct tpm *t, ESYS_TR nv, uint16_t len, uint8_t *out, const char **why)
{
    for (uint16_t at = 0; at < len;) {
        uint16_t n = len - at < READ_ONCE ? (uint16_t)(len - at) : READ_ONCE;
        TPM2B_MAX_NV_BUFFER *part = NULL;
        TRY(tpm_judge(t,
            Esys_NV_Read(t->esys, nv, nv, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE,
                n, at, &part),
            why));
        bool fits = part->size == n;
        if (fits)
            memcpy(out + at, part->buffer, n);
        Esys_Free(part);
        *why = "failed";
        if (!fits)
            return BROKEN;
        at = (uint16_t)(at + n);
    }
    return OK;
}

static enum status read_certificate(
    struct tpm *t, ESYS_TR nv, struct trust_identity *out, const char **why)
{
    TPM2B_NV_PUBLIC *is = NULL;

    TRY(tpm_judge(t,
        Esys_NV_ReadPublic(
            t->esys, nv, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, &is, NULL),
        why));
    uint16_t len = is->nvPublic.dataSize;
    bool written = (is->nvPublic.attributes & TPMA_NV_WRITTEN) != 0;
    Esys_Free(is);
    if (!written || len > sizeof out->endorsement)
        return OK; /* none that anybody would take */
    TRY(read_nv(t, nv, len, out->endorsement, why));
    out->endorsement_len = (uint16_t)der_len(out->endorsement, len);
    return OK;
}

static enum status certificate(
    struct tpm *t, struct trust_identity *out, const char **why)
{
    ESYS_TR nv = ESYS_TR_NONE;

    out->endorsement_len = 0;
    enum status s = tpm_judge(t,
        Esys_TR_FromTPMPublic(
            t->esys, certificate_place, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, &nv),
        why);
    if (s == REFUSED && strcmp(*why, "cleared") == 0)
        return OK; /* nothing is there */
    if (s == OK)
        s = read_certificate(t, nv, out, why);
    if (nv != ESYS_TR_NONE)
        (void)Esys_TR_Close(t->esys, &nv);
    return s;
}

/* --- the TLS key, certified --- */

static enum status certify(struct tpm *t, struct trust_evidence *out, const char **why)
{
    static const TPM2B_DATA nothing = {0};
    static const TPMT_SIG_SCHEME of_the_key = {.scheme = TPM2_ALG_NULL};
    ESYS_TR of_tls = ESYS_TR_NONE, of_attest = ESYS_TR_NONE;
    TPM2B_ATTEST *said = NULL;
    TPMT_SIGNATURE *signature = NULL;

    TSS2_RC rc = tpm_start(t, TPM2_SE_HMAC, 0, &of_tls);
    if (rc == TSS2_RC_SUCCESS)
        rc = tpm_start(t, TPM2_SE_HMAC, 0, &of_attest);
    if (rc == TSS2_RC_SUCCESS)
        rc = Esys_Certify(t->esys, t->keys[TPM_TLS], t->keys[TPM_ATTEST], of_tls,
            of_attest, ESYS_TR_NONE, &nothing, &of_the_key, &said, &signature);
    enum status s = tpm_judge(t, rc, why);
    tpm_flush(t, &of_attest);
    tpm_flush(t, &of_tls);
    if (s == OK)
        s = evidence_of(said, signature, out, why);
    Esys_Free(said);
    Esys_Free(signature);
    return s;
}

enum status tpm_identity(struct tpm *t, struct trust_identity *out, const char **why)
{
    TRY(certificate(t, out, why));
    TRY(read_public(t, TPM_ATTEST, &out->attestation_key, why));
    TRY(read_public(t, TPM_TLS, &out->tls, why));
    return certify(t, &out->certified, why);
}

/* --- a credential, opened --- */

/* clang-format off */
/* Template L-1 of TCG's EK credential profile: what the certificate in NV is of. */
static const TPM2B_PUBLIC endorsement_template = {.publicArea = {
    .type = TPM2_ALG_RSA, .nameAlg = TPM2_ALG_SHA256,
    .objectAttributes = TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT | TPMA_OBJECT_SENSITIVEDATAORIGIN
        | TPMA_OBJECT_ADMINWITHPOLICY | TPMA_OBJECT_RESTRICTED | TPMA_OBJECT_DECRYPT,
    .authPolicy = {.size = 32, .buffer = { /* TPM2_PolicySecret(endorsement) */
        0x83, 0x71, 0x97, 0x67, 0x44, 0x84, 0xb3, 0xf8, 0x1a, 0x90, 0xcc, 0x8d, 0x46, 0xa5, 0xd7, 0x24,
        0xfd, 0x52, 0xd7, 0x6e, 0x06, 0x52, 0x0b, 0x64, 0xf2, 0xa1, 0xda, 0x1b, 0x33, 0x14, 0x69, 0xaa}},
    .parameters.rsaDetail = {.symmetric = {.algorithm = TPM2_ALG_AES, .keyBits.aes = 128, .mode.aes = TPM2_ALG_CFB},
        .scheme.scheme = TPM2_ALG_NULL, .keyBits = 2048},
    .unique.rsa.size = 256}};
/* clang-format on */

struct endorsement {
    ESYS_TR key;
    bool loaded; /* by us: it must not stay */
};

static TSS2_RC find_endorsement(struct tpm *t, struct endorsement *e)
{
    static const TPM2B_SENSITIVE_CREATE none = {0};
    static const TPM2B_DATA outside = {0};
    static const TPML_PCR_SELECTION pcrs = {0};

    *e = (struct endorsement){.key = ESYS_TR_NONE};
    if (Esys_TR_FromTPMPublic(t->esys, endorsement_place, ESYS_TR_NONE, ESYS_TR_NONE,
            ESYS_TR_NONE, &e->key)
        == TSS2_RC_SUCCESS)
        return TSS2_RC_SUCCESS;
    e->loaded = true;
    return Esys_CreatePrimary(t->esys, ESYS_TR_RH_ENDORSEMENT, ESYS_TR_PASSWORD,
        ESYS_TR_NONE, ESYS_TR_NONE, &none, &endorsement_template, &outside, &pcrs,
        &e->key, NULL, NULL, NULL, NULL);
}

static void leave_endorsement(struct tpm *t, struct endorsement *e)
{
    if (e->loaded)
        tpm_flush(t, &e->key);
    else if (e->key != ESYS_TR_NONE)
        (void)Esys_TR_Close(t->esys, &e->key);
}

/* What the endorsement key's policy asks of who uses it. */
static TSS2_RC start_policy(struct tpm *t, ESYS_TR *session)
{
    TSS2_RC rc = tpm_start(t, TPM2_SE_POLICY, 0, session);

    return rc == TSS2_RC_SUCCESS
        ? Esys_PolicySecret(t->esys, ESYS_TR_RH_ENDORSEMENT, *session, ESYS_TR_PASSWORD,
            ESYS_TR_NONE, ESYS_TR_NONE, NULL, NULL, NULL, 0, NULL, NULL)
        : rc;
}

static bool unmarshal(const struct trust_credential *in, TPM2B_ID_OBJECT *blob,
    TPM2B_ENCRYPTED_SECRET *seed)
{
    size_t a = 0, b = 0;

    return Tss2_MU_TPM2B_ID_OBJECT_Unmarshal(in->blob, sizeof in->blob, &a, blob)
        == TSS2_RC_SUCCESS
        && a == sizeof in->blob
        && Tss2_MU_TPM2B_ENCRYPTED_SECRET_Unmarshal(in->seed, sizeof in->seed, &b, seed)
        == TSS2_RC_SUCCESS
        && b == sizeof in->seed;
}

/* A credential that does not open says nothing against the TPM. Some say that they have failed when they cannot
 * decrypt; one that really has does nothing any more. */
static enum status not_for_us(struct tpm *t, enum status s, const char **why)
{
    struct trust_said unused;
    const char *then = "";
    bool failed = s == BROKEN && strcmp(*why, "failed") == 0;

    if (!failed && (s != REFUSED || strcmp(*why, "refused") != 0))
        return s;
    if (failed && read_public(t, TPM_ATTEST, &unused, &then) != OK)
        return s;
    *why = "credential";
    return DAMAGED;
}

static enum status taken(
    const TPM2B_DIGEST *opened, struct key *secret, const char **why)
{
    *why = "credential";
    if (opened->size != sizeof secret->b)
        return DAMAGED;
    memcpy(secret->b, opened->buffer, sizeof secret->b);
    return OK;
}

enum status tpm_activate(struct tpm *t, const struct trust_credential *in,
    struct key *secret, const char **why)
{
    ESYS_TR policy = ESYS_TR_NONE, session = ESYS_TR_NONE;
    struct endorsement e;
    TPM2B_ID_OBJECT blob = {0};
    TPM2B_ENCRYPTED_SECRET seed = {0};
    TPM2B_DIGEST *opened = NULL;

    *why = "credential";
    if (!unmarshal(in, &blob, &seed))
        return DAMAGED;
    enum status s = tpm_judge(t, find_endorsement(t, &e), why);
    if (s == OK)
        s = tpm_judge(t, start_policy(t, &policy), why);
    if (s == OK)
        s = tpm_judge(
            t, tpm_start(t, TPM2_SE_HMAC, TPMA_SESSION_ENCRYPT, &session), why);
    if (s == OK)
        s = not_for_us(t,
            tpm_judge(t,
                Esys_ActivateCredential(t->esys, t->keys[TPM_ATTEST], e.key, session,
                    policy, ESYS_TR_NONE, &blob, &seed, &opened),
                why),
            why);
    if (s == OK)
        s = taken(opened, secret, why);
    tpm_flush(t, &session);
    tpm_flush(t, &policy);
    leave_endorsement(t, &e);
    if (opened != NULL)
        wipe(opened, sizeof *opened);
    Esys_Free(opened);
    return s;
}

/* --- what ran at boot --- */

enum status tpm_quote(struct tpm *t, uint32_t registers, const struct digest *bound,
    struct trust_evidence *out, const char **why)
{
    static const TPMT_SIG_SCHEME of_the_key = {.scheme = TPM2_ALG_NULL};
    TPML_PCR_SELECTION which = {.count = 1,
        .pcrSelections = {{.hash = TPM2_ALG_SHA256,
            .sizeofSelect = 3,
            .pcrSelect = {
                (BYTE)registers, (BYTE)(registers >> 8), (BYTE)(registers >> 16)}}}};
    TPM2B_DATA in = {.size = sizeof bound->b};
    ESYS_TR session = ESYS_TR_NONE;
    TPM2B_ATTEST *said = NULL;
    TPMT_SIGNATURE *signature = NULL;

    assert(registers != 0 && registers <= TRUST_REGISTERS);
    memcpy(in.buffer, bound->b, sizeof bound->b);
    TSS2_RC rc = tpm_start(t, TPM2_SE_HMAC, 0, &session);
    if (rc == TSS2_RC_SUCCESS)
        rc = Esys_Quote(t->esys, t->keys[TPM_ATTEST], session, ESYS_TR_NONE,
            ESYS_TR_NONE, &in, &of_the_key, &which, &said, &signature);
    enum status s = tpm_judge(t, rc, why);
    tpm_flush(t, &session);
    if (s == OK)
        s = evidence_of(said, signature, out, why);
    Esys_Free(said);
    Esys_Free(signature);
    return s;
}
