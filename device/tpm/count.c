/* SPDX-License-Identifier: Apache-2.0 */
#include "device/tpm/count.h"

#include "core/base/reader.h"
#include "device/tpm/count_known.h"
#include "device/tpm/inside.h"

enum { VALUE_LEN = 8 };

/* Req: HF-UPD-013 "Where the keys are in a TPM, the security counter shall be a counter of that TPM which its owner cannot remove; without it no release shall be taken and none confirmed." */
/* OK and *index: close it. Its name is asked for and goes into every authorisation behind it. */
static enum status find(struct tpm *t, ESYS_TR *index, const char **why)
{
    TPM2B_NV_PUBLIC *is = NULL;

    *index = ESYS_TR_NONE;
    TRY(tpm_judge(t,
        Esys_TR_FromTPMPublic(
            t->esys, TPM_COUNT_INDEX, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, index),
        why));
    enum status s = tpm_judge(t,
        Esys_NV_ReadPublic(
            t->esys, *index, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, &is, NULL),
        why);
    if (s == OK && !tpm_count_known(&is->nvPublic)) {
        *why = "other";
        s = REFUSED;
    }
    Esys_Free(is);
    if (s != OK)
        (void)Esys_TR_Close(t->esys, index);
    return s;
}

static enum status read_in(
    struct tpm *t, ESYS_TR index, ESYS_TR session, uint64_t *value, const char **why)
{
    TPM2B_MAX_NV_BUFFER *data = NULL;

    TRY(tpm_judge(t,
        Esys_NV_Read(t->esys, index, index, session, ESYS_TR_NONE, ESYS_TR_NONE,
            VALUE_LEN, 0, &data),
        why));
    struct reader r = reader_over((struct bytes){data->buffer, data->size});
    uint64_t got = take_u64(&r);
    bool good = reader_done(&r);
    Esys_Free(data);
    *why = "failed";
    if (!good)
        return BROKEN;
    *value = got;
    return OK;
}

static enum status in_session(
    struct tpm *t, bool raise, uint64_t *value, const char **why)
{
    ESYS_TR index = ESYS_TR_NONE, session = ESYS_TR_NONE;

    TRY(find(t, &index, why));
    enum status s = tpm_judge(t, tpm_start(t, TPM2_SE_HMAC, 0, &session), why);
    if (s == OK && raise)
        s = tpm_judge(t,
            Esys_NV_Increment(
                t->esys, ESYS_TR_RH_OWNER, index, session, ESYS_TR_NONE, ESYS_TR_NONE),
            why);
    if (s == OK)
        s = read_in(t, index, session, value, why);
    tpm_flush(t, &session);
    (void)Esys_TR_Close(t->esys, &index);
    return s;
}

enum status tpm_count_read(struct tpm *t, uint64_t *value, const char **why)
{
    return in_session(t, false, value, why);
}

enum status tpm_count_raise(struct tpm *t, uint64_t *value, const char **why)
{
    return in_session(t, true, value, why);
}
