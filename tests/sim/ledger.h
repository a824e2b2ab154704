/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ledger: what each device has promised, and what has become of it, kept apart from both ends.
 */
#pragma once

#include "core/outbox/outbox_match.h"

struct promise {
    uint8_t device;
    struct outbox_sent is; /* epoch, seq, digest */
    struct digest content;
    uint32_t readings;
    uint32_t run, generation, identity;
    uint64_t sealed_ms; /* simulated */
    bool sealed;        /* the device said so; else it was cut while sealing */
    bool clone;         /* somebody else's content under this identity got in first */
    bool acknowledged, aside, lost;
    bool refused;       /* the store has said conflict or schema */
    bool restored_away; /* it was stored, and a restore took it */
    bool stored;        /* now, durably */
    bool in_journal;    /* as last looked */
    uint32_t declared;  /* losses, as the store has read it; 0: it has not */
};

struct ledger {
    struct promise *at;
    uint32_t count, cap;
    uint32_t *slots; /* hash of (device, epoch, seq): index + 1 */
    uint32_t slot_count;
};

void ledger_init(struct ledger *l);
void ledger_free(struct ledger *l);
/* NULL: never heard of */
struct promise *ledger_find(
    struct ledger *l, uint8_t device, const struct outbox_sent *is);
struct promise *ledger_add(
    struct ledger *l, uint8_t device, const struct outbox_sent *is);
