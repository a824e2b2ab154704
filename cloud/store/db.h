/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Db: the database of readings, its statements, and the promise that a commit is on the disk.
 *
 * Promise: db_open() succeeds only with journal_mode WAL, synchronous FULL and foreign keys in
 * force, asked back from SQLite itself. When db_commit() has returned OK, what was written since
 * db_begin() survives loss of power; after anything else none of it is there.
 *
 * Not here: what the rows mean (ingest.c, people.c, look.c).
 */
#pragma once

#include "core/base/bytes.h"
#include "core/base/status.h"
#include "core/port/entropy.h"
#include "wire/types.h"

#include <sqlite3.h>

enum db_stmt {
    DB_BEGIN,
    DB_COMMIT,
    DB_ROLLBACK,
    DB_DEVICE, /* by id -> row */
    DB_DEVICE_ADD,
    DB_DEVICE_DROP, /* of one that never said a word */
    DB_DEVICE_STATE,
    DB_DEVICE_COUNT,  /* a stored batch, not the newest by measured time */
    DB_DEVICE_NEWEST, /* a stored batch whose last record is the newest */
    DB_DEVICE_ANSWER, /* an answer without a new batch */
    DB_DEVICE_TRUST,
    DB_DEVICE_ATTEST, /* what came of the last attestation */
    DB_DEVICE_TICKET,
    DB_DEVICE_TICKET_USED,
    DB_DEVICE_CLONE,
    DB_DEVICE_CLEAR,
    DB_DEVICE_QUARANTINE,
    DB_DEVICE_CONFIG,
    DB_DEVICE_WANT,  /* a renewal, unless one is wanted already */
    DB_DEVICE_END,   /* the order, unless there is one */
    DB_DEVICE_ENDED, /* its receipt */
    DB_DEVICE_RECEIPT,
    DB_DEVICE_M1, /* digest of the first M1 of it */
    DB_DEVICE_M2,
    DB_DEVICE_GENERATION, /* a newer one is in use */
    DB_DEVICE_TOLD_FIRST,
    DB_DEVICE_TOLD_GRAVE,
    DB_DEVICE_UNTOLD,
    DB_DEVICE_PAGE,
    DB_DEVICE_CLASS,
    DB_DEVICE_CLASS_SET,
    DB_PINS,
    DB_PINS_SET,
    DB_EPOCH,
    DB_EPOCH_ADD,
    DB_EPOCH_COUNT,
    DB_BATCH_ADD,
    DB_BATCH,
    DB_BATCH_SETTLE,
    DB_BATCH_PAGE,
    DB_BATCH_SPAN,
    DB_BATCH_BODIES,
    DB_QUARANTINE_ADD,
    DB_LOG_ADD,
    DB_LOG,
    DB_LOG_OF, /* so many of a device under one ticket */
    DB_LOG_TRIM,
    DB_LOG_PAGE,
    DB_EVENT_COUNT_OF,
    DB_EVENT_ADD,
    DB_EVENT_FOLD,
    DB_EVENT_TRIM,
    DB_EVENT_PAGE,
    DB_RELEASE_ADD,
    DB_RELEASE,
    DB_RELEASE_OF_CLASS,
    DB_RELEASE_END,   /* a class */
    DB_RELEASE_AGAIN, /* its newest, as if it was new */
    DB_CLASS_OFFERED, /* devices that say a class or were offered one of it, and may send again */
    DB_RELEASE_ROLL,
    DB_RELEASE_NEWEST,
    DB_OFFER_ADD,
    DB_OFFER_WITHDRAW,
    DB_OFFERS_SEEN,
    DB_OFFERS_OF,
    DB_OFFER_NOTE,
    DB_RELEASE_PAGE,
    DB_RELEASE_CAUSES, /* for which it went back or was refused */
    DB_OFFER_PAGE,
    DB_USER_ADD,
    DB_USER,
    DB_USER_REMOVE,
    DB_USER_PAGE,
    DB_SESSION_ADD,
    DB_SESSION,
    DB_SESSION_USED,
    DB_SESSION_END,
    DB_SESSION_END_ALL, /* of one person */
    DB_SESSION_TRIM,
    DB_TOTALS,
    DB_STMTS
};

enum { DB_SETTLE_EACH = 4096 };

struct db {
    sqlite3 *handle;
    sqlite3_stmt *stmts[DB_STMTS];
    bool open_txn;
    uint32_t
        unsettled; /* batches appended here since the last db_settle(); a hint only */
    struct store_id store;
};

/* Make a new, empty database; REFUSED: the file exists. */
MUST_USE enum status db_create(const char *path, const struct entropy *entropy);
/* AGAIN: no such file. DAMAGED: not our database. REFUSED: a setting did not take; *why says. */
MUST_USE enum status db_open(struct db *db, const char *path, const char **why);
void db_close(struct db *db);
/* What db_open() asks of SQLite; REFUSED and why. */
MUST_USE enum status db_settings_hold(sqlite3 *handle, const char **why);

MUST_USE enum status db_begin(struct db *db);  /* OK too when one is open */
MUST_USE enum status db_commit(struct db *db); /* anything but OK: rolled back */
void db_rollback(struct db *db);

/*
 * Batches are appended, and indexed many at a time: a leaf of each index for every batch would cost
 * more than the batch itself. Whoever looks for one by identity or by time settles first; then
 * every batch is in both indexes, within the transaction that is open from here on. The index of
 * identities is unique: two batches of one identity cannot be settled.
 */
MUST_USE enum status db_settle(struct db *db);
MUST_USE enum status db_appended(
    struct db *db); /* a batch: settles when many have gathered */

/* The statement, reset and without bindings; what is bound must live until the step. */
sqlite3_stmt *db_use(struct db *db, enum db_stmt which);
/* For statements without a row: OK or BROKEN. */
MUST_USE enum status db_run(sqlite3_stmt *s);
/* OK: a row stands; AGAIN: no (more) row; BROKEN. */
MUST_USE enum status db_row(sqlite3_stmt *s);
void db_done(sqlite3_stmt *s); /* reset, so that no read stays open */

void db_bind_blob(sqlite3_stmt *s, int at, const void *p, size_t len);
void db_bind_u64(sqlite3_stmt *s, int at, uint64_t v);
void db_bind_text(sqlite3_stmt *s, int at, const char *text);
/* The column's bytes if it has exactly len; else false. */
bool db_blob(sqlite3_stmt *s, int column, void *out, size_t len);
uint64_t db_u64(sqlite3_stmt *s, int column);
void db_text(sqlite3_stmt *s, int column, char *out, size_t cap);
