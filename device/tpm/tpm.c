/* SPDX-License-Identifier: Apache-2.0 */
#include "device/tpm/tpm.h"

#include "device/tpm/attest_template.h"
#include "device/tpm/inside.h"
#include "device/tpm/known.h"

#include <openssl/ecdsa.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Handles that TCG leaves to the owner; the first is where everybody keeps the storage key. */
static const TPM2_HANDLE places[TPM_KEYS] = {
    [TPM_STORAGE] = 0x81000001,
    [TPM_TLS] = 0x81010010,
    [TPM_WRAP] = 0x81010011,
    [TPM_ATTEST] = 0x81010012,
};

enum { COORDINATE = 32, AT_ONCE = 16, LAYERS = 0xff0000 };

/* --- what an answer means --- */

static const struct {
    TSS2_RC rc;
    enum status status;
    const char *why;
} meanings[] = {
    {TPM2_RC_HANDLE, REFUSED, "cleared"},
    {TPM2_RC_AUTH_FAIL, REFUSED, "authorisation"},
    {TPM2_RC_BAD_AUTH, REFUSED, "authorisation"},
    {TPM2_RC_LOCKOUT, REFUSED, "authorisation"},
    {TPM2_RC_NV_DEFINED, REFUSED, "occupied"},
    {TPM2_RC_HIERARCHY, REFUSED, "hierarchy"},
    {TPM2_RC_RETRY, AGAIN, "busy"},
    {TPM2_RC_YIELDED, AGAIN, "busy"},
    {TPM2_RC_TESTING, AGAIN, "busy"},
    {TPM2_RC_NV_RATE, AGAIN, "busy"},
    {TPM2_RC_OBJECT_MEMORY, AGAIN, "full"},
    {TPM2_RC_SESSION_MEMORY, AGAIN, "full"},
    {TPM2_RC_FAILURE, BROKEN, "failed"},
    {TPM2_RC_INITIALIZE, BROKEN, "failed"},
    {TSS2_ESYS_RC_RSP_AUTH_FAILED, REFUSED, "forged"},
};

/* A code of the first format carries the number of what it complains of: that is taken out. */
static TSS2_RC plain(TSS2_RC rc)
{
    TSS2_RC layer = rc & LAYERS;

    if (layer == TSS2_RESMGR_RC_LAYER || layer == TSS2_RESMGR_TPM_RC_LAYER)
        rc &= ~(TSS2_RC)LAYERS;
    if ((rc & LAYERS) == 0 && (rc & TPM2_RC_FMT1) != 0)
        rc &= TPM2_RC_FMT1 | 0x3f;
    return rc;
}

enum status tpm_judge(const struct tpm *t, TSS2_RC rc, const char **why)
{
    if (rc == TSS2_RC_SUCCESS)
        return OK;
    *why = t->wire.state == TPM_WIRE_SLOW ? "slow" : "gone";
    if (t->wire.state != TPM_WIRE_GOOD)
        return BROKEN;
    for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++)
        if (meanings[i].rc == plain(rc)) {
            *why = meanings[i].why;
            return meanings[i].status;
        }
    *why = (plain(rc) & LAYERS) == 0 ? "refused" : "failed";
    return (plain(rc) & LAYERS) == 0 ? REFUSED : BROKEN;
}

/* --- objects and sessions that must not stay --- */

void tpm_flush(struct tpm *t, ESYS_TR *loaded)
{
    if (*loaded != ESYS_TR_NONE
        && Esys_FlushContext(t->esys, *loaded) != TSS2_RC_SUCCESS)
        (void)Esys_TR_Close(t->esys, loaded);
    *loaded = ESYS_TR_NONE;
}

/* Salted for the storage key, which has been compared with what we know: who sits on the bus and puts a
 * key of his own there learns nothing, and cannot answer. */
TSS2_RC tpm_start(struct tpm *t, TPM2_SE kind, TPMA_SESSION how, ESYS_TR *session)
{
    static const TPMT_SYM_DEF cipher = {
        .algorithm = TPM2_ALG_AES, .keyBits.aes = 128, .mode.aes = TPM2_ALG_CFB};

    TSS2_RC rc =
        Esys_StartAuthSession(t->esys, t->keys[TPM_STORAGE], ESYS_TR_NONE, ESYS_TR_NONE,
            ESYS_TR_NONE, ESYS_TR_NONE, NULL, kind, &cipher, TPM2_ALG_SHA256, session);
    if (rc != TSS2_RC_SUCCESS) {
        *session = ESYS_TR_NONE;
        return rc;
    }
    rc = Esys_TRSess_SetAttributes(
        t->esys, *session, TPMA_SESSION_CONTINUESESSION | how, 0xff);
    if (rc != TSS2_RC_SUCCESS)
        tpm_flush(t, session);
    return rc;
}

/* Of the TPM 2.0 library, part 2, 7.5; the names of the TSS shift an int into its sign. */
static const TPM2_HANDLE TRANSIENT_FIRST = 0x80000000, SESSION_FIRST = 0x02000000;

static TSS2_RC each_handle(struct tpm *t, TPM2_HANDLE first, bool away, size_t *used)
{
    TPMS_CAPABILITY_DATA *data = NULL;
    TPMI_YES_NO more = TPM2_NO;

    TSS2_RC rc = Esys_GetCapability(t->esys, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE,
        TPM2_CAP_HANDLES, first, AT_ONCE, &more, &data);
    if (rc != TSS2_RC_SUCCESS)
        return rc;
    for (UINT32 i = 0; i < data->data.handles.count; i++) {
        ESYS_TR tr = ESYS_TR_NONE;
        *used += 1;
        if (away
            && Esys_TR_FromTPMPublic(t->esys, data->data.handles.handle[i],
                   ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, &tr)
                == TSS2_RC_SUCCESS)
            tpm_flush(t, &tr);
    }
    Esys_Free(data);
    return TSS2_RC_SUCCESS;
}

static TSS2_RC slots(struct tpm *t, bool away, size_t *used)
{
    TSS2_RC rc = each_handle(t, TRANSIENT_FIRST, away, used);
    return rc == TSS2_RC_SUCCESS ? each_handle(t, SESSION_FIRST, away, used) : rc;
}

enum status tpm_slots(struct tpm *t, size_t *used, const char **why)
{
    size_t n = 0;
    enum status s = tpm_judge(t, slots(t, false, &n), why);
    if (s == OK)
        *used = n;
    return s;
}

/* --- the line --- */

enum status tpm_adopt_line(int fd, uint32_t wait_ms, struct tpm **out, const char **why)
{
    struct tpm *t = calloc(1, sizeof *t);
    size_t left = 0;

    *why = "failed";
    if (t == NULL) {
        close(fd);
        return BROKEN;
    }
    tpm_wire_init(&t->wire, fd, wait_ms);
    setenv("TSS2_LOG", "all+none",
        1); /* its lines are none of ours; each cause is said in *why */
    for (int i = 0; i < TPM_KEYS; i++)
        t->keys[i] = ESYS_TR_NONE;
    TSS2_RC rc = Esys_Initialize(&t->esys, tpm_wire_context(&t->wire), NULL);
    if (rc == TSS2_RC_SUCCESS)
        rc = slots(t, true, &left);
    enum status s = tpm_judge(t, rc, why);
    if (s == OK)
        *out = t;
    else
        tpm_close(t);
    return s;
}

void tpm_close(struct tpm *t)
{
    if (t == NULL)
        return;
    if (t->esys != NULL)
        Esys_Finalize(&t->esys);
    close(t->wire.fd);
    free(t);
}

/* --- finding what is ours --- */

/* OK and *is: the name of what stands at this place. REFUSED, cleared: nothing does. */
static enum status look(
    struct tpm *t, enum tpm_key which, struct tpm_name *is, const char **why)
{
    TPM2B_NAME *name = NULL;

    if (t->keys[which] != ESYS_TR_NONE)
        (void)Esys_TR_Close(t->esys, &t->keys[which]);
    t->keys[which] = ESYS_TR_NONE;
    TRY(tpm_judge(t,
        Esys_TR_FromTPMPublic(t->esys, places[which], ESYS_TR_NONE, ESYS_TR_NONE,
            ESYS_TR_NONE, &t->keys[which]),
        why));
    TRY(tpm_judge(t, Esys_TR_GetName(t->esys, t->keys[which], &name), why));
    enum status s = name->size == sizeof is->b ? OK : REFUSED;
    *why = "other";
    if (s == OK)
        memcpy(is->b, name->name, sizeof is->b);
    Esys_Free(name);
    return s;
}

static TSS2_RC authorise(struct tpm *t, ESYS_TR object, const struct key *authorisation)
{
    TPM2B_AUTH auth = {.size = sizeof authorisation->b};

    memcpy(auth.buffer, authorisation->b, sizeof authorisation->b);
    TSS2_RC rc = Esys_TR_SetAuth(t->esys, object, &auth);
    wipe(&auth, sizeof auth);
    return rc;
}

/* The objects before `end`. */
static enum status find_until(
    struct tpm *t, const struct tpm_keys *k, enum tpm_key end, const char **why)
{
    for (int i = 0; i < (int)end; i++) {
        struct tpm_name is;
        TRY(look(t, (enum tpm_key)i, &is, why));
        *why = "other";
        if (!tpm_known(&is, &k->names[i]))
            return REFUSED;
        if (i != TPM_STORAGE) /* that one is everybody's */
            TRY(tpm_judge(t, authorise(t, t->keys[i], &k->authorisation), why));
    }
    return OK;
}

enum status tpm_find(struct tpm *t, const struct tpm_keys *k, const char **why)
{
    return find_until(t, k, TPM_KEYS, why);
}

/* --- making what is ours --- */

/* clang-format off */
static const TPM2B_PUBLIC storage_template = {.publicArea = {
    .type = TPM2_ALG_ECC, .nameAlg = TPM2_ALG_SHA256,
    .objectAttributes = TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT | TPMA_OBJECT_SENSITIVEDATAORIGIN
        | TPMA_OBJECT_USERWITHAUTH | TPMA_OBJECT_NODA | TPMA_OBJECT_RESTRICTED | TPMA_OBJECT_DECRYPT,
    .parameters.eccDetail = {.symmetric = {.algorithm = TPM2_ALG_AES, .keyBits.aes = 128, .mode.aes = TPM2_ALG_CFB},
        .scheme.scheme = TPM2_ALG_NULL, .curveID = TPM2_ECC_NIST_P256, .kdf.scheme = TPM2_ALG_NULL}}};
/* No dictionary attack is possible on 32 random bytes, so none is counted: nobody can lock us out. */
static const TPM2B_PUBLIC tls_template = {.publicArea = {
    .type = TPM2_ALG_ECC, .nameAlg = TPM2_ALG_SHA256,
    .objectAttributes = TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT | TPMA_OBJECT_SENSITIVEDATAORIGIN
        | TPMA_OBJECT_USERWITHAUTH | TPMA_OBJECT_NODA | TPMA_OBJECT_SIGN_ENCRYPT,
    .parameters.eccDetail = {.symmetric.algorithm = TPM2_ALG_NULL,
        .scheme = {.scheme = TPM2_ALG_ECDSA, .details.ecdsa.hashAlg = TPM2_ALG_SHA256},
        .curveID = TPM2_ECC_NIST_P256, .kdf.scheme = TPM2_ALG_NULL}}};
static const TPM2B_PUBLIC wrap_template = {.publicArea = {
    .type = TPM2_ALG_KEYEDHASH, .nameAlg = TPM2_ALG_SHA256,
    .objectAttributes = TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT | TPMA_OBJECT_USERWITHAUTH | TPMA_OBJECT_NODA,
    .parameters.keyedHashDetail.scheme.scheme = TPM2_ALG_NULL}};
/* clang-format on */

/* A storage key of somebody else is good enough if it can be nothing but one. */
static enum status storage_fits(struct tpm *t, const char **why)
{
    const TPMA_OBJECT need = storage_template.publicArea.objectAttributes;
    TPM2B_PUBLIC *is = NULL;

    TRY(tpm_judge(t,
        Esys_ReadPublic(t->esys, t->keys[TPM_STORAGE], ESYS_TR_NONE, ESYS_TR_NONE,
            ESYS_TR_NONE, &is, NULL, NULL),
        why));
    bool fits = (is->publicArea.objectAttributes & need) == need
        && (is->publicArea.objectAttributes & TPMA_OBJECT_SIGN_ENCRYPT) == 0;
    Esys_Free(is);
    *why = "occupied";
    return fits ? OK : REFUSED;
}

/* From a transient object to the one at our place. */
static enum status keep(
    struct tpm *t, enum tpm_key which, ESYS_TR loaded, const char **why)
{
    struct tpm_name is;

    TRY(tpm_judge(t,
        Esys_EvictControl(t->esys, ESYS_TR_RH_OWNER, loaded, ESYS_TR_PASSWORD,
            ESYS_TR_NONE, ESYS_TR_NONE, places[which], &t->keys[which]),
        why));
    return look(t, which, &is, why);
}

static enum status make_storage(struct tpm *t, const char **why)
{
    static const TPM2B_SENSITIVE_CREATE none = {0};
    static const TPM2B_DATA outside = {0};
    static const TPML_PCR_SELECTION pcrs = {0};
    ESYS_TR made = ESYS_TR_NONE;

    enum status s = tpm_judge(t,
        Esys_CreatePrimary(t->esys, ESYS_TR_RH_OWNER, ESYS_TR_PASSWORD, ESYS_TR_NONE,
            ESYS_TR_NONE, &none, &storage_template, &outside, &pcrs, &made, NULL, NULL,
            NULL, NULL),
        why);
    if (s == OK)
        s = keep(t, TPM_STORAGE, made, why);
    tpm_flush(t, &made);
    return s;
}

static const TPM2B_PUBLIC *template_of(enum tpm_key which)
{
    if (which == TPM_ATTEST)
        return tpm_attest_template();
    return which == TPM_TLS ? &tls_template : &wrap_template;
}

/* Made below the storage key, loaded, and kept; whatever happens nothing stays loaded. */
static enum status make_below(struct tpm *t, enum tpm_key which,
    const TPM2B_SENSITIVE_CREATE *secret, const char **why)
{
    static const TPM2B_DATA outside = {0};
    static const TPML_PCR_SELECTION pcrs = {0};
    ESYS_TR storage = t->keys[TPM_STORAGE], session = ESYS_TR_NONE, made = ESYS_TR_NONE;
    TPM2B_PRIVATE *inner = NULL;
    TPM2B_PUBLIC *outer = NULL;

    TSS2_RC rc = tpm_start(t, TPM2_SE_HMAC, TPMA_SESSION_DECRYPT, &session);
    if (rc == TSS2_RC_SUCCESS)
        rc = Esys_Create(t->esys, storage, session, ESYS_TR_NONE, ESYS_TR_NONE, secret,
            template_of(which), &outside, &pcrs, &inner, &outer, NULL, NULL, NULL);
    if (rc == TSS2_RC_SUCCESS)
        rc = Esys_Load(
            t->esys, storage, session, ESYS_TR_NONE, ESYS_TR_NONE, inner, outer, &made);
    enum status s = tpm_judge(t, rc, why);
    tpm_flush(t, &session);
    if (s == OK)
        s = keep(t, which, made, why);
    tpm_flush(t, &made);
    Esys_Free(inner);
    Esys_Free(outer);
    return s;
}

/* What an earlier making, cut short, has left at this place. */
static enum status clear_place(struct tpm *t, enum tpm_key which, const char **why)
{
    ESYS_TR none = ESYS_TR_NONE;

    TRY(tpm_judge(t,
        Esys_EvictControl(t->esys, ESYS_TR_RH_OWNER, t->keys[which], ESYS_TR_PASSWORD,
            ESYS_TR_NONE, ESYS_TR_NONE, places[which], &none),
        why));
    (void)Esys_TR_Close(
        t->esys, &t->keys[which]); /* its name is remembered until then */
    t->keys[which] = ESYS_TR_NONE;
    return OK;
}

static bool nothing_there(enum status s, const char *why)
{
    return s == REFUSED && strcmp(why, "cleared") == 0;
}

static enum status free_place(struct tpm *t, enum tpm_key which, const char **why)
{
    struct tpm_name is;

    enum status s = look(t, which, &is, why);
    if (nothing_there(s, *why))
        return OK;
    return s == OK ? clear_place(t, which, why) : s;
}

static enum status vacant(struct tpm *t, enum tpm_key which, const char **why)
{
    struct tpm_name is;

    enum status s = look(t, which, &is, why);
    if (nothing_there(s, *why))
        return OK;
    *why = s == OK ? "occupied" : *why;
    return s == OK ? REFUSED : s;
}

enum status tpm_vacant(struct tpm *t, enum tpm_key from, const char **why)
{
    for (int i = (int)from; i < TPM_KEYS; i++)
        TRY(vacant(t, (enum tpm_key)i, why));
    return OK;
}

static enum status find_or_make_storage(struct tpm *t, const char **why)
{
    struct tpm_name is;

    enum status s = look(t, TPM_STORAGE, &is, why);
    if (nothing_there(s, *why))
        return make_storage(t, why);
    return s == OK ? storage_fits(t, why) : s;
}

static enum status make_both(struct tpm *t, const struct key *wrap,
    const struct key *authorisation, const char **why)
{
    TPM2B_SENSITIVE_CREATE secret = {
        .sensitive.userAuth.size = sizeof authorisation->b};

    memcpy(secret.sensitive.userAuth.buffer, authorisation->b, sizeof authorisation->b);
    enum status s = make_below(t, TPM_TLS, &secret, why);
    secret.sensitive.data.size = sizeof wrap->b;
    memcpy(secret.sensitive.data.buffer, wrap->b, sizeof wrap->b);
    if (s == OK)
        s = make_below(t, TPM_WRAP, &secret, why);
    wipe(&secret, sizeof secret);
    return s;
}

enum status tpm_make(
    struct tpm *t, const struct key *wrap, struct tpm_keys *k, const char **why)
{
    struct tpm_name is[TPM_ATTEST];

    TRY(free_place(t, TPM_TLS, why));
    TRY(free_place(t, TPM_WRAP, why));
    TRY(find_or_make_storage(t, why));
    TRY(make_both(t, wrap, &k->authorisation, why));
    for (int i = 0; i < TPM_ATTEST; i++)
        TRY(look(t, (enum tpm_key)i, &is[i], why));
    memcpy(k->names, is, sizeof is);
    return OK;
}

enum status tpm_make_attest(struct tpm *t, struct tpm_keys *k, const char **why)
{
    TPM2B_SENSITIVE_CREATE secret = {
        .sensitive.userAuth.size = sizeof k->authorisation.b};

    TRY(find_until(t, k, TPM_ATTEST, why));
    TRY(free_place(t, TPM_ATTEST, why));
    memcpy(secret.sensitive.userAuth.buffer, k->authorisation.b,
        sizeof k->authorisation.b);
    enum status s = make_below(t, TPM_ATTEST, &secret, why);
    wipe(&secret, sizeof secret);
    return s == OK ? look(t, TPM_ATTEST, &k->names[TPM_ATTEST], why) : s;
}

/* --- using what is ours --- */

static void coordinate(const TPM2B_ECC_PARAMETER *v, uint8_t out[COORDINATE])
{
    memset(out, 0, COORDINATE);
    if (v->size <= COORDINATE)
        memcpy(out + COORDINATE - v->size, v->buffer, v->size);
}

enum status tpm_public(struct tpm *t, uint8_t out[P256_PUBLIC_LEN], const char **why)
{
    TPM2B_PUBLIC *is = NULL;

    TRY(tpm_judge(t,
        Esys_ReadPublic(t->esys, t->keys[TPM_TLS], ESYS_TR_NONE, ESYS_TR_NONE,
            ESYS_TR_NONE, &is, NULL, NULL),
        why));
    out[0] = 4; /* SEC1: uncompressed */
    coordinate(&is->publicArea.unique.ecc.x, out + 1);
    coordinate(&is->publicArea.unique.ecc.y, out + 1 + COORDINATE);
    Esys_Free(is);
    return OK;
}

static enum status der_of(
    const TPMS_SIGNATURE_ECC *in, struct room der, size_t *len, const char **why)
{
    ECDSA_SIG *sig = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(in->signatureR.buffer, in->signatureR.size, NULL);
    BIGNUM *s = BN_bin2bn(in->signatureS.buffer, in->signatureS.size, NULL);
    unsigned char *at = der.at;
    int n = -1;

    if (sig != NULL && r != NULL && s != NULL && ECDSA_SIG_set0(sig, r, s) == 1) {
        n = i2d_ECDSA_SIG(sig, NULL);
        if (n > 0 && (size_t)n <= der.cap)
            n = i2d_ECDSA_SIG(sig, &at);
        else
            n = -1;
    } else {
        BN_free(r);
        BN_free(s);
    }
    ECDSA_SIG_free(sig);
    *why = "failed";
    if (n <= 0)
        return BROKEN;
    *len = (size_t)n;
    return OK;
}

enum status tpm_sign(struct tpm *t, const struct digest *digest, struct room der,
    size_t *len, const char **why)
{
    static const TPMT_SIG_SCHEME of_the_key = {.scheme = TPM2_ALG_NULL};
    /* The key is not restricted: it signs what the TPM has not hashed itself. */
    static const TPMT_TK_HASHCHECK no_ticket = {
        .tag = TPM2_ST_HASHCHECK, .hierarchy = TPM2_RH_NULL};
    TPM2B_DIGEST in = {.size = sizeof digest->b};
    TPMT_SIGNATURE *made = NULL;
    ESYS_TR session = ESYS_TR_NONE;

    memcpy(in.buffer, digest->b, sizeof digest->b);
    TSS2_RC rc = tpm_start(t, TPM2_SE_HMAC, TPMA_SESSION_DECRYPT, &session);
    if (rc == TSS2_RC_SUCCESS)
        rc = Esys_Sign(t->esys, t->keys[TPM_TLS], session, ESYS_TR_NONE, ESYS_TR_NONE,
            &in, &of_the_key, &no_ticket, &made);
    enum status s = tpm_judge(t, rc, why);
    tpm_flush(t, &session);
    *why = s == OK ? "failed" : *why;
    if (s == OK)
        s = made->sigAlg == TPM2_ALG_ECDSA
            ? der_of(&made->signature.ecdsa, der, len, why)
            : BROKEN;
    Esys_Free(made);
    return s;
}

enum status tpm_unseal(struct tpm *t, struct key *wrap, const char **why)
{
    TPM2B_SENSITIVE_DATA *out = NULL;
    ESYS_TR session = ESYS_TR_NONE;

    TSS2_RC rc = tpm_start(t, TPM2_SE_HMAC, TPMA_SESSION_ENCRYPT, &session);
    if (rc == TSS2_RC_SUCCESS)
        rc = Esys_Unseal(
            t->esys, t->keys[TPM_WRAP], session, ESYS_TR_NONE, ESYS_TR_NONE, &out);
    enum status s = tpm_judge(t, rc, why);
    tpm_flush(t, &session);
    if (s == OK && out->size != sizeof wrap->b) {
        *why = "other";
        s = REFUSED;
    }
    if (s == OK)
        memcpy(wrap->b, out->buffer, sizeof wrap->b);
    if (out != NULL)
        wipe(out, sizeof *out);
    Esys_Free(out);
    return s;
}
