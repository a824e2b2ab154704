/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Releases: which release the cloud offers, to how many devices, and what became of it on each.
 *
 * Only the newest release of a class is ever offered, to the share of devices that its roll-out has
 * reached: a device's place in the order is drawn from the release and its id, so a larger share
 * contains the smaller one. A stopped one is offered to nobody, from the next answer on. Of which
 * class a device is: class_rule.h. An offer that ends is withdrawn by answers without any before
 * another one is made: a device that has taken one looks at no other. The cloud's word starts
 * nothing: the device verifies the statement (core/update).
 *
 * Not here: what an administrator does (release_acts.h); the bundle's bytes (bundles.h); who may run what (the device's own judge).
 */
#pragma once

#include "cloud/store/store.h"
#include "cloud/talk/doors.h"
#include "wire/types.h"

/* In the place of what a device told of an offer: no event has this code. */
enum { OFFER_WITHDRAWN = 0 };

/* Loads the newest release of each class into s->newest, unless they are there. */
MUST_USE enum status releases_newest(struct store *s);
/* After a release was added or rolled out. */
void releases_changed(struct store *s);
/* After releases_newest(): of this class; NULL: there is none. */
const struct newest_release *releases_of(const struct store *s, const char *product);
/* After releases_newest(): may there be one of this class? */
bool releases_have_room(const struct store *s, const char *product);
/* After releases_newest(): a device, not revoked, that keeps this class from its end, and why: RELEASE_IN_USE, it is of
 * the class; RELEASE_OFFERED, it has not answered an offer, or its withdrawal. AGAIN: there is none. */
MUST_USE enum status releases_device_of(
    struct store *s, const char *product, struct device_id *out, enum reason *why);
/* Into the answer, if this device (row and id) is to be offered one now. */
MUST_USE enum status release_offer(struct store *s, uint64_t row,
    const struct device_id *device, struct answer *answer);
/* Is a release offered to this device now, and is that its bundle? REFUSED: no. */
MUST_USE enum status release_gives(
    struct store *s, const struct device_id *device, const struct digest *bundle);
/* Its number; REFUSED: this statement is not the newest release of its class. */
MUST_USE enum status release_is_newest(
    struct store *s, struct bytes statement, uint64_t *id);
/* An event of an update that this device told, kept with the offer that it is about; one of what
 * this cloud never offered it, or of nothing that can be named, changes no offer. What is confirmed
 * stays so: an offer that crossed with that news is refused as no newer. */
MUST_USE enum status release_note(
    struct store *s, uint64_t row, const struct event *event);
/* After releases_newest(): the class that has this mark; NULL: none of those here. */
const char *releases_class(const struct store *s, const uint8_t mark[EVENT_ABOUT_LEN]);
/* The class that a batch of this device (row) says. The first of a run that says none: the image may be
 * another one than before, so it is not known any more. */
MUST_USE enum status release_note_class(
    struct store *s, uint64_t row, const struct batch *batch);
/* device: drawn among 100; offered where it is below the percent. */
MUST_USE enum status release_place(struct store *s, const struct digest *release,
    const struct device_id *device, unsigned *place);
