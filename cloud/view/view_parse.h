/* SPDX-License-Identifier: Apache-2.0 */
/*
 * View parse: what a browser sends, as types: sign-in form, session cookie, query values.
 *
 * MALFORMED: not of the one form that our own page sends. `out` is written only on OK.
 */
#pragma once

#include "cloud/talk/doors.h"
#include "core/base/bytes.h"
#include "core/base/status.h"

enum {
    VIEW_FORM_MAX = 1024,
    VIEW_TARGET_MAX = 192, /* a request's path with its query */
    VIEW_SPAN_MAX_MS = 8 * 24 * 3600 * 1000,
};

/* "name=...&password=...", in this order, application/x-www-form-urlencoded. Wipe after use. */
MUST_USE enum status view_sign_in_parse(struct bytes body, struct door_sign_in *out);
/* A Cookie field: exactly one "__Host-session=<64 lower-case hex digits>" in it. */
MUST_USE enum status view_cookie_parse(struct bytes field, struct session_token *out);
/* Decimal digits, no sign, no leading zero, at most `most`. */
MUST_USE enum status view_number_parse(struct bytes text, uint64_t most, uint64_t *out);
/*
 * Queries as they stand in the request: these fields, in this order, no escapes, nothing more.
 * "" or "?from=N"
 */
MUST_USE enum status view_from_parse(struct bytes query, uint32_t *out);
/* "?device=UUID&from=N&to=N&points=N": from <= to, at most VIEW_SPAN_MAX_MS; keeps out->token. */
MUST_USE enum status view_trend_parse(struct bytes query, struct door_span *out);
/* The same without points. */
MUST_USE enum status view_gaps_parse(struct bytes query, struct door_span *out);
/* An Origin field against the Host field: "https://" and the same host. */
bool view_same_origin(struct bytes origin, struct bytes host);
