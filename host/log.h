/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Log: one line for one event on stderr, JSON with --log-json, else short text.
 *
 * {"t":"2026-11-28T06:00:00.123Z","role":"keeper","level":"info","code":"batch.sealed",
 *  "dev":"<uuid>","req":"<hex>","n":1, ...} at most LIMIT_LOG_LINE bytes, keys in this order;
 * after them numbers, hex and fixed words only. Never waits: what the reader does not take is
 * dropped, counted, and reported by a log.dropped line when it reads again.
 * Without --log-json only warn, refuse and fault are written, as text, and info not at all.
 */
#pragma once

#include "core/base/bytes.h"
#include "core/base/reason.h"
#include "wire/types.h"

#include <stdbool.h>
#include <stdint.h>

enum log_level { LOG_INFO, LOG_WARN, LOG_REFUSE, LOG_FAULT };

struct log_field;

/* Hears each line before it is written, also those that are not. */
struct log_ear {
    void *ctx;
    void (*hear)(void *ctx, enum log_level level, enum reason reason,
        const struct log_field *fields, size_t count); /* or NULL */
};

struct log {
    int fd;
    bool may_wait; /* shared with others who may want to wait: asked for room first */
    const char *role;
    bool json;
    uint64_t dropped;
    struct log_ear ear; /* set it after log_open() */
};

enum log_kind { LOG_END, LOG_DEVICE, LOG_NUMBER, LOG_HEX, LOG_WORD };

struct log_field {
    enum log_kind kind;
    const char *key;    /* LOG_DEVICE: ignored, always "dev" */
    struct bytes bytes; /* LOG_HEX; LOG_DEVICE: 16 bytes */
    const char
        *word; /* LOG_WORD: a word from our own tables, never text from outside */
    uint64_t number;
};

#define F_DEV(id) ((struct log_field){.kind = LOG_DEVICE, .bytes = {(id)->b, 16}})
#define F_NUM(k, v) \
    ((struct log_field){.kind = LOG_NUMBER, .key = (k), .number = (uint64_t)(v)})
#define F_HEX(k, at_, n) \
    ((struct log_field){.kind = LOG_HEX, .key = (k), .bytes = {(at_), (n)}})
#define F_WORD(k, w) ((struct log_field){.kind = LOG_WORD, .key = (k), .word = (w)})

void log_open(struct log *l, int fd, const char *role, bool json);
void log_fields(struct log *l, enum log_level level, enum reason reason,
    const struct log_field *fields, size_t count);
#define LOG(l, level, reason, ...)                                        \
    log_fields((l), (level), (reason), (struct log_field[]){__VA_ARGS__}, \
        sizeof((struct log_field[]){__VA_ARGS__}) / sizeof(struct log_field))
