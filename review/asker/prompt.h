/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prompt: what is sent about one constraint, and what is written of all answers.
 *
 * The requirement and the passages go as one JSON text inside the user's message, so that no
 * passage can end its own string; the system's message says that passages are quoted material.
 * The same constraint gives the same bytes; their SHA-256 is in the opinion.
 */
#pragma once

#include "review/asker/asked.h"
#include "review/asker/dial.h"
#include "review/opinion/opinion.h"

#include <stdio.h>

/* The body of the request: a chat completion at temperature 0, not streamed. */
struct bytes prompt_body(
    struct arena *a, const char *model, const struct asked_constraint *c);
/* HTTP/1.0: no transfer coding comes back, and the connection ends with the answer. */
struct bytes prompt_request(
    struct arena *a, const struct endpoint *e, struct bytes body);
/* By review/opinion/opinion.schema.json. */
void opinions_write(const struct opinions *all, FILE *out);
