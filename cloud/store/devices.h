/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Devices: acts on a device's row. Each is one statement in an open transaction.
 */
#pragma once

#include "cloud/store/store.h"
#include "cloud/talk/doors.h"

/* The signed pin set that devices are given; at the start, and a new one. REFUSED: it is none, not
 * later, or a device could not rely on its authorities. Who signed it is for devices to judge. */
MUST_USE enum status pins_load(struct store *s);
MUST_USE enum status pins_publish(struct store *s, struct bytes signed_set);
/* A new id and its row, generation 1. */
MUST_USE enum status device_new(struct store *s, const char *label, struct kid *out);
/* One that never said a word, because nobody has its bundle: as if it had not been made. REFUSED: there is no
 * such device, or it is more than invited. */
MUST_USE enum status device_drop(struct store *s, const struct device_id *device);
/* REFUSED: no such device, or it is revoked already. */
MUST_USE enum status device_revoke(struct store *s, const struct device_id *device);
/* Its next answer asks for new keys. REFUSED: no such live device, or one is wanted already. */
MUST_USE enum status device_renew(struct store *s, const struct device_id *device);
/* What keys answered to the M1 of this kid; nothing changes if it is no longer wanted. */
MUST_USE enum status device_renewed(
    struct store *s, const struct kid *next, const struct door_enrolled *answer);
/* Its next answer tells it to give up its keys. REFUSED: no such live device, or it was told. */
MUST_USE enum status device_end(struct store *s, const struct device_id *device);
MUST_USE enum status device_configure(
    struct store *s, const struct door_config_set *ask);
/* REFUSED: no row, or it may not send now. */
MUST_USE enum status device_admit(struct store *s, const struct device_id *device);
/* A person has looked into the suspicion of a clone. REFUSED: no such live device, or none. */
MUST_USE enum status device_clear(struct store *s, const struct device_id *device);
/* The last word on what its TPM proves, and the version that ran; NULL: none was seen. */
MUST_USE enum status device_note_attest(struct store *s, const struct device_id *device,
    const char *word, const uint32_t *version);
/* keys has heard: the first batch, the end. */
MUST_USE enum status device_told(
    struct store *s, const struct device_id *device, bool grave);
