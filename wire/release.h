/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Release: what the second key says of one update bundle: which bytes, for whom, how new.
 *
 * Stands beside the bundle, not in it, as a frame of wire/sign1 of the kind "release"; for one
 * content and key exactly one byte string verifies. release_parse() knows no key: what it gives
 * is a claim until somebody has verified `signature` over release_to_sign() of `payload`.
 *
 * Not here: the release key's own signature inside the bundle (core/update/bundle.h), whether a
 * device takes it (core/update/judge.h).
 */
#pragma once

#include "core/base/status.h"
#include "core/port/crypto.h"
#include "wire/sign1.h"
#include "wire/types.h"

enum { BUILD_ID_LEN = 16, RELEASE_PARTS = 2 };

struct build_id {
    uint8_t b[BUILD_ID_LEN];
};

struct release_version { /* compared from the left */
    uint16_t major, minor, patch;
};

struct
    release_part { /* what one part of a slot shall hold: 0 root file system, 1 boot image */
    uint32_t len; /* 1..LIMIT_UPDATE_BUNDLE */
    struct digest digest;
};

struct release {
    char product[WORD_MAX + 1]; /* class of devices that it is for: [a-z0-9._-]{1,32} */
    struct release_version version;
    uint32_t
        security_version; /* never falls: what a device has confirmed it keeps as least */
    struct build_id build;
    uint32_t bundle_len; /* 1..LIMIT_UPDATE_BUNDLE; more than the parts together */
    struct digest
        bundle_digest;  /* of the whole file, the release key's signature in it too */
    uint8_t part_count; /* 1..RELEASE_PARTS */
    struct release_part
        parts[RELEASE_PARTS]; /* in the order of the bundle; rest zero */
};

struct signed_release {
    struct release release;
    struct signature signature;
    struct bytes payload; /* borrows */
};

/* How an event of a device says its class: so begins the SHA-256 of the name. */
void release_class_mark(const char *product, uint8_t out[EVENT_ABOUT_LEN]);
bool release_rules_hold(const struct release *release);
/* < 0, 0, > 0: a is older than, the same as, newer than b. */
int release_version_order(struct release_version a, struct release_version b);

/* MALFORMED: not exactly one signed-release in its one encoding; *out is untouched then. */
MUST_USE enum status release_parse(struct bytes in, struct signed_release *out);

/* out.cap >= SIGN1_PAYLOAD_MAX; the caller brings values inside their ranges (asserted). */
struct bytes release_payload_build(const struct release *release, struct room out);
/* out.cap >= SIGN1_TO_SIGN_MAX */
struct bytes release_to_sign(struct bytes payload, struct room out);
/* out.cap >= LIMIT_RELEASE */
struct bytes release_build(
    struct bytes payload, const struct signature *signature, struct room out);
