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
        {"PRAGMA user_version = 2", "another schema version"},
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

MAIN(TEST(test_start_is_refused_unless_wal_full_and_foreign_keys_are_in_force),
    TEST(test_database_that_cannot_be_wal_does_not_open),
    TEST(test_second_store_cannot_open_the_same_database),
    TEST(test_missing_foreign_or_damaged_file_is_told_and_never_made_anew),
    TEST(test_store_id_is_drawn_once_and_stays))
