/* SPDX-License-Identifier: Apache-2.0 */
#include "review/main/progress.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { SILENT_MS = 1000, DRAW_MS = 200 };

struct progress {
    int fd;
    int64_t began_ms;
    pthread_mutex_t lock; /* over all below */
    pthread_cond_t ends;
    pthread_t thread;
    bool drawing; /* the thread is there */
    bool over, shown;
    const char *what; /* NULL: no stage */
    uint32_t done, of;
};

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* A terminal that takes nothing is no reason to stop. */
static void put(const struct progress *p, const char *line, int len)
{
    if (len > 0 && write(p->fd, line, (size_t)len) < 0)
        return;
}

static void draw(struct progress *p)
{
    char line[96];
    int64_t took_ms = now_ms() - p->began_ms;
    if (!p->what || took_ms < SILENT_MS)
        return;
    int len = p->of ? snprintf(line, sizeof line, "\r%s %u of %u, %d s\033[K", p->what,
                  p->done, p->of, (int)(took_ms / 1000))
                    : snprintf(line, sizeof line, "\r%s, %d s\033[K", p->what,
                        (int)(took_ms / 1000));
    put(p, line, len);
    p->shown = true;
}

static void clear(struct progress *p)
{
    if (p->shown)
        put(p, "\r\033[K", 4);
    p->shown = false;
}

static void *draw_all(void *progress)
{
    struct progress *p = progress;
    pthread_mutex_lock(&p->lock);
    while (!p->over) {
        draw(p);
        int64_t until_ms = now_ms() + DRAW_MS;
        struct timespec until = {until_ms / 1000, until_ms % 1000 * 1000000};
        pthread_cond_timedwait(&p->ends, &p->lock, &until);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

struct progress *progress_new(int fd)
{
    pthread_condattr_t by;
    struct progress *p = calloc(1, sizeof *p);
    if (!p)
        return NULL;
    p->fd = fd;
    p->began_ms = now_ms();
    pthread_mutex_init(&p->lock, NULL);
    pthread_condattr_init(&by);
    pthread_condattr_setclock(&by, CLOCK_MONOTONIC);
    pthread_cond_init(&p->ends, &by);
    pthread_condattr_destroy(&by);
    return p;
}

void progress_begin(struct progress *p, const char *what)
{
    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    p->what = what;
    p->done = p->of = 0;
    if (!p->drawing)
        p->drawing = pthread_create(&p->thread, NULL, draw_all, p) == 0;
    pthread_mutex_unlock(&p->lock);
}

void progress_told(void *progress, uint32_t done, uint32_t of)
{
    struct progress *p = progress;
    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    p->done = done;
    p->of = of;
    pthread_mutex_unlock(&p->lock);
}

void progress_end(struct progress *p)
{
    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    p->what = NULL;
    clear(p);
    pthread_mutex_unlock(&p->lock);
}

void progress_free(struct progress *p)
{
    if (!p)
        return;
    progress_end(p);
    pthread_mutex_lock(&p->lock);
    p->over = true;
    pthread_cond_signal(&p->ends);
    pthread_mutex_unlock(&p->lock);
    if (p->drawing)
        pthread_join(p->thread, NULL);
    pthread_cond_destroy(&p->ends);
    pthread_mutex_destroy(&p->lock);
    free(p);
}
