/* SPDX-License-Identifier: Apache-2.0 */
#include "host/supervise_parse.h"

#include "core/base/reader.h"
#include "core/base/writer.h"

#include <assert.h>

enum status role_said_parse(struct bytes in, struct role_said *out)
{
    struct reader r = reader_over(in);
    struct role_said got = {0};
    uint8_t kind = take_u8(&r);

    got.ready = kind == 'R';
    for (size_t i = 0; got.ready && i < SUPERVISE_PORTS; i++)
        got.what.ports[i] = take_u16(&r);
    if (!reader_done(&r) || (kind != 'R' && kind != 'B'))
        return MALFORMED;
    *out = got;
    return OK;
}

void role_ready_build(const struct role_ready *ready, uint8_t out[SAID_READY_LEN])
{
    struct writer w = writer_over((struct room){out, SAID_READY_LEN});

    put_u8(&w, 'R');
    for (size_t i = 0; i < SUPERVISE_PORTS; i++)
        put_u16(&w, ready->ports[i]);
    assert(writer_done(&w));
}
