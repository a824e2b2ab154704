/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Install: a bundle is checked whole, then written to the inactive slot and read back.
 *
 * Promise: install_check() writes nothing. Its order is that of the smallest surface: a length, a
 * digest, which only the bytes that the second key vouched for have, and only then the CMS, whose
 * parser thereby never sees a byte that both keys' holders did not make together.
 *
 * Not here: the statement's own signature and versions (update.h, judge.h), which slot.
 */
#pragma once

#include "core/port/crypto.h"
#include "core/port/slot.h"
#include "wire/release.h"

struct release_key { /* the release key's certificate authority, and CMS */
    void *board;
    /* REFUSED: cms is not a signature of these parts by a certificate of ours for signing code. */
    enum status (*signed_by)(void *board, struct bytes parts, struct bytes cms);
};

/* 0: good; else enum event_code: why not. */
uint8_t install_check(const struct release *release, struct bytes bundle,
    const struct crypto *crypto, const struct release_key *key,
    const struct slot *slot);

struct install { /* fields belong to install.c */
    const struct release *release;
    struct bytes parts; /* lent until done */
    const struct slot *slot;
    uint8_t part;
    uint32_t at, before; /* written of this part; bytes of the parts before it */
};

/* After install_check() said 0. */
void install_begin(struct install *i, const struct release *release,
    struct bytes bundle, const struct slot *slot);
/*
 * A piece more, so that whoever installs can serve others between. AGAIN: there is more to do.
 * OK: all is written and reads back as stated. REFUSED: it reads back otherwise. BROKEN: the slot
 * does not take it.
 */
MUST_USE enum status install_step(struct install *i);
