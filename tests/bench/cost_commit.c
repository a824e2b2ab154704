/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/cost.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BLOB_MAX = 65536 };

struct commit {
    const struct commit_plan *plan;
    sqlite3 *handle;
    sqlite3_stmt *begin, *insert, *commit;
    uint8_t blob[BLOB_MAX];
};

static bool run(sqlite3_stmt *s)
{
    int rc = sqlite3_step(s);
    return sqlite3_reset(s) == SQLITE_OK && rc == SQLITE_DONE;
}

static bool prepare(struct commit *c, const char *text, sqlite3_stmt **s)
{
    return sqlite3_prepare_v3(c->handle, text, -1, SQLITE_PREPARE_PERSISTENT, s, NULL)
        == SQLITE_OK;
}

/* The settings are those of cloud/store/db.c. */
static bool open_it(struct commit *c)
{
    return sqlite3_open_v2(c->plan->path, &c->handle,
               SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL)
        == SQLITE_OK
        && sqlite3_exec(c->handle,
               "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;"
               "PRAGMA synchronous = FULL; PRAGMA cache_size = -32768;"
               "PRAGMA wal_autocheckpoint = 4000;"
               "CREATE TABLE batch(id INTEGER PRIMARY KEY, body BLOB NOT NULL)",
               NULL, NULL, NULL)
        == SQLITE_OK
        && prepare(c, "BEGIN IMMEDIATE", &c->begin)
        && prepare(c, "INSERT INTO batch(body) VALUES(?1)", &c->insert)
        && prepare(c, "COMMIT", &c->commit);
}

static bool insert(struct commit *c, unsigned number)
{
    memcpy(c->blob, &number, sizeof number);
    return sqlite3_bind_blob64(c->insert, 1, c->blob, c->plan->blob_len, SQLITE_STATIC)
        == SQLITE_OK
        && run(c->insert);
}

static bool write_all(struct commit *c, unsigned batches)
{
    for (unsigned done = 0; done < batches;) {
        if (!run(c->begin))
            return false;
        for (unsigned i = 0; i < c->plan->in_one && done < batches; i++, done++)
            if (!insert(c, done))
                return false;
        if (!run(c->commit))
            return false;
    }
    return true;
}

static bool measure(struct commit *c, uint64_t *ns)
{
    uint64_t before = 0;

    bool good = open_it(c) && write_all(c, c->plan->in_one * 4)
        && cpu_ns(getpid(), false, &before) == OK && write_all(c, c->plan->batches)
        && cpu_ns(getpid(), false, ns) == OK;
    *ns -= before;
    return good;
}

static void remove_all(const char *path)
{
    static const char *const tails[] = {"", "-wal", "-shm"};
    char name[4096];

    for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++)
        if (snprintf(name, sizeof name, "%s%s", path, tails[i]) < (int)sizeof name)
            (void)unlink(name);
}

enum status commit_cost(const struct commit_plan *plan, uint64_t *ns)
{
    static struct commit c;
    int ends[2], state = 1;
    uint64_t got = 0;

    if (plan->blob_len > BLOB_MAX || plan->blob_len < sizeof(unsigned)
        || pipe(ends) != 0)
        return REFUSED;
    remove_all(plan->path);
    pid_t pid = fork();
    if (pid == 0) {
        c.plan = plan;
        bool good = measure(&c, &got) && write(ends[1], &got, sizeof got) == sizeof got;
        _exit(good ? 0 : 1);
    }
    close(ends[1]);
    bool good = pid > 0 && read(ends[0], &got, sizeof got) == sizeof got
        && waitpid(pid, &state, 0) == pid && state == 0;
    close(ends[0]);
    remove_all(plan->path);
    *ns = got;
    return good ? OK : BROKEN;
}
