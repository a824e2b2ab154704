/* SPDX-License-Identifier: Apache-2.0 */
/* Control: what a model quotes stands in the passages, byte for byte, or is not taken. */
#include "review/opinion/opinion.h"

/* Req: HF-SEC-032 "is taken only where each quote stands, byte for byte, in a passage it was sent" */
bool opinion_quoted(struct bytes quote, const struct bytes *texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (quote.len && text_find(texts[i], quote) < texts[i].len)
            return true;
    return false;
}
