/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/sha256.h"

#include <string.h>

/* clang-format off */
static const uint32_t round_constant[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};
/* clang-format on */

static uint32_t rotr(uint32_t x, unsigned n)
{
    return x >> n | x << (32 - n);
}

static void expand(const uint8_t block[64], uint32_t w[64])
{
    for (size_t i = 0; i < 16; i++)
        w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16
            | (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
    for (size_t i = 16; i < 64; i++) {
        uint32_t s0 = rotr(w[i - 15], 7) ^ rotr(w[i - 15], 18) ^ w[i - 15] >> 3;
        uint32_t s1 = rotr(w[i - 2], 17) ^ rotr(w[i - 2], 19) ^ w[i - 2] >> 10;
        w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
}

/* One of 64: what was k becomes the new a, and d the new e. */
static inline void step(uint32_t a, uint32_t b, uint32_t c, uint32_t *d, uint32_t e,
    uint32_t f, uint32_t g, uint32_t *k, uint32_t add)
{
    uint32_t s1 = rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25);
    uint32_t t1 = *k + s1 + (g ^ (e & (f ^ g))) + add;
    uint32_t s0 = rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22);
    *d += t1;
    *k = t1 + s0 + ((a & b) | (c & (a | b)));
}

static void compress(uint32_t h[8], const uint8_t block[64])
{
    uint32_t w[64];
    uint32_t a = h[0], b = h[1], c = h[2], d = h[3];
    uint32_t e = h[4], f = h[5], g = h[6], k = h[7];

    expand(block, w);
    for (size_t i = 0; i < 64; i += 8) { /* each step renames, and moves nothing */
        step(a, b, c, &d, e, f, g, &k, round_constant[i] + w[i]);
        step(k, a, b, &c, d, e, f, &g, round_constant[i + 1] + w[i + 1]);
        step(g, k, a, &b, c, d, e, &f, round_constant[i + 2] + w[i + 2]);
        step(f, g, k, &a, b, c, d, &e, round_constant[i + 3] + w[i + 3]);
        step(e, f, g, &k, a, b, c, &d, round_constant[i + 4] + w[i + 4]);
        step(d, e, f, &g, k, a, b, &c, round_constant[i + 5] + w[i + 5]);
        step(c, d, e, &f, g, k, a, &b, round_constant[i + 6] + w[i + 6]);
        step(b, c, d, &e, f, g, k, &a, round_constant[i + 7] + w[i + 7]);
    }
    const uint32_t add[8] = {a, b, c, d, e, f, g, k};
    for (size_t i = 0; i < 8; i++)
        h[i] += add[i];
}

void sha256_start(struct sha256 *s)
{
    *s = (struct sha256){.h = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                             0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}};
}

void sha256_more(struct sha256 *s, struct bytes in)
{
    while (in.len > 0) {
        size_t at = s->len % sizeof s->block;
        size_t n = sizeof s->block - at < in.len ? sizeof s->block - at : in.len;
        if (n == sizeof s->block) {
            compress(s->h, in.at);
        } else {
            memcpy(s->block + at, in.at, n);
            if (at + n == sizeof s->block)
                compress(s->h, s->block);
        }
        s->len += n;
        in = (struct bytes){in.at + n, in.len - n};
    }
}

void sha256_peek(const struct sha256 *s, struct digest *out)
{
    static const uint8_t one_and_zeros[64] = {0x80};
    struct sha256 end = *s;
    size_t at = (size_t)(s->len % 64);
    uint8_t bits[8];

    for (size_t i = 0; i < 8; i++)
        bits[i] = (uint8_t)(s->len * 8 >> 8 * (7 - i));
    sha256_more(&end, (struct bytes){one_and_zeros, at < 56 ? 56 - at : 120 - at});
    sha256_more(&end, BYTES_OF(bits));
    for (size_t i = 0; i < sizeof out->b; i++)
        out->b[i] = (uint8_t)(end.h[i / 4] >> 8 * (3 - i % 4));
}
