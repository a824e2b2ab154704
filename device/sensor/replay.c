/* SPDX-License-Identifier: Apache-2.0 */
#include "device/sensor/replay.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const double pleth_steady = 120000.0;
static const double pleth_full_scale = 4000.0;
static const uint64_t gap_us =
    500000; /* and four samples: a hole in the recording's own clock */
static const uint64_t gap_max_us = 60000000;

/* FULL: no more lines. MALFORMED: too long. The line lives until the next call. */
static enum status next_line(struct replay *r, struct bytes *out)
{
    size_t len = 0;
    bool any = false;

    for (;;) {
        if (r->buffer_at == r->buffer_len) {
            ssize_t got;
            do
                got = read(r->fd, r->buffer, sizeof r->buffer);
            while (got < 0 && errno == EINTR);
            if (got < 0)
                return BROKEN;
            r->buffer_at = 0;
            r->buffer_len = (size_t)got;
            r->byte_count += (uint64_t)got;
            if (r->byte_count > LIMIT_CSV_FILE)
                return BROKEN; /* it grew while we read */
            if (got == 0) {
                if (!any)
                    return FULL;
                break;
            }
        }
        uint8_t c = r->buffer[r->buffer_at++];
        any = true;
        if (c == '\n')
            break;
        if (len == sizeof r->line) {
            r->line_count++;
            return MALFORMED;
        }
        r->line[len++] = c;
    }
    if (len > 0 && r->line[len - 1] == '\r')
        len--;
    r->line_count++;
    *out = (struct bytes){r->line, len};
    return OK;
}

static enum status rewind_file(struct replay *r)
{
    r->buffer_at = r->buffer_len = 0;
    r->line_count = 0;
    r->byte_count = 0;
    r->row_count = 0;
    r->row_us = 0;
    r->missed = false;
    return lseek(r->fd, 0, SEEK_SET) == 0 ? OK : BROKEN;
}

static enum status complain(const struct replay *r, struct conf_error *err,
    const char *what, const char *expected)
{
    err->line = r->line_count;
    snprintf(err->what, sizeof err->what, "%s", what);
    snprintf(err->expected, sizeof err->expected, "%s", expected);
    return MALFORMED;
}

static enum status complain_file(
    struct conf_error *err, const char *what, const char *expected, enum status s)
{
    err->line = 0;
    snprintf(err->what, sizeof err->what, "%s", what);
    snprintf(err->expected, sizeof err->expected, "%s", expected);
    return s;
}

static enum status take_head(struct replay *r, const char **expected)
{
    struct bytes line;

    *expected = "a first line of at most 256 bytes: '# key=value ...'";
    TRY(next_line(r, &line));
    TRY(csv_head_parse(line, &r->head, expected));
    *expected = "a second line of at most 256 bytes with column names";
    TRY(next_line(r, &line));
    return csv_columns_parse(line, &r->columns, expected);
}

/* A row with its time; FULL at the end of the file. */
static enum status take_row(
    struct replay *r, struct csv_row *row, const char **expected)
{
    struct bytes line;

    *expected = "lines of at most 256 bytes";
    TRY(next_line(r, &line));
    TRY(csv_row_parse(&r->columns, line, row, expected));
    uint64_t us =
        row->has_time ? row->time_us : r->row_count * 1000000000u / r->head.fs_mhz;
    if (r->row_count > 0) {
        uint64_t usual = 4000000000u / r->head.fs_mhz;
        *expected = "t_ms that grows, by at most 60 s";
        if (us <= r->row_us || us - r->row_us > gap_max_us)
            return MALFORMED;
        if (us - r->row_us > gap_us && us - r->row_us > usual)
            r->missed = true;
    }
    r->row_us = us;
    r->row_count++;
    if (!row->present)
        r->missed = true;
    return OK;
}

static bool above_bits(const struct replay *r, uint64_t value)
{
    return r->head.bits != 0 && value >= ((uint64_t)1 << r->head.bits) * CSV_FRACTION;
}

static enum status look_through(struct replay *r, struct conf_error *err)
{
    struct csv_row row;
    const char *expected;
    bool any = false;
    enum status s = take_head(r, &expected);

    if (s == FULL) {
        s = complain(r, err, "end of file", expected);
        err->line++; /* the line that should have come */
        return s;
    }
    while (s == OK && (s = take_row(r, &row, &expected)) == OK) {
        if (!row.present)
            continue;
        if (above_bits(r, row.first) || above_bits(r, row.second))
            return complain(r, err, "value too large", "values within bits of line 1");
        if (!any)
            r->first_us = r->row_us;
        any = true;
        r->last_us = r->row_us;
        r->largest = row.first > r->largest ? row.first : r->largest;
        r->largest = row.second > r->largest ? row.second : r->largest;
    }
    if (s == BROKEN)
        return complain_file(err, "read error", "a file that can be read", BROKEN);
    if (s != FULL) {
        return complain(r, err, "bad line", expected);
    }
    if (!any)
        return complain_file(
            err, "no sample", "at least one row with values", MALFORMED);
    return OK;
}

static double power_of_two(int n)
{
    double v = 1.0;

    for (; n > 0; n--)
        v *= 2.0;
    for (; n < 0; n++)
        v /= 2.0;
    return v;
}

static double scale_for(const struct replay *r)
{
    uint64_t largest = r->largest / CSV_FRACTION;
    int bits = r->head.bits;

    if (bits == 0)
        while ((largest >> bits) > 0)
            bits++;
    if (r->columns.kind == CSV_PLETH)
        return pleth_full_scale / power_of_two(bits);
    if (r->head.bits != 0 || bits > 18)
        return power_of_two(18 - bits);
    return bits <= 12 ? power_of_two(17 - bits) : 1.0;
}

static struct resample_point counts_of(
    const struct replay *r, const struct csv_row *row)
{
    double first = (double)row->first / (double)CSV_FRACTION * r->scale;
    double second = (double)row->second / (double)CSV_FRACTION * r->scale;

    if (r->columns.kind == CSV_PLETH)
        first = second = pleth_steady - first;
    return (struct resample_point){first, second};
}

static void give(
    struct replay *r, struct resample_point p, bool gap, struct sample *out)
{
    uint32_t flags = (gap ? (uint32_t)SENSOR_GAP : 0)
        | (r->columns.kind != CSV_RED_IR ? (uint32_t)SENSOR_PULSE_ONLY : 0);

    /* Whole counts, rounded down: what a shift right would give. */
    sensor_check(&r->check, (int64_t)p.first, (int64_t)p.second, flags, out);
    r->given_count++;
}

/* BROKEN when the file is not what it was when it was looked through. */
static enum status next_unchanged(struct replay *r, struct sample *out)
{
    struct csv_row row;
    const char *expected;
    enum status s;

    do
        s = take_row(r, &row, &expected);
    while (s == OK && !row.present && r->given_count == 0);
    if (s != OK)
        return s;
    if (row.present)
        r->held = counts_of(r, &row);
    give(r, r->held, !row.present || (r->missed && r->given_count > 0), out);
    if (row.present)
        r->missed = false;
    return OK;
}

static enum status next_resampled(struct replay *r, struct sample *out)
{
    struct resample_point p;
    bool gap;

    while (!resample_pull(&r->resample, &p, &gap)) {
        struct csv_row row;
        const char *expected;
        TRY(take_row(r, &row, &expected));
        if (!row.present)
            continue;
        resample_push(&r->resample, r->row_us, counts_of(r, &row), r->missed);
        r->missed = false;
    }
    give(r, p, gap, out);
    return OK;
}

static enum status replay_next(void *board, struct sample *out)
{
    struct replay *r = board;

    if (r->given_count == r->port.length_samples)
        return FULL;
    enum status s = r->unchanged_rate ? next_unchanged(r, out) : next_resampled(r, out);
    return s == OK ? OK : BROKEN;
}

static enum status open_regular(
    struct replay *r, const char *path, struct conf_error *err)
{
    struct stat st;

    r->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (r->fd < 0)
        return complain_file(err, "cannot be opened", "a recording", MALFORMED);
    if (fstat(r->fd, &st) != 0 || !S_ISREG(st.st_mode))
        return complain_file(err, "not a regular file", "a recording", MALFORMED);
    if (st.st_size > LIMIT_CSV_FILE)
        return complain_file(err, "too large", "at most 64 MiB", MALFORMED);
    return OK;
}

static enum status prepare(struct replay *r, struct conf_error *err)
{
    const char *expected;

    TRY(look_through(r, err));
    r->scale = scale_for(r);
    r->unchanged_rate = r->columns.time_at < 0 && r->head.fs_mhz == SENSOR_HZ * 1000;
    r->port.length_samples = resample_length(r->first_us, r->last_us);
    if (rewind_file(r) != OK || take_head(r, &expected) != OK)
        return complain_file(err, "cannot be read again", "a file that stays", BROKEN);
    return OK;
}

enum status replay_open(struct replay *r, const char *path, struct conf_error *err)
{
    memset(r, 0, sizeof *r);
    resample_init(&r->resample);
    sensor_check_init(&r->check);
    enum status s = open_regular(r, path, err);
    if (s != OK)
        replay_close(r);
    return s;
}

enum status replay_look(struct replay *r, struct conf_error *err)
{
    enum status s = prepare(r, err);
    if (s != OK) {
        replay_close(r);
        return s;
    }
    r->port.board = r;
    r->port.test_data = true;
    r->port.next = replay_next;
    return OK;
}

const struct sensor *replay_port(struct replay *r)
{
    assert(r->port.next != NULL);
    return &r->port;
}

void replay_close(struct replay *r)
{
    if (r->fd >= 0)
        close(r->fd);
    r->fd = -1;
}
