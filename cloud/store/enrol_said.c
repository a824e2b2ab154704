/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/store/enrol_said.h"

#include "cloud/attest/why.h"
#include "cloud/store/devices.h"
#include "cloud/store/events.h"

/* clang-format off */
static const struct {
    enum reason reason;
    bool refuses;  /* a reason to refuse; who is taken in has none, its evidence may */
    bool evidence; /* of the TPM; looked at only when M1 has opened */
} rows[] = {
    {REASON_DEVICE_ENROLLED,    false, false},
    {REASON_ENROL_REFUSED,      true,  false},
    {REASON_ATTEST_ACTIVATION,  true,  true },
    {REASON_ATTEST_ATTRIBUTES,  true,  true },
    {REASON_ATTEST_CERTIFICATE, true,  true },
    {REASON_ATTEST_KEY,         true,  true },
    {REASON_ATTEST_KIND,        true,  true },
    {REASON_ATTEST_MAKER,       true,  true },
    {REASON_ATTEST_NAME,        true,  true },
    {REASON_ATTEST_OTHER,       true,  true },
    {REASON_ATTEST_PURPOSE,     true,  true },
    {REASON_ATTEST_SIGNATURE,   true,  true },
    {REASON_ATTEST_STRUCTURE,   true,  true },
    {REASON_ATTEST_UNKNOWN,     true,  true },
};
/* clang-format on */

static bool may_say(const struct door_enrol_said *v, size_t *at)
{
    size_t i = 0;

    while (i < sizeof rows / sizeof rows[0] && rows[i].reason != v->reason)
        i++;
    *at = i;
    if (i == sizeof rows / sizeof rows[0])
        return false;
    if (rows[i].evidence)
        return v->has_device;
    return v->refused == rows[i].refuses && (v->refused || v->has_device);
}

/* Req: HF-TPM-016 "shall be an event with its reason" */
enum status enrol_said_take(struct store *s, const struct door_enrol_said *v)
{
    size_t i;

    if (!may_say(v, &i))
        return REFUSED;
    enum log_level level = v->refused ? LOG_REFUSE
        : rows[i].evidence            ? LOG_WARN
                                      : LOG_INFO;
    TRY(event_add(s, level, v->reason, v->has_device ? &v->device : NULL, NULL));
    if (!v->refused || !rows[i].evidence)
        return OK;
    return device_note_attest(s, &v->device, attest_word(v->reason), NULL);
}
