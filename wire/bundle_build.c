/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/enrol.h"

#include "core/base/hex.h"
#include "core/base/writer.h"

#include <string.h>

static void put_str(struct writer *w, const char *s)
{
    put(w, (struct bytes){(const uint8_t *)s, strlen(s)});
}

static void put_line(struct writer *w, const char *key, const char *quoted)
{
    put_str(w, key);
    put_str(w, " = \"");
    put_str(w, quoted);
    put_str(w, "\"\n");
}

static void put_number(struct writer *w, const char *key, uint64_t v)
{
    uint8_t d[20];
    size_t n = sizeof d;

    do {
        d[--n] = (uint8_t)('0' + v % 10);
        v /= 10;
    } while (v > 0);
    put_str(w, key);
    put_str(w, " = ");
    put(w, (struct bytes){d + n, sizeof d - n});
    put_str(w, "\n");
}

static void put_hex(struct writer *w, const char *key, const uint8_t b[32])
{
    char hex[65];
    hex_of((struct bytes){b, 32}, (struct room){(uint8_t *)hex, sizeof hex});
    put_line(w, key, hex);
    wipe(hex, sizeof hex);
}

static void put_base64(struct writer *w, const char *key, const uint8_t *at, size_t len)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    put_str(w, key);
    put_str(w, " = \"");
    for (size_t i = 0; i < len; i += 3) {
        size_t n = len - i < 3 ? len - i : 3;
        uint32_t bits = (uint32_t)at[i] << 16 | (n > 1 ? (uint32_t)at[i + 1] << 8 : 0)
            | (n > 2 ? at[i + 2] : 0u);
        for (size_t d = 0; d < 4; d++)
            put_u8(w, (uint8_t)(d <= n ? alphabet[bits >> (18 - 6 * d) & 63] : '='));
    }
    put_str(w, "\"\n");
}

enum status bundle_build(const struct bundle *b, struct room out, size_t *len)
{
    struct writer w = writer_over(out);
    char device[UUID_TEXT];

    uuid_of(b->kid.device.b, device);
    put_str(&w,
        "# Holdfast enrolment bundle: a secret for one device, once. Delete it after use.\n");
    put_line(&w, "address", b->address);
    put_number(&w, "port", b->port);
    put_number(&w, "enrol_port", b->enrol_port);
    put_line(&w, "name", b->name);
    put_base64(&w, "ca_active", b->ca_active.at, b->ca_active.len);
    put_base64(&w, "ca_backup", b->ca_backup.at, b->ca_backup.len);
    put_hex(&w, "s", b->s.b);
    put_hex(&w, "service", b->service.b);
    put_hex(&w, "pins", b->pins.b);
    put_line(&w, "device", device);
    put_number(&w, "generation", b->kid.generation);
    put_number(&w, "expires_utc_s", b->expires_utc_s);
    put_hex(&w, "secret", b->secret.b);
    if (!writer_done(&w))
        return FULL;
    *len = w.len;
    return OK;
}
