/* SPDX-License-Identifier: Apache-2.0 */
/* What is accepted is within the ranges of the header and is, built again, the same bytes. */
#include "wire/attest.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool within(struct bytes field, size_t most)
{
    return field.len >= 1 && field.len <= most;
}

static bool enrolment_holds(struct bytes in)
{
    static uint8_t again[LIMIT_ENROL_TPM];
    struct enrol_tpm e;
    size_t len = 0;

    if (enrol_tpm_parse(in, &e) != OK)
        return true;
    bool good = within(e.certificate, LIMIT_ENDORSEMENT)
        && within(e.attestation_key, LIMIT_TPM_STRUCTURE)
        && within(e.tls_key, LIMIT_TPM_STRUCTURE) && within(e.said, LIMIT_TPM_STRUCTURE)
        && within(e.signature, LIMIT_TPM_STRUCTURE) && e.between_count <= LIMIT_BETWEEN;
    for (size_t i = 0; good && i < e.between_count; i++)
        good = within(e.between[i], LIMIT_ENDORSEMENT);
    return good && enrol_tpm_build(&e, ROOM_OF(again), &len) == OK && len == in.len
        && memcmp(again, in.at, len) == 0;
}

static bool credential_holds(struct bytes in)
{
    uint8_t again[ENROL_CREDENTIAL_LEN];
    struct enrol_credential e;

    if (enrol_credential_parse(in, &e) != OK)
        return true;
    enrol_credential_build(&e, again);
    return in.len == sizeof again && memcmp(again, in.at, sizeof again) == 0;
}

static bool ask_holds(struct bytes in)
{
    uint8_t again[ATTEST_ASK_LEN];
    struct attest_ask a;

    if (attest_ask_parse(in, &a) != OK)
        return true;
    if (a.registers == 0 || a.registers >> ATTEST_REGISTERS != 0)
        return false;
    attest_ask_build(&a, again);
    return in.len == sizeof again && memcmp(again, in.at, sizeof again) == 0;
}

static bool quote_holds(struct bytes in)
{
    uint8_t again[ATTEST_QUOTE_MAX];
    struct attest_quote q;

    if (attest_quote_parse(in, &q) != OK)
        return true;
    if (!within(q.said, LIMIT_TPM_STRUCTURE)
        || !within(q.signature, LIMIT_TPM_STRUCTURE))
        return false;
    struct bytes b = attest_quote_build(&q, ROOM_OF(again));
    return b.len == in.len && memcmp(again, in.at, b.len) == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes in = {data, size};

    if (!enrolment_holds(in) || !credential_holds(in) || !ask_holds(in)
        || !quote_holds(in))
        abort();
    return 0;
}
