/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/store/db.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { APPLICATION_ID = 0x48466c64 };

static const char user_version[] = "10";

static const char *const schema[] = {
    "CREATE TABLE meta(one INTEGER PRIMARY KEY CHECK(one = 1), store BLOB NOT NULL,"
    " settled INTEGER NOT NULL DEFAULT 0, pins BLOB);",
    "CREATE TABLE device("
    " id INTEGER PRIMARY KEY, device BLOB NOT NULL UNIQUE, label TEXT NOT NULL,"
    " state INTEGER NOT NULL, generation INTEGER NOT NULL, created_ms INTEGER NOT NULL,"
    " told_first INTEGER NOT NULL DEFAULT 0, told_grave INTEGER NOT NULL DEFAULT 0,"
    " answer_ms INTEGER NOT NULL DEFAULT 0, batches INTEGER NOT NULL DEFAULT 0,"
    " readings INTEGER NOT NULL DEFAULT 0, lost INTEGER NOT NULL DEFAULT 0,"
    " clone INTEGER NOT NULL DEFAULT 0, copies INTEGER NOT NULL DEFAULT 0,"
    " copy_bytes INTEGER NOT NULL DEFAULT 0,"
    " newest_ms INTEGER, spo2 INTEGER, pulse INTEGER, quality INTEGER NOT NULL DEFAULT 0,"
    " status INTEGER NOT NULL DEFAULT 0, clock INTEGER NOT NULL DEFAULT 0,"
    " test INTEGER NOT NULL DEFAULT 0,"
    " config INTEGER NOT NULL DEFAULT 0, batch_s INTEGER, ward TEXT, zone TEXT,"
    " last_epoch INTEGER, last_seq INTEGER,"
    " trust INTEGER NOT NULL DEFAULT 0, pins INTEGER,"
    /* Keys: since when at the latest; a renewal that is wanted, and what came of it. */
    " keys_ms INTEGER NOT NULL, wanted INTEGER NOT NULL DEFAULT 0, m1 BLOB, m2 BLOB,"
    " m2_ms INTEGER,"
    " ending BLOB, ending_ms INTEGER, receipt BLOB, receipt_ms INTEGER,"
    " receipt_readings INTEGER,"
    /* A service ticket on its way. */
    " ticket BLOB, ticket_serial BLOB, ticket_until_s INTEGER,"
    /* As it said when it started: release_class_mark(). */
    " class BLOB,"
    /* The last attestation of a connection: accepted, or by which word it was not. */
    " attest TEXT, attest_security INTEGER, attest_ms INTEGER);",
    "CREATE TABLE epoch("
    " id INTEGER PRIMARY KEY, device INTEGER NOT NULL REFERENCES device(id),"
    " epoch BLOB NOT NULL, lost INTEGER NOT NULL DEFAULT 0, UNIQUE(device, epoch));",
    /* Appended to, and indexed late: db_settle(). */
    "CREATE TABLE batch("
    " id INTEGER PRIMARY KEY, epoch INTEGER NOT NULL REFERENCES epoch(id),"
    " seq INTEGER NOT NULL,"
    " digest BLOB NOT NULL, received_ms INTEGER NOT NULL, first_ms INTEGER, last_ms INTEGER,"
    " mono_ms INTEGER NOT NULL, records INTEGER NOT NULL, merged INTEGER NOT NULL,"
    " lost INTEGER NOT NULL, clock INTEGER NOT NULL, test INTEGER NOT NULL,"
    " spo2_min INTEGER, spo2_max INTEGER, pulse_min INTEGER, pulse_max INTEGER,"
    " body BLOB NOT NULL);",
    "CREATE TABLE identity("
    " epoch INTEGER NOT NULL, seq INTEGER NOT NULL, batch INTEGER NOT NULL,"
    " PRIMARY KEY(epoch, seq)) WITHOUT ROWID;",
    "CREATE TABLE moment("
    " device INTEGER NOT NULL, first_ms INTEGER NOT NULL, batch INTEGER NOT NULL,"
    " PRIMARY KEY(device, first_ms, batch)) WITHOUT ROWID;",
    /* In a trigger, so that the mark and both indexes move in one statement or not at all. */
    "CREATE TRIGGER settle AFTER UPDATE OF settled ON meta BEGIN"
    " INSERT INTO identity SELECT epoch, seq, id FROM batch WHERE id > old.settled"
    "  ORDER BY epoch, seq;"
    " INSERT INTO moment SELECT e.device, b.first_ms, b.id FROM batch b"
    "  JOIN epoch e ON e.id = b.epoch WHERE b.id > old.settled AND b.first_ms IS NOT NULL"
    "  ORDER BY e.device, b.first_ms; END;",
    "CREATE TABLE quarantine("
    " id INTEGER PRIMARY KEY, device INTEGER NOT NULL REFERENCES device(id),"
    " epoch INTEGER NOT NULL REFERENCES epoch(id), seq INTEGER NOT NULL, digest BLOB NOT NULL,"
    " received_ms INTEGER NOT NULL, body BLOB NOT NULL, UNIQUE(epoch, seq, digest));",
    /* The last few of each device; an identity is (epoch, seq), as a batch's is. */
    "CREATE TABLE service_log("
    " id INTEGER PRIMARY KEY, device INTEGER NOT NULL REFERENCES device(id),"
    " epoch INTEGER NOT NULL REFERENCES epoch(id), seq INTEGER NOT NULL, digest BLOB NOT NULL,"
    " received_ms INTEGER NOT NULL, serial BLOB NOT NULL, body BLOB NOT NULL,"
    " UNIQUE(epoch, seq));",
    "CREATE INDEX service_log_device ON service_log(device, serial);",
    /* What is offered, and what became of it on each device: the last event of an update. */
    "CREATE TABLE release("
    " id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, statement BLOB NOT NULL,"
    " product TEXT NOT NULL, version TEXT NOT NULL, security INTEGER NOT NULL,"
    " added_ms INTEGER NOT NULL, percent INTEGER NOT NULL DEFAULT 0,"
    " stopped INTEGER NOT NULL DEFAULT 0, set_ms INTEGER, set_uid INTEGER, ended_ms INTEGER);",
    "CREATE TABLE offer("
    " id INTEGER PRIMARY KEY, device INTEGER NOT NULL REFERENCES device(id),"
    " release INTEGER NOT NULL REFERENCES release(id), first_ms INTEGER NOT NULL,"
    " code INTEGER, code_ms INTEGER, UNIQUE(device, release));",
    "CREATE TABLE event("
    " id INTEGER PRIMARY KEY, first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL,"
    " minute INTEGER NOT NULL, code TEXT NOT NULL, device BLOB, request TEXT,"
    " count INTEGER NOT NULL, folded INTEGER NOT NULL);",
    "CREATE INDEX event_minute ON event(minute, code, device);",
    "CREATE TABLE person("
    " id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, hash TEXT NOT NULL,"
    " created_ms INTEGER NOT NULL);",
    "CREATE TABLE session("
    " token BLOB PRIMARY KEY, person INTEGER NOT NULL REFERENCES person(id),"
    " created_ms INTEGER NOT NULL, used_ms INTEGER NOT NULL) WITHOUT ROWID;",
};

/* clang-format off */
static const char *const texts[DB_STMTS] = {
    [DB_BEGIN]    = "BEGIN IMMEDIATE",
    [DB_COMMIT]   = "COMMIT",
    [DB_ROLLBACK] = "ROLLBACK",
    [DB_DEVICE] =
        "SELECT d.id, d.state, d.generation, d.clone, d.copies, d.copy_bytes, d.newest_ms,"
        " d.config, d.batch_s, d.ward, d.zone, d.last_seq, e.id, e.epoch, e.lost,"
        " d.keys_ms, d.wanted, d.m1, d.m2, d.trust, d.ending,"
        " d.ticket, d.ticket_until_s, d.attest"
        " FROM device d LEFT JOIN epoch e ON e.id = d.last_epoch WHERE d.device = ?1",
    [DB_DEVICE_ADD] =
        "INSERT INTO device(device, label, state, generation, created_ms, keys_ms)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?5)",
    [DB_DEVICE_DROP] =
        "DELETE FROM device WHERE device = ?1 AND state = 1 AND batches = 0"
        " AND NOT EXISTS (SELECT 1 FROM epoch e WHERE e.device = device.id)",
    [DB_DEVICE_STATE] = "UPDATE device SET state = ?2 WHERE device = ?1",
    [DB_DEVICE_COUNT] =
        "UPDATE device SET state = ?2, answer_ms = ?3, batches = batches + 1,"
        " readings = readings + ?4, lost = lost + ?5, last_epoch = ?6, last_seq = ?7"
        " WHERE id = ?1",
    [DB_DEVICE_NEWEST] =
        "UPDATE device SET state = ?2, answer_ms = ?3, batches = batches + 1,"
        " readings = readings + ?4, lost = lost + ?5, last_epoch = ?6, last_seq = ?7,"
        " newest_ms = ?8, spo2 = ?9, pulse = ?10, quality = ?11, status = ?12, clock = ?13,"
        " test = ?14, pins = ?15 WHERE id = ?1",
    [DB_DEVICE_ANSWER] = "UPDATE device SET answer_ms = ?2 WHERE id = ?1",
    [DB_DEVICE_TRUST]  = "UPDATE device SET trust = ?2 WHERE id = ?1",
    [DB_DEVICE_ATTEST] =
        "UPDATE device SET attest = ?2, attest_security = coalesce(?3, attest_security),"
        " attest_ms = ?4 WHERE device = ?1",
    [DB_DEVICE_TICKET] =
        "UPDATE device SET ticket = ?2, ticket_serial = ?3, ticket_until_s = ?4"
        " WHERE device = ?1 AND state IN (1, 2)",
    [DB_DEVICE_TICKET_USED] =
        "UPDATE device SET ticket = NULL WHERE id = ?1 AND ticket_serial = ?2",
    [DB_DEVICE_CLONE]  = "UPDATE device SET clone = 1 WHERE id = ?1",
    [DB_DEVICE_CLEAR] =
        "UPDATE device SET clone = 0, state = CASE state WHEN 3 THEN 2 ELSE state END"
        " WHERE device = ?1 AND clone = 1 AND state <> 4",
    [DB_DEVICE_QUARANTINE] =
        "UPDATE device SET copies = copies + 1, copy_bytes = copy_bytes + ?2 WHERE id = ?1",
    [DB_DEVICE_CONFIG] =
        "UPDATE device SET config = config + 1, batch_s = ?2, ward = ?3, zone = ?4"
        " WHERE device = ?1 AND state <> 4",
    [DB_DEVICE_WANT] =
        "UPDATE device SET wanted = generation + 1"
        " WHERE device = ?1 AND state IN (1, 2) AND wanted <= generation",
    [DB_DEVICE_END] =
        "UPDATE device SET ending = ?2, ending_ms = ?3"
        " WHERE device = ?1 AND state IN (1, 2) AND ending IS NULL",
    [DB_DEVICE_ENDED] =
        "UPDATE device SET state = 4, receipt = ?2, receipt_ms = ?3, receipt_readings = ?4"
        " WHERE id = ?1",
    [DB_DEVICE_RECEIPT] =
        "SELECT device, ending, ending_ms, receipt, receipt_ms, receipt_readings"
        " FROM device WHERE device = ?1 AND ending IS NOT NULL",
    [DB_DEVICE_M1] = "UPDATE device SET m1 = ?2 WHERE id = ?1",
    [DB_DEVICE_M2] =
        "UPDATE device SET m2 = ?3, m2_ms = ?4 WHERE device = ?1 AND wanted = ?2",
    [DB_DEVICE_GENERATION] =
        "UPDATE device SET generation = ?2, keys_ms = coalesce(m2_ms, ?3), told_first = 0,"
        " wanted = 0, m1 = NULL, m2 = NULL, m2_ms = NULL WHERE id = ?1",
    [DB_DEVICE_TOLD_FIRST] = "UPDATE device SET told_first = 1 WHERE device = ?1",
    [DB_DEVICE_TOLD_GRAVE] = "UPDATE device SET told_grave = 1 WHERE device = ?1",
    [DB_DEVICE_UNTOLD] =
        "SELECT device, generation, state FROM device"
        " WHERE (state = 2 AND told_first = 0) OR (state = 4 AND told_grave = 0) LIMIT 256",
    [DB_DEVICE_PAGE] =
        "SELECT id, device, label, state, spo2, pulse, quality, status, newest_ms, clock,"
        " answer_ms, readings, lost, test, clone, batches, generation, copies, keys_ms, wanted,"
        " trust, ending_ms, receipt_ms, attest, attest_security, attest_ms, pins, class"
        " FROM device WHERE id > ?1 ORDER BY id LIMIT ?2",
    [DB_DEVICE_CLASS]     = "SELECT class FROM device WHERE id = ?1",
    [DB_DEVICE_CLASS_SET] = "UPDATE device SET class = ?2 WHERE id = ?1 AND class IS NOT ?2",
    [DB_PINS]     = "SELECT pins FROM meta",
    [DB_PINS_SET] = "UPDATE meta SET pins = ?1",
    [DB_EPOCH]       = "SELECT id, lost FROM epoch WHERE device = ?1 AND epoch = ?2",
    [DB_EPOCH_ADD]   = "INSERT INTO epoch(device, epoch) VALUES(?1, ?2)",
    [DB_EPOCH_COUNT] = "UPDATE epoch SET lost = ?2 WHERE id = ?1",
    [DB_BATCH_ADD] =
        "INSERT INTO batch(epoch, seq, digest, received_ms, first_ms, last_ms, mono_ms,"
        " records, merged, lost, clock, test, spo2_min, spo2_max, pulse_min, pulse_max, body)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
    [DB_BATCH] =
        "SELECT b.digest, b.body FROM identity i JOIN batch b ON b.id = i.batch"
        " WHERE i.epoch = ?1 AND i.seq = ?2",
    [DB_BATCH_SETTLE] =
        "UPDATE meta SET settled = (SELECT max(id) FROM batch)"
        " WHERE settled < (SELECT max(id) FROM batch)",
    [DB_BATCH_PAGE] =
        "SELECT b.id, d.device, e.epoch, b.seq, b.digest, b.received_ms, b.first_ms, b.last_ms,"
        " b.records, b.merged, b.lost, b.test FROM batch b JOIN epoch e ON e.id = b.epoch"
        " JOIN device d ON d.id = e.device"
        " WHERE b.id > ?1 AND (?2 IS NULL OR d.device = ?2) ORDER BY b.id LIMIT ?3",
    [DB_BATCH_SPAN] =
        "SELECT b.epoch, b.seq, b.first_ms, b.last_ms, b.lost, b.records, b.spo2_min, b.spo2_max,"
        " b.pulse_min, b.pulse_max, b.body FROM device d JOIN moment m ON m.device = d.id"
        " JOIN batch b ON b.id = m.batch"
        " WHERE d.device = ?1 AND m.first_ms BETWEEN ?2 AND ?3 AND b.last_ms >= ?4"
        " ORDER BY m.first_ms LIMIT ?5",
    [DB_BATCH_BODIES] =
        "SELECT b.body FROM identity i JOIN batch b ON b.id = i.batch"
        " JOIN epoch e ON e.id = i.epoch JOIN device d ON d.id = e.device"
        " WHERE ?1 IS NULL OR d.device = ?1 ORDER BY d.device, e.epoch, i.seq",
    [DB_QUARANTINE_ADD] =
        "INSERT INTO quarantine(device, epoch, seq, digest, received_ms, body)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
    [DB_LOG_ADD] =
        "INSERT INTO service_log(device, epoch, seq, digest, received_ms, serial, body)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [DB_LOG]    = "SELECT digest, body FROM service_log WHERE epoch = ?1 AND seq = ?2",
    [DB_LOG_OF] = "SELECT count(*) FROM service_log WHERE device = ?1 AND serial = ?2",
    [DB_LOG_TRIM] =
        "DELETE FROM service_log WHERE device = ?1 AND id <= (SELECT id FROM service_log"
        " WHERE device = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
    [DB_LOG_PAGE] =
        "SELECT l.id, d.device, l.received_ms, l.body FROM service_log l"
        " JOIN device d ON d.id = l.device"
        " WHERE l.id > ?1 AND (?2 IS NULL OR d.device = ?2) ORDER BY l.id LIMIT ?3",
    [DB_EVENT_COUNT_OF] =
        "SELECT count(*), sum(code = ?2 AND device IS ?3) FROM event WHERE minute = ?1",
    [DB_EVENT_ADD] =
        "INSERT INTO event(first_ms, last_ms, minute, code, device, request, count, folded)"
        " VALUES(?1, ?1, ?2, ?3, ?4, ?5, 1, ?6)",
    [DB_EVENT_FOLD] =
        "UPDATE event SET count = count + 1, last_ms = ?4"
        " WHERE minute = ?1 AND code = ?2 AND device IS ?3 AND folded = 1",
    [DB_EVENT_TRIM] = "DELETE FROM event WHERE id <= (SELECT max(id) FROM event) - ?1",
    [DB_EVENT_PAGE] =
        "SELECT id, first_ms, last_ms, code, device, request, count FROM event"
        " WHERE id > ?1 ORDER BY id LIMIT ?2",
    [DB_RELEASE_ADD] =
        "INSERT INTO release(digest, statement, product, version, security, added_ms)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
    [DB_RELEASE] =
        "SELECT statement, id = (SELECT max(n.id) FROM release n WHERE n.product = r.product),"
        " ended_ms IS NOT NULL FROM release r WHERE id = ?1",
    [DB_RELEASE_OF_CLASS] =
        "SELECT statement, id, ended_ms IS NOT NULL FROM release WHERE product = ?1"
        " ORDER BY id DESC",
    [DB_RELEASE_END] =
        "UPDATE release SET ended_ms = ?2 WHERE product = ?1 AND ended_ms IS NULL",
    [DB_RELEASE_AGAIN] =
        "UPDATE release SET ended_ms = NULL, percent = 0, stopped = 0, set_ms = NULL,"
        " set_uid = NULL WHERE id = ?1",
    [DB_CLASS_OFFERED] =
        "SELECT id, device FROM device d WHERE state <> 4 AND (class = ?2 OR EXISTS ("
        "SELECT 1 FROM offer o JOIN release r ON r.id = o.release"
        " WHERE o.device = d.id AND r.product = ?1)) ORDER BY id",
    [DB_RELEASE_ROLL] = 
        "UPDATE release SET percent = ?2, stopped = ?3, set_ms = ?4, set_uid = ?5 WHERE id = ?1",
    [DB_RELEASE_NEWEST] =
        "SELECT id, statement, digest, percent, stopped FROM release"
        " WHERE id IN (SELECT max(id) FROM release WHERE ended_ms IS NULL GROUP BY product)"
        " ORDER BY id LIMIT ?1",
    [DB_OFFER_ADD] =
        "INSERT INTO offer(device, release, first_ms) VALUES(?1, ?2, ?3)"
        " ON CONFLICT(device, release) DO UPDATE SET code = NULL, code_ms = NULL",
    [DB_OFFER_WITHDRAW] =
        "UPDATE offer SET code = 0, code_ms = ?3"
        " WHERE device = ?1 AND release <> ?2 AND code IS NULL",
    [DB_OFFERS_SEEN] =
        "SELECT o.id, o.release, o.code, o.code_ms, r.product"
        " FROM offer o JOIN release r ON r.id = o.release"
        " WHERE o.device = ?1 ORDER BY o.id DESC",
    [DB_OFFER_NOTE] =
        "UPDATE offer SET code = ?2, code_ms = ?3 WHERE id = ?1 AND code IS NOT 41",
    [DB_OFFERS_OF] =
        "SELECT o.id, r.statement FROM offer o JOIN release r ON r.id = o.release"
        " WHERE o.device = ?1 ORDER BY o.release DESC",
    [DB_RELEASE_PAGE] =
        "SELECT r.id, r.product, r.version, r.security, r.percent, r.stopped,"
        " (SELECT count(*) FROM offer WHERE release = r.id),"
        " (SELECT count(*) FROM offer WHERE release = r.id AND code = 40),"
        " (SELECT count(*) FROM offer WHERE release = r.id AND code = 41),"
        " (SELECT count(*) FROM offer WHERE release = r.id AND code = 42),"
        " (SELECT count(*) FROM offer WHERE release = r.id AND code > 42),"
        " r.id = (SELECT max(n.id) FROM release n WHERE n.product = r.product), r.ended_ms,"
        " r.set_ms, r.set_uid"
        " FROM release r WHERE r.id > ?1 ORDER BY r.id LIMIT ?2",
    /* By SQLite's word, a column beside a single max() is of the row that has it. */
    [DB_RELEASE_CAUSES] =
        "SELECT o.code, count(*), max(o.code_ms), d.device FROM offer o"
        " JOIN device d ON d.id = o.device WHERE o.release = ?1 AND o.code > 41"
        " GROUP BY o.code ORDER BY count(*) DESC, o.code",
    [DB_OFFER_PAGE] =
        "SELECT o.id, d.device, o.release, r.version, o.first_ms, o.code, o.code_ms"
        " FROM offer o JOIN device d ON d.id = o.device JOIN release r ON r.id = o.release"
        " WHERE o.id > ?1 ORDER BY o.id LIMIT ?2",
    [DB_USER_ADD] =
        "INSERT INTO person(name, hash, created_ms) VALUES(?1, ?2, ?3) ON CONFLICT DO NOTHING",
    [DB_USER]        = "SELECT id, hash FROM person WHERE name = ?1",
    [DB_USER_REMOVE] = "DELETE FROM person WHERE id = ?1",
    [DB_USER_PAGE] =
        "SELECT id, name, created_ms, (SELECT count(*) FROM session WHERE person = p.id)"
        " FROM person p WHERE id > ?1 ORDER BY id LIMIT ?2",
    [DB_SESSION_ADD] = "INSERT INTO session(token, person, created_ms, used_ms) VALUES(?1, ?2, ?3, ?3)",
    [DB_SESSION]     = "SELECT person, created_ms, used_ms FROM session WHERE token = ?1",
    [DB_SESSION_USED] = "UPDATE session SET used_ms = ?2 WHERE token = ?1",
    [DB_SESSION_END]  = "DELETE FROM session WHERE token = ?1",
    [DB_SESSION_END_ALL] = "DELETE FROM session WHERE person = ?1",
    [DB_SESSION_TRIM] = "DELETE FROM session WHERE created_ms < ?1 OR used_ms < ?2",
    [DB_TOTALS] =
        "SELECT count(*), coalesce(sum(batches), 0), coalesce(sum(readings), 0),"
        " coalesce(sum(lost), 0), coalesce(sum(copies), 0), coalesce(sum(clone), 0),"
        " (SELECT coalesce(sum(count), 0) FROM event), (SELECT count(*) FROM person) FROM device",
};
/* clang-format on */

static enum status exec(sqlite3 *h, const char *sql)
{
    return sqlite3_exec(h, sql, NULL, NULL, NULL) == SQLITE_OK ? OK : BROKEN;
}

/* What a pragma says now, as text. */
static bool says(sqlite3 *h, const char *pragma, const char *expected)
{
    sqlite3_stmt *s = NULL;
    bool ok = sqlite3_prepare_v2(h, pragma, -1, &s, NULL) == SQLITE_OK
        && sqlite3_step(s) == SQLITE_ROW
        && strcmp((const char *)sqlite3_column_text(s, 0), expected) == 0;
    sqlite3_finalize(s);
    return ok;
}

static enum status create_tables(sqlite3 *h)
{
    for (size_t i = 0; i < sizeof schema / sizeof schema[0]; i++)
        TRY(exec(h, schema[i]));
    return OK;
}

enum status db_create(const char *path, const struct entropy *entropy)
{
    struct store_id store;
    sqlite3 *h = NULL;
    sqlite3_stmt *s = NULL;
    char marks[96];

    if (access(path, F_OK) == 0)
        return REFUSED;
    TRY(entropy->fill(entropy->board, ROOM_OF(store.b)));
    snprintf(marks, sizeof marks,
        "PRAGMA application_id = %d; PRAGMA user_version = %s;", APPLICATION_ID,
        user_version);
    enum status st = BROKEN;
    if (sqlite3_open_v2(path, &h, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL)
            == SQLITE_OK
        && exec(h, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; BEGIN") == OK
        && exec(h, marks) == OK && create_tables(h) == OK
        && sqlite3_prepare_v2(
               h, "INSERT INTO meta(one, store) VALUES(1, ?1)", -1, &s, NULL)
            == SQLITE_OK) {
        db_bind_blob(s, 1, store.b, sizeof store.b);
        st = sqlite3_step(s) == SQLITE_DONE ? exec(h, "COMMIT") : BROKEN;
    }
    sqlite3_finalize(s);
    if (sqlite3_close(h) != SQLITE_OK)
        st = BROKEN;
    return st;
}

/* Req: HF-STORE-005 "The store shall not start unless commits are durable (WAL, FULL)." */
enum status db_settings_hold(sqlite3 *h, const char **why)
{
    static const struct {
        const char *ask, *expected, *why;
    } rows[] = {
        {"PRAGMA journal_mode", "wal", "journal_mode is not WAL"},
        {"PRAGMA synchronous", "2", "synchronous is not FULL"},
        {"PRAGMA foreign_keys", "1", "foreign_keys is off"},
        {"PRAGMA user_version", user_version, "another schema version"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (!says(h, rows[i].ask, rows[i].expected)) {
            *why = rows[i].why;
            return REFUSED;
        }
    return OK;
}

static enum status prepare_all(struct db *db, const char **why)
{
    for (int i = 0; i < DB_STMTS; i++)
        if (sqlite3_prepare_v3(db->handle, texts[i], -1, SQLITE_PREPARE_PERSISTENT,
                &db->stmts[i], NULL)
            != SQLITE_OK) {
            *why = sqlite3_errmsg(db->handle);
            return DAMAGED;
        }
    return OK;
}

static enum status read_store_id(struct db *db)
{
    sqlite3_stmt *s = NULL;
    bool ok = sqlite3_prepare_v2(db->handle, "SELECT store FROM meta", -1, &s, NULL)
            == SQLITE_OK
        && sqlite3_step(s) == SQLITE_ROW
        && db_blob(s, 0, db->store.b, sizeof db->store.b);
    sqlite3_finalize(s);
    return ok ? OK : DAMAGED;
}

enum status db_open(struct db *db, const char *path, const char **why)
{
    memset(db, 0, sizeof *db);
    *why = "no database";
    if (access(path, F_OK) != 0)
        return AGAIN;
    *why = "not a database";
    if (sqlite3_open_v2(
            path, &db->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL)
        != SQLITE_OK)
        return DAMAGED;
    /* EXCLUSIVE first: nobody else opens it, and no shared-memory file is needed. */
    if (exec(db->handle,
            "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;"
            "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;"
            "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;"
            "PRAGMA cache_size = -32768; PRAGMA wal_autocheckpoint = 4000;")
        != OK) {
        *why = sqlite3_errmsg(db->handle);
        return DAMAGED;
    }
    TRY(db_settings_hold(db->handle, why));
    TRY(prepare_all(db, why));
    return read_store_id(db);
}

void db_close(struct db *db)
{
    for (int i = 0; i < DB_STMTS; i++)
        sqlite3_finalize(db->stmts[i]);
    sqlite3_close(db->handle);
    memset(db, 0, sizeof *db);
}

enum status db_begin(struct db *db)
{
    if (db->open_txn)
        return OK;
    TRY(db_run(db_use(db, DB_BEGIN)));
    db->open_txn = true;
    return OK;
}

enum status db_commit(struct db *db)
{
    assert(db->open_txn);
    if (db_run(db_use(db, DB_COMMIT)) != OK) {
        db_rollback(db);
        return BROKEN;
    }
    db->open_txn = false;
    return OK;
}

void db_rollback(struct db *db)
{
    for (int i = 0; i < DB_STMTS; i++)
        sqlite3_reset(db->stmts[i]);
    /* Some errors roll back by themselves; then there is nothing left to undo. */
    if (!sqlite3_get_autocommit(db->handle))
        (void)!db_run(db_use(db, DB_ROLLBACK));
    db->open_txn = false;
}

enum status db_settle(struct db *db)
{
    TRY(db_begin(db));
    TRY(db_run(db_use(db, DB_BATCH_SETTLE)));
    db->unsettled = 0;
    return OK;
}

enum status db_appended(struct db *db)
{
    return ++db->unsettled < DB_SETTLE_EACH ? OK : db_settle(db);
}

sqlite3_stmt *db_use(struct db *db, enum db_stmt which)
{
    sqlite3_stmt *s = db->stmts[which];
    sqlite3_reset(s);
    sqlite3_clear_bindings(s);
    return s;
}

enum status db_run(sqlite3_stmt *s)
{
    int rc = sqlite3_step(s);
    sqlite3_reset(s);
    return rc == SQLITE_DONE ? OK : BROKEN;
}

enum status db_row(sqlite3_stmt *s)
{
    int rc = sqlite3_step(s);
    if (rc == SQLITE_ROW)
        return OK;
    sqlite3_reset(s);
    return rc == SQLITE_DONE ? AGAIN : BROKEN;
}

void db_done(sqlite3_stmt *s)
{
    sqlite3_reset(s);
}

void db_bind_blob(sqlite3_stmt *s, int at, const void *p, size_t len)
{
    int rc = sqlite3_bind_blob64(s, at, p, len, SQLITE_STATIC);
    assert(rc == SQLITE_OK || rc == SQLITE_NOMEM);
    (void)rc;
}

void db_bind_u64(sqlite3_stmt *s, int at, uint64_t v)
{
    assert(v <= INT64_MAX);
    int rc = sqlite3_bind_int64(s, at, (sqlite3_int64)v);
    assert(rc == SQLITE_OK);
    (void)rc;
}

void db_bind_text(sqlite3_stmt *s, int at, const char *text)
{
    int rc = sqlite3_bind_text64(s, at, text, strlen(text), SQLITE_STATIC, SQLITE_UTF8);
    assert(rc == SQLITE_OK || rc == SQLITE_NOMEM);
    (void)rc;
}

bool db_blob(sqlite3_stmt *s, int column, void *out, size_t len)
{
    const void *p = sqlite3_column_blob(s, column);
    if (!p || sqlite3_column_bytes(s, column) != (int)len)
        return false;
    memcpy(out, p, len);
    return true;
}

uint64_t db_u64(sqlite3_stmt *s, int column)
{
    sqlite3_int64 v = sqlite3_column_int64(s, column);
    return v < 0 ? 0 : (uint64_t)v;
}

void db_text(sqlite3_stmt *s, int column, char *out, size_t cap)
{
    const char *t = (const char *)sqlite3_column_text(s, column);
    snprintf(out, cap, "%s", t ? t : "");
}
