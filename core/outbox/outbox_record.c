/* SPDX-License-Identifier: Apache-2.0 */
#include "core/outbox/outbox_inside.h"

enum status outbox_record(const struct outbox *o, const struct journal_place *place,
    struct room into, struct entry *e, struct outbox_sent *sent)
{
    const struct crypto *crypto = o->ports.crypto;
    struct envelope env;
    enum journal_mark mark;
    size_t len;

    enum status s = journal_read(o->ports.journal, place, into, &len, &mark);
    if (s != OK)
        return s == BROKEN ? BROKEN : MALFORMED;
    if (entry_parse((struct bytes){into.at, len}, e) != OK
        || envelope_parse(ENVELOPE_BATCH, e->envelope, &env) != OK)
        return MALFORMED;
    sent->epoch = env.epoch;
    sent->generation = env.kid.generation;
    sent->seq = e->seq;
    return crypto->sha256(crypto->board, e->envelope, &sent->digest);
}
