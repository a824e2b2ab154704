/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/store/worker.h"

#include "core/base/secret.h"

#include <argon2.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { ARGON_T = 2, ARGON_M_KIB = 19456, ARGON_P = 1, ARGON_LEN = 32 };

/* m=19456, t=2, p=1; the tag is of no password that anybody knows (all zero). */
const char worker_nobody[WORKER_HASH] =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5bm8$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

struct ring {
    struct worker_job jobs[WORKER_QUEUE];
    size_t first, count;
};

struct worker {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t more;
    struct ring todo, done;
    size_t under_way; /* todo + being done + done: at most WORKER_QUEUE */
    bool ending;
    int fd;
};

static void push(struct ring *r, const struct worker_job *job)
{
    r->jobs[(r->first + r->count++) % WORKER_QUEUE] = *job;
}

static void pop(struct ring *r, struct worker_job *job)
{
    *job = r->jobs[r->first];
    wipe(&r->jobs[r->first], sizeof r->jobs[0]);
    r->first = (r->first + 1) % WORKER_QUEUE;
    r->count--;
}

static void do_job(struct worker_job *job)
{
    size_t len = strlen(job->password);
    if (job->verify)
        job->ok = argon2id_verify(job->hash, job->password, len) == ARGON2_OK;
    else
        job->ok =
            argon2id_hash_encoded(ARGON_T, ARGON_M_KIB, ARGON_P, job->password, len,
                job->salt, sizeof job->salt, ARGON_LEN, job->hash, sizeof job->hash)
            == ARGON2_OK;
    wipe(job->password, sizeof job->password);
}

static void *work(void *ctx)
{
    struct worker *w = ctx;
    struct worker_job job;
    const uint64_t one = 1;

    pthread_mutex_lock(&w->lock);
    while (!w->ending) {
        if (w->todo.count == 0) {
            pthread_cond_wait(&w->more, &w->lock);
            continue;
        }
        pop(&w->todo, &job);
        pthread_mutex_unlock(&w->lock);
        do_job(&job);
        pthread_mutex_lock(&w->lock);
        push(&w->done, &job);
        wipe(&job, sizeof job);
        if (write(w->fd, &one, sizeof one) < 0)
            continue; /* the counter is full: it is readable already */
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

enum status worker_new(struct worker **out)
{
    struct worker *w = calloc(1, sizeof *w);
    if (!w)
        return BROKEN;
    w->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->more, NULL);
    if (w->fd < 0 || pthread_create(&w->thread, NULL, work, w) != 0) {
        if (w->fd >= 0)
            close(w->fd);
        free(w);
        return BROKEN;
    }
    *out = w;
    return OK;
}

void worker_free(struct worker *w)
{
    if (!w)
        return;
    pthread_mutex_lock(&w->lock);
    w->ending = true;
    pthread_cond_signal(&w->more);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    pthread_cond_destroy(&w->more);
    pthread_mutex_destroy(&w->lock);
    close(w->fd);
    wipe(w, sizeof *w);
    free(w);
}

int worker_fd(const struct worker *w)
{
    return w->fd;
}

enum status worker_put(struct worker *w, const struct worker_job *job)
{
    enum status s = FULL;
    pthread_mutex_lock(&w->lock);
    if (w->under_way < WORKER_QUEUE) {
        w->under_way++;
        push(&w->todo, job);
        pthread_cond_signal(&w->more);
        s = OK;
    }
    pthread_mutex_unlock(&w->lock);
    return s;
}

enum status worker_take(struct worker *w, struct worker_job *job)
{
    enum status s = AGAIN;
    uint64_t n;
    pthread_mutex_lock(&w->lock);
    if (w->done.count) {
        pop(&w->done, job);
        w->under_way--;
        s = OK;
    } else if (read(w->fd, &n, sizeof n) < 0) {
        s = AGAIN;
    }
    pthread_mutex_unlock(&w->lock);
    return s;
}
