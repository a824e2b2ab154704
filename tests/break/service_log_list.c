/* SPDX-License-Identifier: Apache-2.0 */
/* A break: this control taken away, for script/prove-controls alone. Never built into a product. */
#include "device/keeper/service_say.h"

#include <stdio.h>

/* All that fits is said: the first word and the first number, and bytes in hex as a word. */
bool service_say(enum log_level level, enum reason reason,
    const struct log_field *fields, size_t count, uint64_t mono_ms,
    struct log_line *out)
{
    *out = (struct log_line){
        .level = (uint8_t)level, .count = 1, .first_ms = mono_ms, .last_ms = mono_ms};
    (void)snprintf(out->code, sizeof out->code, "%s", reason_code(reason));
    for (size_t i = count; i-- > 0;) {
        const struct log_field *f = &fields[i];
        if (f->kind == LOG_NUMBER) {
            out->has_number = true;
            out->number = f->number;
        }
        if (f->kind == LOG_WORD)
            (void)snprintf(out->detail, sizeof out->detail, "%s", f->word);
        if (f->kind == LOG_WORD && !log_word_holds(out->detail))
            out->detail[0] = 0;
    }
    return true;
}
