/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Life: the keys of a simulated device from one generation to the next, its end, and a copy of it.
 *
 * Renewal is the product's from where keys are agreed: M1 in batches, M2 in answers, outbox_rest(),
 * outbox_change_keys(); what keeper keeps in files is kept here, and power may go before and after
 * each write of it. The end is the product's too (device/keeper/ending.h), on the simulated flash.
 * Not here: HPKE between device and keys, TLS keys, pin sets (device/keeper/renewal_test.c,
 * device/trust/pin_store_test.c).
 */
#pragma once

#include "device/keeper/ending.h"
#include "tests/support/station.h"

struct actor;
struct world;

struct life {
    struct key first_up, first_down; /* of generation 1; the others follow from them */
    uint32_t generation;             /* flash: of the keys in use */
    bool begun;                      /* flash: M1, and the keys to come */
    uint32_t asked;                  /* memory: of the last answer; 0: nothing */
    bool answered;                   /* memory: M2 came with it */

    bool ending, ended; /* memory: told; flash: the receipt is kept */
    bool erased, heard; /* flash: all is erased; the store has the receipt */
    uint64_t ending_since_ms;
    struct end_order order;
    size_t receipt_len;
    uint8_t receipt[LIMIT_ENVELOPE];
    char folder[64], receipt_path[96], secrets[ENDING_FILES][96];
};

struct copy { /* a copied disk that runs beside its device */
    bool on, ran_while_well;
    struct kid kid;
    struct sealer sealer;
    uint32_t seq;
};

void life_init(struct actor *a);
void life_free(struct actor *a);
/* Keys of a generation, as device and `keys` have agreed. */
void life_keys(
    const struct actor *a, uint32_t generation, struct key *up, struct key *down);
void life_before_boot(struct actor *a);
void life_booted(struct actor *a);
void life_told(struct actor *a, const struct outbox_told *told);
void life_go_on(struct actor *a); /* at each poll */
/* The receipt is on flash: erase, and offer it. */
void life_end_on(struct actor *a);
void life_minute(struct world *w); /* what people ask for, and copies */
void life_watch_end(struct world *w);
