/* SPDX-License-Identifier: Apache-2.0 */
/*
 * open_answer on the real AEAD: bytes as they come, and a true answer with changes to it. The first
 * byte says which; then either an envelope, or triples (where, where, xor) on a sealed answer.
 * Aborts when anything but the answer itself opens, or when what is refused leaves text behind.
 */
#include "core/seal/seal.h"
#include "host/crypto.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct kid kid = {
    {{0xa1, 2, 3, 4, 5, 6, 0x47, 8, 0x89, 10, 11, 12, 13, 14, 15, 16}}, 7};
static const struct key k_down = {{0x5e, 0xc2, 0xe7}};
static const uint8_t text[] = "nothing but the whole of this may come out";

static enum status fixed(void *board, struct room into)
{
    (void)board;
    memset(into.at, 0x42, into.cap);
    return OK;
}

static void must(int cond)
{
    if (!cond)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct host_crypto
        *host; /* made once: libFuzzer has no other place for it */
    static uint8_t out[LIMIT_ENVELOPE];
    const struct entropy entropy = {.fill = fixed};
    uint8_t sealed[256], changed[256];
    size_t len, n = 0;

    must(host || host_crypto_new(&host) == OK);
    const struct crypto *c = host_crypto_port(host);
    must(seal_answer(c, &entropy, &kid, &k_down, BYTES_OF(text), ROOM_OF(sealed), &len)
        == OK);
    struct bytes in = {data, size};
    if (size > 0 && data[0] % 2) {
        memcpy(changed, sealed, len);
        for (size_t i = 1; i + 3 <= size; i += 3) {
            size_t where = (size_t)data[i] << 8 | data[i + 1];
            changed[where % len] ^= data[i + 2];
        }
        in = (struct bytes){changed, len};
    } else if (size > 0) {
        in = (struct bytes){data + 1, size - 1};
    }

    memset(out, 0, sizeof out);
    enum status s = open_answer(c, in, &kid, &k_down, ROOM_OF(out), &n);
    bool same = in.len == len && memcmp(in.at, sealed, len) == 0;
    must(s == OK || s == MALFORMED || s == REFUSED);
    must((s == OK) == same);
    if (s == OK)
        must(n == sizeof text && memcmp(out, text, n) == 0);
    else
        must(n == 0 && memcmp(out, text, 8) != 0);
    return 0;
}
