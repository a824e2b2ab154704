/* SPDX-License-Identifier: Apache-2.0 */
#include "host/self_check.h"

#include "core/base/secret.h"

#include <string.h>

bool self_check_crypto(const struct crypto *p)
{
    static const uint8_t abc[3] = {'a', 'b', 'c'}, starts[4] = {0xba, 0x78, 0x16, 0xbf};
    struct digest d = {{0}};
    struct key key = {{7}};
    struct iv iv = {{1}};
    uint8_t sealed[sizeof abc + TAG_LEN], plain[sizeof abc];

    bool good =
        p->sha256(p->board, BYTES_OF(abc), &d) == OK && memcmp(d.b, starts, 4) == 0;
    good = good
        && p->aead_seal(p->board, BYTES_OF(key.b), &iv, (struct bytes){0},
               BYTES_OF(abc), ROOM_OF(sealed))
            == OK;
    good = good
        && p->aead_open(p->board, BYTES_OF(key.b), &iv, (struct bytes){0},
               BYTES_OF(sealed), ROOM_OF(plain))
            == OK;
    sealed[0] ^= 1;
    return good
        && p->aead_open(p->board, BYTES_OF(key.b), &iv, (struct bytes){0},
               BYTES_OF(sealed), ROOM_OF(plain))
        == REFUSED;
}

bool self_check_entropy(const struct entropy *e)
{
    uint8_t a[32] = {0}, b[32] = {0};

    return e->fill(e->board, ROOM_OF(a)) == OK && e->fill(e->board, ROOM_OF(b)) == OK
        && !ct_equal(a, b, sizeof a);
}
