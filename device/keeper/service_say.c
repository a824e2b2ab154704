/* SPDX-License-Identifier: Apache-2.0 */
#include "device/keeper/service_say.h"

#include <stdio.h>
#include <string.h>

/* clang-format off */
static const struct { enum reason reason; const char *word, *number; } may[] = {
    {REASON_ANSWER_REFUSED,     NULL,     NULL},
    {REASON_ANSWER_SCHEMA,      NULL,     NULL},
    {REASON_BATCH_ACKNOWLEDGED, NULL,     NULL},
    {REASON_BATCH_LOST,         NULL,     "n"},
    {REASON_BATCH_SEALED,       NULL,     NULL},
    {REASON_BATCH_SET_ASIDE,    NULL,     NULL},
    {REASON_CLOCK_SET,          NULL,     NULL},
    {REASON_CLOCK_STEPPED,      NULL,     NULL},
    {REASON_CONFIG_REFUSED,     NULL,     "n"},
    {REASON_CONFIG_TAKEN,       NULL,     "n"},
    {REASON_CONFINED,           NULL,     "reduced"},
    {REASON_FLASH_FAULT,        "status", NULL},
    {REASON_KEY_FILE,           "file",   NULL},
    {REASON_LOG_DROPPED,        NULL,     "n"},
    {REASON_MEASURE_DROPPED,    NULL,     "n"},
    {REASON_ROLE_SELF_TEST,     NULL,     "succeeded"},
    {REASON_SERVICE_ASKED,      NULL,     NULL},
    {REASON_SERVICE_PRESS,      NULL,     NULL},
    {REASON_SERVICE_BEGUN,      NULL,     NULL},
    {REASON_SERVICE_BUSY,       NULL,     NULL},
    {REASON_SERVICE_CLOCK,      NULL,     NULL},
    {REASON_SERVICE_DEVICE,     NULL,     NULL},
    {REASON_SERVICE_EARLY,      NULL,     NULL},
    {REASON_SERVICE_ENDED,      NULL,     NULL},
    {REASON_SERVICE_EXPIRED,    NULL,     NULL},
    {REASON_SERVICE_LONG,       NULL,     NULL},
    {REASON_SERVICE_MALFORMED,  NULL,     NULL},
    {REASON_SERVICE_NOT_KEPT,   NULL,     NULL},
    {REASON_SERVICE_NO_KEY,     NULL,     NULL},
    {REASON_SERVICE_PRESENCE,   NULL,     NULL},
    {REASON_SERVICE_REPLAYED,   NULL,     NULL},
    {REASON_SERVICE_SIGNATURE,  NULL,     NULL},
    {REASON_STORE_RESTORED,     NULL,     "n"},
    {REASON_TALK_MALFORMED,     "from",   NULL},
    {REASON_TALK_PEER,          "door",   NULL},
    {REASON_TRUST_LOST,         "part",   NULL},
    {REASON_TRUST_REGAINED,     "part",   NULL},
};
/* clang-format on */

static const uint64_t number_max = (UINT64_C(1) << 53) - 1;

static const struct log_field *field_of(
    const struct log_field *fields, size_t count, enum log_kind kind, const char *key)
{
    for (size_t i = 0; key != NULL && i < count; i++)
        if (fields[i].kind == kind && strcmp(fields[i].key, key) == 0)
            return &fields[i];
    return NULL;
}

bool service_say(enum log_level level, enum reason reason,
    const struct log_field *fields, size_t count, uint64_t mono_ms,
    struct log_line *out)
{
    size_t at = 0;

    while (at < sizeof may / sizeof may[0] && may[at].reason != reason)
        at++;
    if (at == sizeof may / sizeof may[0])
        return false;
    struct log_line l = {
        .level = (uint8_t)level, .count = 1, .first_ms = mono_ms, .last_ms = mono_ms};
    const struct log_field *word = field_of(fields, count, LOG_WORD, may[at].word);
    const struct log_field *number =
        field_of(fields, count, LOG_NUMBER, may[at].number);

    (void)snprintf(l.code, sizeof l.code, "%s", reason_code(reason));
    if (word != NULL)
        (void)snprintf(l.detail, sizeof l.detail, "%s", word->word);
    if (!log_word_holds(l.detail)) /* none, or a word that is no word */
        memset(l.detail, 0, sizeof l.detail);
    l.has_number = number != NULL;
    if (l.has_number)
        l.number = number->number <= number_max ? number->number : number_max;
    *out = l;
    return true;
}
