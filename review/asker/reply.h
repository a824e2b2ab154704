/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reply: what an endpoint sent back to one question, from the first byte of HTTP to the word of
 * the model.
 *
 * One answer of HTTP/1.0 or 1.1 with status 200, to the end of the connection: no redirect, no
 * transfer coding, a Content-Length that is right where there is one. In it a chat completion; in
 * its content one JSON object, words around it passed over: `verdict`, and `quotes` that each
 * stand byte for byte in a passage that was sent. Nothing else of it is kept.
 */
#pragma once

#include "review/opinion/opinion.h"

enum {
    REPLY_MAX = 65536,     /* bytes, head and body */
    REPLY_HEAD_MAX = 8192, /* with the empty line at its end */
    REPLY_FIELDS_MAX = 64,
};

/*
 * OK: word and quotes of *out, which may be a refusal of what the model said. REFUSED: the
 * endpoint did not answer 200, or too much. MALFORMED: no chat completion. *why: one line.
 */
MUST_USE enum status reply_parse(struct arena *a, struct bytes http,
    const struct bytes *passages, size_t passage_count, struct opinion *out,
    const char **why);
