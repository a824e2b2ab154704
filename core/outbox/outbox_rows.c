/* SPDX-License-Identifier: Apache-2.0 */
#include "core/outbox/outbox_rows.h"

#include <assert.h>
#include <string.h>

static uint32_t capacity(uint8_t ring)
{
    assert(ring < JOURNAL_CLASSES);
    return ring == JOURNAL_ALARM ? ROWS_ALARM : ROWS_ROUTINE;
}

void rows_init(struct rows *rs)
{
    memset(rs, 0, sizeof *rs);
}

uint32_t rows_count(const struct rows *rs, uint8_t ring)
{
    return rs->ring[ring].count;
}

bool rows_full(const struct rows *rs, uint8_t ring)
{
    return rs->ring[ring].count == capacity(ring);
}

const struct row *rows_see(const struct rows *rs, uint8_t ring, uint32_t i)
{
    assert(i < rs->ring[ring].count);
    uint32_t at = (rs->ring[ring].first + i) % capacity(ring);
    return ring == JOURNAL_ALARM ? &rs->alarm[at] : &rs->routine[at];
}

struct row *rows_at(struct rows *rs, uint8_t ring, uint32_t i)
{
    assert(i < rs->ring[ring].count);
    uint32_t at = (rs->ring[ring].first + i) % capacity(ring);
    return ring == JOURNAL_ALARM ? &rs->alarm[at] : &rs->routine[at];
}

struct row *rows_find(struct rows *rs, uint8_t ring, uint64_t number)
{
    uint32_t low = 0, high = rs->ring[ring].count;

    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (rows_see(rs, ring, mid)->number < number)
            low = mid + 1;
        else
            high = mid;
    }
    if (low == rs->ring[ring].count)
        return NULL;
    struct row *row = rows_at(rs, ring, low);
    return row->number == number && row->state != ROW_GONE ? row : NULL;
}

static void account(struct rows *rs, const struct row *row, bool enters)
{
    uint32_t one = enters ? 1 : UINT32_MAX; /* modulo 2^32: one less */
    rs->batches[row->state] += one;
    rs->readings[row->state] += enters ? row->readings : UINT64_MAX - row->readings + 1;
    if (row->again && (row->state == ROW_HELD || row->state == ROW_SENT))
        rs->again += one;
}

struct row *rows_add(struct rows *rs, uint8_t ring, const struct row *row)
{
    assert(!rows_full(rs, ring));
    uint32_t count = rs->ring[ring].count++;
    assert(count == 0 || rows_see(rs, ring, count - 1)->number < row->number);
    struct row *added = rows_at(rs, ring, count);
    *added = *row;
    account(rs, added, true);
    return added;
}

void rows_set(struct rows *rs, struct row *row, enum row_state state)
{
    account(rs, row, false);
    row->state = (uint8_t)state;
    account(rs, row, true);
}

void rows_offer_again(struct rows *rs, struct row *row)
{
    assert(row->state == ROW_DONE || row->state == ROW_ASIDE);
    account(rs, row, false);
    row->again = true;
    row->state = ROW_HELD;
    account(rs, row, true);
}

void rows_shed(struct rows *rs, uint8_t ring)
{
    while (rs->ring[ring].count > 0 && rows_see(rs, ring, 0)->state == ROW_GONE) {
        account(rs, rows_see(rs, ring, 0), false);
        rs->ring[ring].first = (rs->ring[ring].first + 1) % capacity(ring);
        rs->ring[ring].count--;
    }
}
