/* SPDX-License-Identifier: Apache-2.0 */
#include "device/update/counter_file.h"

#include "core/base/reader.h"
#include "core/base/writer.h"

static enum status counter_read(void *board, uint64_t *value)
{
    struct counter_file *c = board;
    uint8_t b[8];
    size_t len = 0;
    enum status s = slots_read(&c->slots, ROOM_OF(b), &len);

    if (s == AGAIN) { /* never raised */
        *value = 0;
        return OK;
    }
    if (s != OK || len != sizeof b)
        return s == OK ? DAMAGED : s;
    struct reader r = reader_over(BYTES_OF(b));
    *value = take_u64(&r);
    return OK;
}

static enum status counter_raise(void *board)
{
    struct counter_file *c = board;
    uint8_t b[8];
    struct writer w = writer_over(ROOM_OF(b));
    uint64_t value = 0;

    TRY(counter_read(c, &value));
    put_u64(&w, value + 1);
    return slots_write(&c->slots, written(&w));
}

enum status counter_file_open(
    struct counter_file *c, const struct flash *flash, uint32_t first_sector)
{
    c->port = (struct counter){c, counter_read, counter_raise};
    return slots_open(&c->slots, flash, first_sector);
}
