/* SPDX-License-Identifier: Apache-2.0 */
/* The doors of bundles: pieces come in from the command line, and go out by gate. */
#include "cloud/store/events.h"
#include "cloud/store/process.h"
#include "cloud/store/releases.h"

enum { LATER_S = 1 };

static uint16_t status_of(enum status s)
{
    return s == OK ? 200 : s == REFUSED ? 404 : s == AGAIN ? 429 : 503;
}

static enum status give(
    struct store_process *p, const struct door_piece *ask, struct room out, size_t *len)
{
    if (!piece_rate_take(&p->bundles.rate, &ask->peer, store_mono_ms(&p->store)))
        return AGAIN;
    TRY(release_gives(&p->store, &ask->peer, &ask->bundle));
    return bundles_read(&p->bundles, &ask->bundle, ask->number, out, len);
}

/* One answer for all that is not offered: what there is, is told to nobody. */
enum status store_take_piece(struct store_process *p, uint64_t peer, struct bytes body)
{
    struct door_piece ask;
    uint8_t piece[LIMIT_PIECE], out[LIMIT_PIECE + 8];
    size_t len = 0;

    TRY(door_piece_parse(body, &ask));
    enum status s = give(p, &ask, ROOM_OF(piece), &len);
    struct door_ingested head = {ask.ticket, status_of(s), s == AGAIN ? LATER_S : 0};
    if (s == REFUSED) {
        LOG(&p->log, LOG_REFUSE, REASON_UPDATE_FETCH, F_DEV(&ask.peer),
            F_NUM("piece", ask.number));
        if (db_begin(&p->store.db) == OK)
            (void)!event_add(
                &p->store, LOG_REFUSE, REASON_UPDATE_FETCH, &ask.peer, "piece");
    }
    store_send(p, peer, DOOR_PIECE_GIVEN,
        door_ingested_build(
            &head, (struct bytes){piece, s == OK ? len : 0}, ROOM_OF(out)));
    return OK;
}

enum status store_put_bundle(struct store_process *p, uint64_t peer, struct bytes body)
{
    struct door_bundle head;
    struct bytes piece;

    TRY(door_bundle_parse(body, &head, &piece));
    store_send_done(p, peer, bundles_put(&p->bundles, head.number, piece));
    return OK;
}

/* For a release that is new, or for the newest one, which came without its bundle. The file
 * first: a bundle of no release harms nothing, and goes with the next. */
static enum status keep(struct store_process *p, struct bytes statement)
{
    struct signed_release r;

    if (release_parse(statement, &r) != OK)
        return REFUSED;
    enum status s = release_add(&p->store, statement);
    if (s == REFUSED)
        s = release_is_newest(&p->store, statement);
    if (s != OK)
        return s;
    return bundles_keep(&p->bundles, &r.release);
}

enum status store_keep_bundle(struct store_process *p, uint64_t peer, struct bytes body)
{
    enum status s = store_begin_alone(p);
    if (s == OK)
        s = store_end_alone(p, keep(p, body));
    store_send_done(p, peer, s);
    return OK;
}
