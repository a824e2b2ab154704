/* SPDX-License-Identifier: Apache-2.0 */
#include "core/journal/journal.h"

#include "core/journal/crc32c.h"
#include "core/journal/journal_frame.h"

#include <assert.h>
#include <string.h>

/* A point of a ring: offset `at` in the sector `seq`; at 0: that sector's first record. */
struct point {
    uint64_t seq;
    uint32_t at;
};

static uint32_t padded(uint32_t len)
{
    return (len + FRAME_UNIT - 1) / FRAME_UNIT * FRAME_UNIT;
}

static uint32_t address(
    const struct journal *j, const struct journal_ring *r, struct point p)
{
    uint32_t sector = r->first_sector + (uint32_t)(p.seq % r->sector_count);
    return sector * j->flash->sector_len + p.at;
}

static enum status read_at(const struct journal *j, const struct journal_ring *r,
    struct point p, struct room into)
{
    return j->flash->read(j->flash->board, address(j, r, p), into);
}

static enum status program_at(const struct journal *j, const struct journal_ring *r,
    struct point p, struct bytes b)
{
    return j->flash->program(j->flash->board, address(j, r, p), b);
}

/* A record begins where at least its frames and one unit of it fit into the sector. */
static bool can_start(const struct journal *j, uint32_t at)
{
    return at >= FRAME_SECTOR_HEAD
        && at + FRAME_START + FRAME_UNIT <= j->flash->sector_len;
}

/* Where a record of len that begins at p ends; the sector is full if .at is sector_len. */
static struct point end_of(const struct journal *j, struct point p, uint32_t len)
{
    uint32_t left = padded(len);

    p.at += FRAME_START;
    while (left > j->flash->sector_len - p.at) {
        left -= j->flash->sector_len - p.at;
        p = (struct point){p.seq + 1, FRAME_SECTOR_HEAD};
    }
    p.at += left;
    return p;
}

/*
 * Where to look for the record after this one. Beyond the sector its length is not trusted but
 * the next sector's head: a torn record's continuation may have been used anew.
 */
static struct point after(const struct journal *j, struct point p, uint32_t len)
{
    struct point end = end_of(j, p, len);
    return end.seq == p.seq ? end : (struct point){p.seq + 1, 0};
}

/* AGAIN: no such frame there. */
static enum status sector_head_at(const struct journal *j, const struct journal_ring *r,
    uint64_t seq, struct sector_head *out)
{
    uint8_t buf[FRAME_SECTOR_HEAD];
    struct sector_head got;

    TRY(read_at(j, r, (struct point){seq, 0}, ROOM_OF(buf)));
    if (sector_head_parse(BYTES_OF(buf), j->flash->sector_len, &got) != OK
        || got.seq != seq)
        return AGAIN;
    *out = got;
    return OK;
}

static enum status record_head_at(const struct journal *j, const struct journal_ring *r,
    struct point p, struct record_head *out)
{
    uint8_t buf[FRAME_RECORD_HEAD];

    TRY(read_at(j, r, p, ROOM_OF(buf)));
    return record_head_parse(BYTES_OF(buf), p.seq, out) == OK ? OK : AGAIN;
}

/* Move on to the next unit that may be a record's head, or to the end of the sector. */
static enum status skim(
    const struct journal *j, const struct journal_ring *r, struct point *p)
{
    uint8_t buf[16 * FRAME_UNIT];

    for (p->at += FRAME_UNIT; p->at < j->flash->sector_len;) {
        uint32_t n = j->flash->sector_len - p->at;
        if (n > sizeof buf)
            n = sizeof buf;
        TRY(read_at(j, r, *p, (struct room){buf, n}));
        for (uint32_t i = 0; i < n; i += FRAME_UNIT, p->at += FRAME_UNIT)
            if (frame_may_be_record((struct bytes){buf + i, FRAME_UNIT}))
                return OK;
    }
    return OK;
}

/* The first record head at *p or after it, up to the end of sector `last`. */
static enum status find(const struct journal *j, const struct journal_ring *r,
    uint64_t last, struct point *p, struct record_head *h)
{
    for (; p->seq <= last; *p = (struct point){p->seq + 1, 0}) {
        struct sector_head sector;
        enum status s = OK;

        if (p->at == 0) {
            s = sector_head_at(j, r, p->seq, &sector);
            p->at = s == OK ? sector.first : j->flash->sector_len;
        }
        if (s == BROKEN)
            return s;
        while (can_start(j, p->at)) {
            s = record_head_at(j, r, *p, h);
            if (s != AGAIN)
                return s;
            TRY(skim(j, r, p));
        }
    }
    return AGAIN;
}

/* The record's bytes, into `into` if that has room; DAMAGED: they do not check. */
static enum status body(const struct journal *j, const struct journal_ring *r,
    struct point p, const struct record_head *h, struct room into)
{
    uint8_t buf[512];
    uint32_t check = 0;

    p.at += FRAME_START;
    for (uint32_t done = 0; done < h->len;) {
        uint32_t n = h->len - done;

        if (p.at == j->flash->sector_len)
            p = (struct point){p.seq + 1, FRAME_SECTOR_HEAD};
        if (p.seq > r->head)
            return DAMAGED;
        if (n > j->flash->sector_len - p.at)
            n = j->flash->sector_len - p.at;
        if (into.cap == 0 && n > sizeof buf)
            n = sizeof buf;
        struct room part = {into.cap == 0 ? buf : into.at + done, n};
        TRY(read_at(j, r, p, part));
        check = crc32c(check, (struct bytes){part.at, n});
        p.at += n;
        done += n;
    }
    return check == h->body_check ? OK : DAMAGED;
}

/* The mark in force, and the first cell after the last one that is not blank. */
static enum status marks(const struct journal *j, const struct journal_ring *r,
    struct point p, uint64_t number, enum journal_mark *mark, uint32_t *free_cell)
{
    uint8_t cells[FRAME_CELLS * FRAME_CELL];

    *mark = JOURNAL_UNMARKED;
    *free_cell = 0;
    TRY(read_at(j, r, (struct point){p.seq, p.at + FRAME_RECORD_HEAD}, ROOM_OF(cells)));
    for (uint32_t i = 0; i < FRAME_CELLS; i++) {
        struct bytes cell = {cells + (size_t)i * FRAME_CELL, FRAME_CELL};
        enum journal_mark m;

        if (frame_blank(cell))
            continue;
        *free_cell = i + 1;
        if (*mark != JOURNAL_ACKNOWLEDGED
            && mark_cell_parse(cell, p.seq, number, &m) == OK)
            *mark = m;
    }
    return OK;
}

static struct journal_place place_of(const struct journal *j,
    const struct journal_ring *r, struct point p, uint64_t number)
{
    return (struct journal_place){
        .ring = (uint8_t)(r - j->ring), .at = address(j, r, p), .number = number};
}

/* AGAIN: stale. */
static enum status locate(const struct journal *j, const struct journal_place *place,
    struct point *p, struct record_head *h)
{
    assert(place->ring < JOURNAL_CLASSES);
    const struct journal_ring *r = &j->ring[place->ring];
    uint32_t slot = place->at / j->flash->sector_len - r->first_sector;
    uint32_t at = place->at % j->flash->sector_len;

    if (slot >= r->sector_count || at % FRAME_UNIT != 0 || !can_start(j, at))
        return AGAIN;
    uint64_t back = (r->head + r->sector_count - slot) % r->sector_count;
    if (back > r->head || r->head - back < r->tail)
        return AGAIN;
    *p = (struct point){r->head - back, at};
    TRY(record_head_at(j, r, *p, h));
    return h->number == place->number ? OK : AGAIN;
}

/* Sectors kept by the unmarked records that begin in this one. */
static enum status held_by(
    const struct journal *j, const struct journal_ring *r, uint64_t seq, uint32_t *held)
{
    struct point p = {seq, 0};
    struct record_head h;
    enum status s;

    *held = 0;
    while ((s = find(j, r, seq, &p, &h)) == OK) {
        enum journal_mark mark;
        uint32_t cell;
        struct point end = end_of(j, p, h.len);

        TRY(marks(j, r, p, h.number, &mark, &cell));
        if (mark == JOURNAL_UNMARKED && *held == 0)
            *held = 1;
        /* sectors in the middle; the last one counts for what begins there */
        if (mark == JOURNAL_UNMARKED && end.seq > p.seq + 1)
            *held += (uint32_t)(end.seq - p.seq - 1);
        p = after(j, p, h.len);
    }
    return s == AGAIN ? OK : s;
}

/* Count what does not check in a sector, and learn the numbers that are taken. */
static enum status survey(struct journal *j, struct journal_ring *r, uint64_t seq)
{
    struct point p = {seq, 0};
    struct record_head h;
    uint32_t held;
    enum status s;

    while ((s = find(j, r, seq, &p, &h)) == OK) {
        s = body(j, r, p, &h, (struct room){0});
        if (s == BROKEN)
            return s;
        j->damaged += s == DAMAGED;
        if (h.number >= r->next_number)
            r->next_number = h.number + 1;
        p = after(j, p, h.len);
    }
    if (s != AGAIN)
        return s;
    TRY(held_by(j, r, seq, &held));
    r->held += held;
    return OK;
}

/* Find the newest sector; what it says of numbers and losses is in force. */
static enum status find_newest(struct journal *j, struct journal_ring *r)
{
    for (uint32_t i = 0; i < r->sector_count; i++) {
        uint8_t buf[FRAME_SECTOR_HEAD];
        struct sector_head h;

        TRY(read_at(j, r, (struct point){i, 0}, ROOM_OF(buf)));
        if (sector_head_parse(BYTES_OF(buf), j->flash->sector_len, &h) != OK
            || h.seq % r->sector_count != i) {
            j->damaged += !frame_blank(BYTES_OF(buf));
            continue;
        }
        if (h.seq > r->head) {
            r->head = h.seq;
            r->next_number = h.number;
            r->lost = h.lost;
        }
    }
    return OK;
}

static enum status ring_open(struct journal *j, struct journal_ring *r)
{
    r->next_number = 1;
    TRY(find_newest(j, r));
    r->tail = r->head < r->sector_count ? 1 : r->head + 1 - r->sector_count;
    /* What a cut may have touched is not programmed again: the head sector is closed. */
    r->used = j->flash->sector_len;
    for (uint64_t seq = r->tail; seq <= r->head; seq++)
        TRY(survey(j, r, seq));
    return OK;
}

/* Tell of the records that begin in a sector that is about to go. */
static enum status tell(const struct journal *j, struct journal_ring *r, uint64_t seq,
    struct journal_losing losing)
{
    struct point p = {seq, 0};
    struct record_head h;
    enum status s;

    while ((s = find(j, r, seq, &p, &h)) == OK) {
        struct journal_place place = place_of(j, r, p, h.number);
        enum journal_mark mark;
        uint32_t cell;

        TRY(marks(j, r, p, h.number, &mark, &cell));
        s = body(j, r, p, &h, (struct room){0});
        if (s == BROKEN)
            return s;
        if (s == OK && mark == JOURNAL_UNMARKED)
            r->lost++;
        if (s == OK && losing.losing != NULL
            && losing.losing(losing.ctx, &place, mark) != OK)
            return BROKEN;
        p = after(j, p, h.len);
    }
    return s == AGAIN ? OK : s;
}

/* Make the sectors after head up to `last` blank for good before anything is put there. */
static enum status make_room(struct journal *j, struct journal_ring *r, uint64_t last,
    struct journal_losing losing)
{
    const struct flash *f = j->flash;

    if (last == r->head)
        return OK;
    for (; r->tail + r->sector_count <= last; r->tail++) {
        uint32_t held;
        if (r->tail > r->head) /* never used */
            continue;
        TRY(held_by(j, r, r->tail, &held));
        TRY(tell(j, r, r->tail, losing));
        r->held -= held;
    }
    for (uint64_t seq = r->head + 1; seq <= last; seq++)
        TRY(f->erase(f->board, r->first_sector + (uint32_t)(seq % r->sector_count)));
    return f->sync(f->board);
}

static enum status put_sector_heads(const struct journal *j,
    const struct journal_ring *r, struct point start, struct point end)
{
    for (uint64_t seq = r->head + 1; seq <= end.seq; seq++) {
        uint8_t buf[FRAME_SECTOR_HEAD];
        struct sector_head h = {
            .seq = seq,
            .number = seq == start.seq ? r->next_number : r->next_number + 1,
            .lost = r->lost,
            .first = seq == start.seq ? start.at
                : seq == end.seq      ? end.at
                                      : j->flash->sector_len,
        };

        sector_head_build(&h, buf);
        TRY(program_at(j, r, (struct point){seq, 0}, BYTES_OF(buf)));
    }
    return OK;
}

/* Whole units of b from p on, the last one filled up. */
static enum status put_units(const struct journal *j, const struct journal_ring *r,
    struct point p, struct bytes b)
{
    size_t whole = b.len / FRAME_UNIT * FRAME_UNIT;
    uint8_t last[FRAME_UNIT];

    if (whole > 0)
        TRY(program_at(j, r, p, (struct bytes){b.at, whole}));
    if (whole == b.len)
        return OK;
    memset(last, 0xff, sizeof last);
    memcpy(last, b.at + whole, b.len - whole);
    return program_at(
        j, r, (struct point){p.seq, p.at + (uint32_t)whole}, BYTES_OF(last));
}

static enum status put_record(const struct journal *j, const struct journal_ring *r,
    struct point start, struct bytes record)
{
    uint8_t buf[FRAME_RECORD_HEAD];
    struct record_head h = {.number = r->next_number,
        .len = (uint32_t)record.len,
        .body_check = crc32c(0, record)};
    struct point p = {start.seq, start.at + FRAME_START};

    for (struct bytes left = record; left.len > 0;) {
        size_t n = j->flash->sector_len - p.at;
        if (n > left.len)
            n = left.len;
        TRY(put_units(j, r, p, (struct bytes){left.at, n}));
        left = (struct bytes){left.at + n, left.len - n};
        p = (struct point){p.seq + 1, FRAME_SECTOR_HEAD};
    }
    record_head_build(&h, start.seq, buf);
    return program_at(j, r, start, BYTES_OF(buf));
}

static enum status append(struct journal *j, struct journal_ring *r, struct point start,
    struct point end, struct bytes record, struct journal_losing losing)
{
    uint32_t before = 0;
    uint32_t now = 0;

    TRY(make_room(j, r, end.seq, losing));
    if (start.seq == r->head)
        TRY(held_by(j, r, start.seq, &before));
    TRY(put_sector_heads(j, r, start, end));
    TRY(put_record(j, r, start, record));
    TRY(j->flash->sync(j->flash->board));
    r->head = end.seq;
    r->used = end.at;
    r->next_number++;
    TRY(held_by(j, r, start.seq, &now));
    r->held = r->held - before + now;
    return OK;
}

static enum status put_mark(struct journal *j, struct journal_ring *r, struct point p,
    uint64_t number, enum journal_mark mark, uint32_t cell)
{
    uint8_t buf[FRAME_CELL];
    uint32_t before;
    uint32_t now;
    uint32_t at = p.at + FRAME_RECORD_HEAD + cell * FRAME_CELL;

    mark_cell_build(mark, p.seq, number, buf);
    TRY(held_by(j, r, p.seq, &before));
    TRY(program_at(j, r, (struct point){p.seq, at}, BYTES_OF(buf)));
    TRY(held_by(j, r, p.seq, &now));
    r->held = r->held - before + now;
    return OK;
}

enum status journal_open(struct journal *j, const struct flash *flash)
{
    uint32_t quarter = flash->sector_count / 4;

    assert(quarter >= 2 && flash->sector_len <= FRAME_UNIT * UINT16_MAX);
    assert(flash->sector_count <= UINT32_MAX / flash->sector_len);
    assert(FRAME_UNIT % flash->unit_len == 0 && flash->sector_len % FRAME_UNIT == 0);
    assert(flash->sector_len >= 2 * (FRAME_SECTOR_HEAD + FRAME_START));
    *j = (struct journal){.flash = flash};
    j->ring[JOURNAL_ALARM] = (struct journal_ring){.sector_count = quarter};
    j->ring[JOURNAL_ROUTINE] = (struct journal_ring){
        .first_sector = quarter, .sector_count = flash->sector_count - quarter};
    j->broken = true;
    /* What an earlier run left unsynced must not be shown now and be gone tomorrow. */
    TRY(flash->sync(flash->board));
    for (size_t i = 0; i < JOURNAL_CLASSES; i++)
        TRY(ring_open(j, &j->ring[i]));
    j->broken = false;
    return OK;
}

enum status journal_append(struct journal *j, enum journal_class ring,
    struct bytes record, struct journal_losing losing, struct journal_place *place)
{
    struct journal_ring *r = &j->ring[ring];
    struct point start = {r->head, r->used};

    assert(record.len >= 1 && record.len <= JOURNAL_RECORD_MAX);
    if (j->broken)
        return BROKEN;
    if (!can_start(j, start.at))
        start = (struct point){r->head + 1, FRAME_SECTOR_HEAD};
    struct point end = end_of(j, start, (uint32_t)record.len);
    if (end.seq - start.seq >= r->sector_count)
        return FULL;
    if (end.seq > FRAME_NUMBER_MAX || r->next_number >= FRAME_NUMBER_MAX) {
        j->broken = true;
        return BROKEN;
    }
    uint64_t number = r->next_number;
    j->broken = true; /* unless all of it succeeds */
    TRY(append(j, r, start, end, record, losing));
    j->broken = false;
    if (place != NULL)
        *place = place_of(j, r, start, number);
    return OK;
}

enum status journal_mark(
    struct journal *j, const struct journal_place *place, enum journal_mark mark)
{
    struct journal_ring *r = &j->ring[place->ring];
    enum journal_mark now;
    struct record_head h;
    struct point p;
    uint32_t cell;

    assert(mark == JOURNAL_ACKNOWLEDGED || mark == JOURNAL_SET_ASIDE);
    if (j->broken)
        return BROKEN;
    TRY(locate(j, place, &p, &h));
    TRY(marks(j, r, p, h.number, &now, &cell));
    if (now == mark || now == JOURNAL_ACKNOWLEDGED)
        return OK;
    if (cell == FRAME_CELLS) {
        j->damaged++;
        return OK;
    }
    j->broken = true;
    TRY(put_mark(j, r, p, h.number, mark, cell));
    j->broken = false;
    return OK;
}

enum status journal_sync(struct journal *j)
{
    if (j->broken)
        return BROKEN;
    j->broken = j->flash->sync(j->flash->board) != OK;
    return j->broken ? BROKEN : OK;
}

enum status journal_read(const struct journal *j, const struct journal_place *place,
    struct room into, size_t *len, enum journal_mark *mark)
{
    enum journal_mark now;
    struct record_head h;
    struct point p;
    uint32_t cell;

    TRY(locate(j, place, &p, &h));
    if (h.len > into.cap)
        return FULL;
    TRY(body(j, &j->ring[place->ring], p, &h, into));
    TRY(marks(j, &j->ring[place->ring], p, h.number, &now, &cell));
    *len = h.len;
    *mark = now;
    return OK;
}

struct journal_place journal_first(enum journal_class ring)
{
    return (struct journal_place){.ring = (uint8_t)ring};
}

enum status journal_next(const struct journal *j, struct journal_place *place,
    size_t *len, enum journal_mark *mark)
{
    const struct journal_ring *r = &j->ring[place->ring];
    struct point p = {r->tail, 0};
    struct record_head h;
    enum journal_mark now;
    uint32_t cell;

    if (place->number != 0) {
        enum status s = locate(j, place, &p, &h);
        if (s == BROKEN)
            return s;
        p = s == OK ? after(j, p, h.len) : (struct point){r->tail, 0};
    }
    for (;; p = after(j, p, h.len)) {
        TRY(find(j, r, r->head, &p, &h));
        if (h.number <= place->number)
            continue;
        enum status s = body(j, r, p, &h, (struct room){0});
        if (s == BROKEN)
            return s;
        if (s == OK)
            break;
    }
    TRY(marks(j, r, p, h.number, &now, &cell));
    *place = place_of(j, r, p, h.number);
    *len = h.len;
    *mark = now;
    return OK;
}

uint32_t journal_fill_permille(const struct journal *j, enum journal_class ring)
{
    const struct journal_ring *r = &j->ring[ring];
    uint64_t permille = (uint64_t)r->held * 1000 / r->sector_count;
    return permille > 1000 ? 1000 : (uint32_t)permille;
}

uint64_t journal_lost(const struct journal *j, enum journal_class ring)
{
    return j->ring[ring].lost;
}

uint64_t journal_damaged(const struct journal *j)
{
    return j->damaged;
}
