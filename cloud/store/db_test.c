/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/store/rig.h"

#include "tests/support/check.h"

static void set(struct rig *r, const char *pragma)
{
    if (sqlite3_exec(r->store.db.handle, pragma, NULL, NULL, NULL) != SQLITE_OK)
        printf("# %s: %s\n", pragma, sqlite3_errmsg(r->store.db.handle));
}

/* Req: HF-STORE-005 "The store shall not start unless commits are durable (WAL, FULL)." */
static void test_start_is_refused_unless_wal_full_and_foreign_keys_are_in_force(void)
{
    static const struct {
        const char *pragma, *why;
    } rows[] = {
        {"PRAGMA synchronous = NORMAL", "synchronous is not FULL"},
        {"PRAGMA synchronous = OFF", "synchronous is not FULL"},
        {"PRAGMA foreign_keys = OFF", "foreign_keys is off"},
        {"PRAGMA user_version = 1", "another schema version"},
        {"PRAGMA journal_mode = DELETE", "journal_mode is not WAL"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct rig *r = rig_new();
        const char *why = "";
        CHECK(db_settings_hold(r->store.db.handle, &why) == OK);
        set(r, rows[i].pragma);
        CHECK(db_settings_hold(r->store.db.handle, &why) == REFUSED);
        CHECK(strcmp(why, rows[i].why) == 0);
        rig_free(r);
    }
}

static void test_database_that_cannot_be_wal_does_not_open(void)
{
    struct rig *r = rig_new();
    struct db second;
    sqlite3 *holder = NULL;
    const char *why = "";

    set(r, "PRAGMA journal_mode = DELETE");
    rig_close(r);
    CHECK(sqlite3_open(r->path, &holder) == SQLITE_OK);
    CHECK(sqlite3_exec(holder, "BEGIN; SELECT * FROM meta", NULL, NULL, NULL)
        == SQLITE_OK);
    CHECK(db_open(&second, r->path, &why)
        != OK); /* a reader keeps it from changing to WAL */
    db_close(&second);
    sqlite3_close(holder);
    rig_open(r);
    rig_free(r);
}

static void test_second_store_cannot_open_the_same_database(void)
{
    struct rig *r = rig_new();
    struct db second;
    const char *why = "";

    CHECK(db_begin(&r->store.db) == OK && db_commit(&r->store.db) == OK);
    CHECK(db_open(&second, r->path, &why) != OK);
    db_close(&second);
    rig_free(r);
}

static void test_missing_foreign_or_damaged_file_is_told_and_never_made_anew(void)
{
    struct db db;
    const char *why = "";
    char path[] = "/tmp/holdfast-db-XXXXXX";
    int fd = mkstemp(path);

    CHECK(write(fd, "this is a text file, not a database", 35) == 35);
    close(fd);
    CHECK(db_open(&db, path, &why) == DAMAGED);
    db_close(&db);
    CHECK(db_create(path, host_entropy_port()) == REFUSED);
    unlink(path);
    CHECK(db_open(&db, path, &why) == AGAIN);
    db_close(&db);
    CHECK(access(path, F_OK) != 0);
}

static void test_store_id_is_drawn_once_and_stays(void)
{
    struct rig *a = rig_new(), *b = rig_new();
    struct store_id before = a->store.db.store;

    CHECK(memcmp(&before, &b->store.db.store, sizeof before) != 0);
    rig_close(a);
    rig_open(a);
    CHECK(memcmp(&before, &a->store.db.store, sizeof before) == 0);
    rig_free(a);
    rig_free(b);
}

static void append(struct rig *r, unsigned epoch, unsigned seq)
{
    char sql[256];
    snprintf(sql, sizeof sql,
        "INSERT INTO batch(epoch, seq, digest, received_ms, first_ms, mono_ms, records, merged,"
        " lost, clock, test, body) VALUES(%u, %u, x'00', 1, %u, 1, 1, 1, 0, 1, 0, x'00')",
        epoch, seq, 1000 + seq);
    set(r, sql);
}

static void append_epochs(struct rig *r)
{
    set(r,
        "INSERT INTO epoch(id, device, epoch) VALUES(1, 1, x'01'), (2, 1, x'02'), (3, 2, x'03')");
    for (unsigned i = 0; i < 60; i++)
        append(r, 1 + i % 3, 100 - i);
}

static void test_settling_puts_every_batch_into_both_indexes_and_twice_changes_nothing(
    void)
{
    struct rig *r = rig_new();
    struct db *db = &r->store.db;

    CHECK(db_settle(db) == OK); /* nothing yet */
    append_epochs(r);
    for (int i = 0; i < 2; i++) {
        CHECK(db_settle(db) == OK && db_commit(db) == OK);
        CHECK(rig_count(r,
                  "SELECT count(*) FROM identity i JOIN batch b ON b.id = i.batch"
                  " WHERE i.epoch = b.epoch AND i.seq = b.seq")
            == 60);
        CHECK(rig_count(r,
                  "SELECT count(*) FROM moment m JOIN batch b ON b.id = m.batch"
                  " JOIN epoch e ON e.id = b.epoch"
                  " WHERE m.device = e.device AND m.first_ms = b.first_ms")
            == 60);
    }
    append(r, 2, 7);
    CHECK(db_settle(db) == OK);
    db_rollback(db); /* with what was settled in it; the batch itself was not in it */
    CHECK(rig_count(r, "SELECT count(*) FROM identity") == 60);
    CHECK(db_settle(db) == OK && db_commit(db) == OK);
    CHECK(rig_count(r, "SELECT count(*) FROM identity") == 61);
    CHECK(rig_count(r, "SELECT count(*) FROM moment") == 61);
    rig_free(r);
}

/* Req: HF-STORE-001 "Each identity (device, epoch, sequence) shall be stored at most once." */
static void test_two_batches_of_one_identity_cannot_be_settled_and_nothing_is_by_half(
    void)
{
    struct rig *r = rig_new();
    struct db *db = &r->store.db;

    append_epochs(r);
    append(r, 1, 100);
    CHECK(db_settle(db) == BROKEN && db->open_txn);
    CHECK(rig_count(r, "SELECT count(*) FROM identity") == 0);
    CHECK(rig_count(r, "SELECT count(*) FROM moment") == 0);
    CHECK(rig_count(r, "SELECT settled FROM meta") == 0);
    CHECK(db_commit(db) == OK);
    rig_free(r);
}

static void test_one_devices_batches_are_found_by_index_alone(void)
{
    static const enum db_stmt which[] = {DB_DEVICE, DB_BATCH, DB_BATCH_SPAN};
    struct rig *r = rig_new();

    for (size_t i = 0; i < sizeof which / sizeof which[0]; i++) {
        sqlite3_stmt *q = NULL;
        char sql[1024];
        int rows = 0;
        snprintf(sql, sizeof sql, "EXPLAIN QUERY PLAN %s",
            sqlite3_sql(r->store.db.stmts[which[i]]));
        CHECK(sqlite3_prepare_v2(r->store.db.handle, sql, -1, &q, NULL) == SQLITE_OK);
        for (; sqlite3_step(q) == SQLITE_ROW; rows++)
            CHECK(strncmp((const char *)sqlite3_column_text(q, 3), "SEARCH", 6) == 0);
        CHECK(rows >= 2);
        sqlite3_finalize(q);
    }
    rig_free(r);
}

MAIN(TEST(test_start_is_refused_unless_wal_full_and_foreign_keys_are_in_force),
    TEST(test_database_that_cannot_be_wal_does_not_open),
    TEST(test_second_store_cannot_open_the_same_database),
    TEST(test_missing_foreign_or_damaged_file_is_told_and_never_made_anew),
    TEST(test_store_id_is_drawn_once_and_stays),
    TEST(test_settling_puts_every_batch_into_both_indexes_and_twice_changes_nothing),
    TEST(test_two_batches_of_one_identity_cannot_be_settled_and_nothing_is_by_half),
    TEST(test_one_devices_batches_are_found_by_index_alone))
