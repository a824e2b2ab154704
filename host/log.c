/* SPDX-License-Identifier: Apache-2.0 */
#include "host/log.h"

#include "core/base/hex.h"
#include "core/base/json.h"
#include "core/base/limits.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char *level_name(enum log_level level)
{
    switch (level) {
    case LOG_INFO: return "info";
    case LOG_WARN: return "warn";
    case LOG_REFUSE: return "refuse";
    case LOG_FAULT: return "fault";
    }
    return "fault";
}

/*
 * A pipe or terminal is shared with others, so its flags are not ours to change: the same thing
 * is opened once more, for this process alone, and there the descriptor never waits. A regular
 * file keeps its descriptor (and with it the offset that all writers share).
 */
static int own_descriptor(int fd)
{
    struct stat st;
    char self[32];

    if (fstat(fd, &st) != 0 || !(S_ISFIFO(st.st_mode) || S_ISCHR(st.st_mode)))
        return fd;
    snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
    int own = open(self, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    return own < 0 ? fd : own;
}

static bool may_wait(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    return flags < 0 || (flags & O_NONBLOCK) == 0;
}

void log_open(struct log *l, int fd, const char *role, bool json)
{
    int own = own_descriptor(fd);
    *l = (struct log){.fd = own, .may_wait = may_wait(own), .role = role, .json = json};
}

/* poll says less than a write that never waits: a started page of a pipe has room, and the kernel's ring never answers. */
static bool has_room(const struct log *l)
{
    struct pollfd p = {.fd = l->fd, .events = POLLOUT};
    return !l->may_wait || (poll(&p, 1, 0) == 1 && (p.revents & POLLOUT) != 0);
}

static bool write_whole(const struct log *l, struct bytes lines)
{
    ssize_t n = send(l->fd, lines.at, lines.len, MSG_DONTWAIT | MSG_NOSIGNAL);

    if (n < 0 && errno == ENOTSOCK && has_room(l))
        n = write(l->fd, lines.at, lines.len);
    return n == (ssize_t)lines.len;
}

static void time_text(char *out, size_t cap)
{
    struct timespec now;
    struct tm t;
    char date[32];

    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &t);
    strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &t);
    snprintf(out, cap, "%s.%03dZ", date, (int)(now.tv_nsec / 1000000));
}

static const char *key_of(const struct log_field *f)
{
    return f->kind == LOG_DEVICE ? "dev" : f->key;
}

/* dev, req and n come first, in this order; the others as given. */
static int rank_of(const struct log_field *f)
{
    const char *key = key_of(f);
    return f->kind == LOG_DEVICE  ? 0
        : strcmp(key, "req") == 0 ? 1
        : strcmp(key, "n") == 0   ? 2
                                  : 3;
}

static void json_field(struct json *j, const struct log_field *f)
{
    char uuid[UUID_TEXT];

    json_key(j, key_of(f));
    switch (f->kind) {
    case LOG_END: json_null(j); break;
    case LOG_DEVICE:
        uuid_of(f->bytes.at, uuid);
        json_str(j, uuid);
        break;
    case LOG_NUMBER: json_u64(j, f->number); break;
    case LOG_HEX: json_hex(j, f->bytes); break;
    case LOG_WORD: json_str(j, f->word); break;
    }
}

static size_t json_line(const struct log *l, enum log_level level, enum reason reason,
    const struct log_field *fields, size_t count, uint8_t *out, size_t cap)
{
    struct json j = json_over((struct room){out, cap - 1});
    char now[48];

    time_text(now, sizeof now);
    json_object(&j);
    json_key(&j, "t");
    json_str(&j, now);
    json_key(&j, "role");
    json_str(&j, l->role);
    json_key(&j, "level");
    json_str(&j, level_name(level));
    json_key(&j, "code");
    json_str(&j, reason_code(reason));
    for (int rank = 0; rank <= 3; rank++)
        for (size_t i = 0; i < count; i++)
            if (fields[i].kind != LOG_END && rank_of(&fields[i]) == rank)
                json_field(&j, &fields[i]);
    json_object_end(&j);
    if (!json_done(&j))
        return 0;
    out[j.w.len] = '\n';
    return j.w.len + 1;
}

/* One field as "key=value " for people; hex is cut short. */
static size_t text_field(const struct log_field *f, char *out, size_t cap)
{
    char value[UUID_TEXT] = "";

    if (f->kind == LOG_DEVICE)
        uuid_of(f->bytes.at, value);
    else if (f->kind == LOG_HEX)
        hex_of((struct bytes){f->bytes.at, f->bytes.len < 8 ? f->bytes.len : 8},
            (struct room){(uint8_t *)value, sizeof value});
    else if (f->kind == LOG_NUMBER)
        snprintf(value, sizeof value, "%llu", (unsigned long long)f->number);
    else if (f->kind == LOG_WORD)
        snprintf(value, sizeof value, "%s", f->word);
    else
        return 0;
    int n = snprintf(out, cap, " %s=%s", key_of(f), value);
    return n < 0 || (size_t)n >= cap ? 0 : (size_t)n;
}

static size_t text_line(const struct log *l, enum log_level level, enum reason reason,
    const struct log_field *fields, size_t count, uint8_t *out, size_t cap)
{
    char *text = (char *)out;
    int n = snprintf(text, cap, "%s: %s: %s: %s", l->role, level_name(level),
        reason_code(reason), reason_meaning(reason));
    size_t len = n < 0 || (size_t)n >= cap ? 0 : (size_t)n;

    for (size_t i = 0; i < count && len + 2 < cap; i++)
        len += text_field(&fields[i], text + len, cap - len - 1);
    text[len] = '\n';
    return len + 1;
}

static size_t line_of(const struct log *l, enum log_level level, enum reason reason,
    const struct log_field *fields, size_t count, uint8_t *out, size_t cap)
{
    return l->json ? json_line(l, level, reason, fields, count, out, cap)
                   : text_line(l, level, reason, fields, count, out, cap);
}

void log_fields(struct log *l, enum log_level level, enum reason reason,
    const struct log_field *fields, size_t count)
{
    uint8_t lines[2 * LIMIT_LOG_LINE];
    struct log_field dropped = F_NUM("n", l->dropped);
    size_t len = 0;

    if (l->ear.hear != NULL)
        l->ear.hear(l->ear.ctx, level, reason, fields, count);
    if (!l->json && level == LOG_INFO)
        return;
    /*
     * In one write: a reader with room for one only would take the report, time after time,
     * and never again a line.
     */
    if (l->dropped > 0)
        len = line_of(
            l, LOG_WARN, REASON_LOG_DROPPED, &dropped, 1, lines, LIMIT_LOG_LINE);
    size_t line = line_of(l, level, reason, fields, count, lines + len, LIMIT_LOG_LINE);
    assert(line > 0); /* fields come from our own tables: they fit */
    if (write_whole(l, (struct bytes){lines, len + line}))
        l->dropped = 0;
    else
        l->dropped++;
}
