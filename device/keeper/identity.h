/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Identity: a device's long-term keys as keeper stores them, sealed by the trust port.
 *
 * Two records: the identity in force, and an enrolment that has begun (M1 is persisted before
 * it is sent, so that a retry sends the same). Files 0400 of keeper.
 */
#pragma once

#include "core/port/trust.h"
#include "core/seal/enrol.h"

#include <sys/types.h>

struct identity_record { /* wipe after use */
    struct kid kid;
    struct x25519_public cloud;
    struct ed25519_public
        service; /* who signs service tickets; sealed, so nobody changes it */
    struct key up, down;
};

struct enrolment_record { /* wipe after use */
    struct kid kid;
    struct x25519_public cloud;
    struct digest
        invitation; /* SHA-256 of its secret: the same invitation, the same M1 */
    struct device_keys keys;
    uint8_t m1[ENROL_M1_LEN];
};

enum {
    IDENTITY_LEN = 1 + KID_LEN + X25519_LEN + ED25519_LEN + 64,
    ENROLMENT_LEN = 1 + KID_LEN + X25519_LEN + 32 + 96 + ENROL_M1_LEN,
    IDENTITY_SEALED_MAX = ENROLMENT_LEN + TRUST_OVERHEAD_MAX,
};

MUST_USE enum status identity_parse(struct bytes in, struct identity_record *out);
void identity_build(const struct identity_record *r, uint8_t out[IDENTITY_LEN]);
MUST_USE enum status enrolment_parse(struct bytes in, struct enrolment_record *out);
void enrolment_build(const struct enrolment_record *r, uint8_t out[ENROLMENT_LEN]);

struct sealed_record { /* as it lies on flash */
    size_t len;
    uint8_t b[IDENTITY_SEALED_MAX];
};

/* In two steps for who may open files only before the keys can be reached. AGAIN: there is none.
 * REFUSED: the file's mode or owner (*why). */
MUST_USE enum status identity_load(
    const char *path, uid_t owner, struct sealed_record *out, const char **why);
/* DAMAGED: not sealed by this device. Else as the trust says it. */
MUST_USE enum status identity_open(const struct sealed_record *sealed,
    const struct trust *trust, struct identity_record *out, const char **why);
/* AGAIN: there is none. REFUSED: the file's mode or owner (*why). DAMAGED: not sealed by this
 * device. */
MUST_USE enum status identity_read(const char *path, uid_t owner,
    const struct trust *trust, struct identity_record *out, const char **why);
MUST_USE enum status identity_write(const char *path, uid_t owner, gid_t group,
    const struct trust *trust, const struct identity_record *r);
/* Settled: its M1 goes out, and no cut of power takes it back. */
MUST_USE enum status enrolment_read(const char *path, uid_t owner,
    const struct trust *trust, struct enrolment_record *out, const char **why);
MUST_USE enum status enrolment_write(const char *path, uid_t owner, gid_t group,
    const struct trust *trust, const struct enrolment_record *r);
