/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Worker: one thread that does nothing but hash passwords (argon2id), with a bounded queue.
 *
 * So that a sign-in, which costs tens of milliseconds and 19 MiB on purpose, delays no batch. The
 * thread sees a password and a stored hash, and neither the database nor any other key.
 */
#pragma once

#include "core/base/limits.h"
#include "core/base/status.h"
#include "core/port/entropy.h"

#include <stdbool.h>
#include <stdint.h>

enum { WORKER_QUEUE = 8, WORKER_HASH = 128 };

struct worker_job { /* holds a password: wipe after use */
    bool verify;    /* else: make a hash */
    char password[LIMIT_PASSWORD + 1];
    char hash[WORKER_HASH]; /* verify: in; else: out */
    uint8_t salt[16];       /* not for verify */
    bool ok;                /* out: it matches, or the hash was made */
    uint64_t tag[4];        /* the caller's */
    char name[65];          /* the caller's */
};

struct worker;
/* After confinement: the thread is born confined. */
MUST_USE enum status worker_new(struct worker **out);
void worker_free(struct worker *w);    /* ends the thread */
int worker_fd(const struct worker *w); /* readable: something is done */
MUST_USE enum status worker_put(
    struct worker *w, const struct worker_job *job); /* FULL */
MUST_USE enum status worker_take(
    struct worker *w, struct worker_job *job); /* AGAIN: nothing */
/* A hash that no password matches, as dear to check as any other. */
extern const char worker_nobody[WORKER_HASH];
