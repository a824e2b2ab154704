/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attester: asks a device for its connection what ran at its boot, and judges what its TPM says.
 *
 * The first request of a connection gets a nonce and the registers of the policy; the second brings the quote. What comes
 * of it is the connection's state (attested.h), a word on the device's row, and an event with its reason. Under a policy
 * that does not ask, nothing is asked.
 *
 * To the device every refusal looks alike. What waits for keys to name an attestation key is bounded, in all and for
 * each device. Not here: the steps of the proof (cloud/attest), what an attested connection may do (trust_rule.h).
 */
#pragma once

#include "cloud/store/store.h"
#include "cloud/talk/doors.h"

enum { ATTESTER_WAITING = 64, ATTESTER_WAITING_EACH = 4 };

struct attester_ports {
    void *ctx;
    void (*answer)(
        void *ctx, uint64_t gate, const struct door_attested *head, struct bytes asked);
    bool (*ask)(void *ctx, const struct kid *kid); /* false: keys is not there */
};

struct attester;
MUST_USE enum status attester_new(
    struct attester **out, struct store *s, const struct attester_ports *ports);
void attester_free(struct attester *a);
/* Begins a transaction; who calls commits it. */
void attester_take(struct attester *a, uint64_t gate, const struct door_attest *head,
    struct bytes said);
/* keys said by which key this generation's TPM attests: judge what waits for it. */
void attester_key(
    struct attester *a, const struct kid *kid, const struct door_attest_key *key);
void attester_keys_gone(struct attester *a); /* what waits is told to come later */
