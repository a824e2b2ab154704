/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Releases: which release the cloud offers, to how many devices, and what became of it on each.
 *
 * Only the newest release is ever offered, to the share of devices that its roll-out has reached:
 * a device's place in the order is drawn from the release and its id, so a larger share contains
 * the smaller one. A stopped one is offered to nobody, from the next answer on. The cloud's word
 * starts nothing: the device verifies the statement (core/update).
 *
 * Not here: the bundle's bytes (bundles.h); who may run what (the device's own judge).
 */
#pragma once

#include "cloud/store/store.h"
#include "cloud/talk/doors.h"
#include "wire/types.h"

/* REFUSED: no statement, or there already. All in the open transaction. */
MUST_USE enum status release_add(struct store *s, struct bytes statement);
/* REFUSED: no such release, or not the newest. */
MUST_USE enum status release_roll(struct store *s, const struct door_release_roll *ask);
/* Into the answer, if this device (row and id) is to be offered one now. */
MUST_USE enum status release_offer(struct store *s, uint64_t row,
    const struct device_id *device, struct answer *answer);
/* Is the newest release offered to this device now, and is that its bundle? REFUSED: no. */
MUST_USE enum status release_gives(
    struct store *s, const struct device_id *device, const struct digest *bundle);
/* REFUSED: this statement is not the newest release. */
MUST_USE enum status release_is_newest(struct store *s, struct bytes statement);
/* An event of an update that this device told: of the release it was offered last. What is
 * confirmed stays so: an offer that crossed with that news is refused as no newer. */
MUST_USE enum status release_note(struct store *s, uint64_t row, uint8_t code);
/* device: drawn among 100; offered where it is below the percent. */
MUST_USE enum status release_place(struct store *s, const struct digest *release,
    const struct device_id *device, unsigned *place);
