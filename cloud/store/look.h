/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Look: what view and the command line may see of devices and readings.
 *
 * Ages and order come from measured time, never from receive time. Every list is paged or thinned
 * to the bounds of its door. Not here: who may ask (people.h for view, the socket for admin).
 */
#pragma once

#include "cloud/store/store.h"
#include "cloud/talk/doors.h"

MUST_USE enum status look_devices(
    struct store *s, uint32_t from, struct door_device_list *out);
/* Minimum and maximum of each span: no extreme is lost by thinning. */
MUST_USE enum status look_trend(
    struct store *s, const struct door_span *ask, struct door_trend_points *out);
MUST_USE enum status look_gaps(
    struct store *s, const struct door_span *ask, struct door_gap_list *out);

/* JSON lines into text, whole lines only; *next: 0 at the end. */
MUST_USE enum status look_list_devices(
    struct store *s, uint64_t cursor, struct room text, size_t *len, uint64_t *next);
MUST_USE enum status look_list_batches(struct store *s, const struct door_list *ask,
    struct room text, size_t *len, uint64_t *next);
MUST_USE enum status look_list_logs(struct store *s, const struct door_list *ask,
    struct room text, size_t *len, uint64_t *next);
MUST_USE enum status look_list_releases(
    struct store *s, uint64_t cursor, struct room text, size_t *len, uint64_t *next);
MUST_USE enum status look_list_offers(
    struct store *s, uint64_t cursor, struct room text, size_t *len, uint64_t *next);
MUST_USE enum status look_list_events(
    struct store *s, uint64_t cursor, struct room text, size_t *len, uint64_t *next);
MUST_USE enum status look_list_users(
    struct store *s, uint64_t cursor, struct room text, size_t *len, uint64_t *next);
MUST_USE enum status look_status(struct store *s, struct room text, size_t *len);
/* {"readings":R,"content":"<hex>"}: SHA-256 over content_of() of every stored record, sorted by
 * utc_ms, then device, epoch, seq, index. FULL: more than LOOK_CONTENT_MAX records. */
enum { LOOK_CONTENT_MAX = 4000000 };
/* What a device that was told to end has answered. REFUSED: it was not told. */
MUST_USE enum status look_receipt(
    struct store *s, const struct device_id *device, struct room text, size_t *len);
MUST_USE enum status look_content(
    struct store *s, const struct device_id *device, struct room text, size_t *len);
