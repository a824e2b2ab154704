/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Utf8: whether bytes are well-formed UTF-8 (RFC 3629: shortest forms, no surrogates).
 */
#pragma once

#include "core/base/bytes.h"

#include <stdbool.h>

/* Length of the well-formed character at the front, 1..4, or 0. */
size_t utf8_char(struct bytes in);
bool utf8_valid(struct bytes in);
/* Well-formed, and no control characters (C0, DEL, C1), no direction overrides or isolates. */
bool utf8_printable(struct bytes in);
/* Printable, and not of blanks alone: whoever looks sees something. */
bool utf8_shows(struct bytes in);
