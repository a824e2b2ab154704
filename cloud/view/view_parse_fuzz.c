/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/view/view_parse.h"
#include "core/base/utf8.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_be_text(const char *s, size_t cap)
{
    size_t n = strnlen(s, cap);
    if (n == 0 || n == cap || !utf8_printable((struct bytes){(const uint8_t *)s, n}))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct door_sign_in form;
    struct session_token token;
    struct bytes in = {data, size};
    struct door_span span = {0};
    uint64_t n;
    uint32_t from;

    if (view_sign_in_parse(in, &form) == OK) {
        must_be_text(form.name, sizeof form.name);
        must_be_text(form.password, sizeof form.password);
    }
    if (view_cookie_parse(in, &token) == OK && size < 15 + 64)
        abort();
    if (view_number_parse(in, 1000, &n) == OK && (n > 1000 || size > 4))
        abort();
    if ((view_trend_parse(in, &span) == OK
            && (span.points == 0 || span.points > DOOR_POINTS))
        || (view_gaps_parse(in, &span) == OK && span.points != 0)
        || span.from_utc_ms > span.to_utc_ms
        || span.to_utc_ms - span.from_utc_ms > VIEW_SPAN_MAX_MS
        || (span.to_utc_ms > 0 && (memchr(data, '%', size) || memchr(data, 0, size))))
        abort();
    if (view_from_parse(in, &from) == OK && size != 0 && (size < 7 || size > 16))
        abort();
    size_t at =
        size < 8 ? size : (size + 8) / 2; /* "https://" and as much as the host */
    if (view_same_origin((struct bytes){data, at}, (struct bytes){data + at, size - at})
        && (size <= 8 || at != size - at + 8 || memcmp(data, "https://", 8) != 0
            || memcmp(data + 8, data + at, size - at) != 0))
        abort();
    return 0;
}
