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

enum { VIEW_FORM_MAX = 1024 };

/* "name=...&password=...", in this order, application/x-www-form-urlencoded. Wipe after use. */
MUST_USE enum status view_sign_in_parse(struct bytes body, struct door_sign_in *out);
/* A Cookie field: exactly one "__Host-session=<64 lower-case hex digits>" in it. */
MUST_USE enum status view_cookie_parse(struct bytes field, struct session_token *out);
/* Decimal digits, no sign, no leading zero, at most `most`. */
MUST_USE enum status view_number_parse(struct bytes text, uint64_t most, uint64_t *out);
/* An Origin field against the Host field: "https://" and the same host. */
bool view_same_origin(struct bytes origin, struct bytes host);
