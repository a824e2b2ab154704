/* SPDX-License-Identifier: Apache-2.0 */
#include "host/loop.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS_AT_ONCE = 64, FIRST_BUCKETS = 64 };

struct watch {
    loop_fd_fn *fn; /* NULL: not watched */
    void *ctx;
    uint32_t generation; /* an event of an older one is dropped */
};

struct timer {
    uint64_t due_ms, order; /* order: first set, first called */
    loop_timer_fn *fn;
    void *ctx;
    size_t at; /* in the heap */
    struct timer *next;
};

struct loop {
    int epoll_fd;
    bool stop;
    struct watch *watches; /* by descriptor */
    size_t watch_cap;
    struct timer **heap;
    size_t timer_count, heap_cap;
    struct timer **buckets; /* by fn and ctx */
    size_t bucket_count;    /* a power of two */
    uint64_t order;
};

uint64_t loop_now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* --- timers: a heap by due time, and a hash to find one by its name --- */

static struct timer **bucket_of(struct loop *l, loop_timer_fn *fn, const void *ctx)
{
    uint64_t h = ((uint64_t)(uintptr_t)ctx ^ ((uint64_t)(uintptr_t)fn << 7))
        * UINT64_C(0x9e3779b97f4a7c15);
    return &l->buckets[(h >> 32) & (l->bucket_count - 1)];
}

static struct timer *timer_find(struct loop *l, loop_timer_fn *fn, const void *ctx)
{
    for (struct timer *t = *bucket_of(l, fn, ctx); t != NULL; t = t->next)
        if (t->fn == fn && t->ctx == ctx)
            return t;
    return NULL;
}

static bool earlier(const struct timer *a, const struct timer *b)
{
    return a->due_ms != b->due_ms ? a->due_ms < b->due_ms : a->order < b->order;
}

static void heap_put(struct loop *l, size_t at, struct timer *t)
{
    l->heap[at] = t;
    t->at = at;
}

static void heap_up(struct loop *l, struct timer *t)
{
    size_t at = t->at;
    while (at > 0 && earlier(t, l->heap[(at - 1) / 2])) {
        heap_put(l, at, l->heap[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    heap_put(l, at, t);
}

static void heap_down(struct loop *l, struct timer *t)
{
    size_t at = t->at;
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= l->timer_count)
            break;
        if (child + 1 < l->timer_count && earlier(l->heap[child + 1], l->heap[child]))
            child++;
        if (!earlier(l->heap[child], t))
            break;
        heap_put(l, at, l->heap[child]);
        at = child;
    }
    heap_put(l, at, t);
}

static void timer_remove(struct loop *l, struct timer *t)
{
    struct timer **link = bucket_of(l, t->fn, t->ctx);
    while (*link != t)
        link = &(*link)->next;
    *link = t->next;

    struct timer *last = l->heap[--l->timer_count];
    if (last != t) {
        heap_put(l, t->at, last);
        heap_up(l, last);
        heap_down(l, last);
    }
    free(t);
}

static bool more_buckets(struct loop *l)
{
    size_t count = l->bucket_count == 0 ? FIRST_BUCKETS : l->bucket_count * 2;
    struct timer **buckets = calloc(count, sizeof(struct timer *));
    if (buckets == NULL)
        return false;
    free(l->buckets);
    l->buckets = buckets;
    l->bucket_count = count;
    for (size_t i = 0; i < l->timer_count; i++) {
        struct timer **link = bucket_of(l, l->heap[i]->fn, l->heap[i]->ctx);
        l->heap[i]->next = *link;
        *link = l->heap[i];
    }
    return true;
}

static bool heap_room(struct loop *l)
{
    if (l->timer_count < l->heap_cap)
        return true;
    size_t cap = l->heap_cap == 0 ? FIRST_BUCKETS : l->heap_cap * 2;
    struct timer **heap = realloc(l->heap, cap * sizeof(struct timer *));
    if (heap == NULL)
        return false;
    l->heap = heap;
    l->heap_cap = cap;
    return l->timer_count < l->bucket_count || more_buckets(l);
}

enum status loop_after(struct loop *l, uint64_t delay_ms, loop_timer_fn *fn, void *ctx)
{
    struct timer *t = timer_find(l, fn, ctx);
    uint64_t due_ms = loop_now_ms() + delay_ms;

    if (t != NULL) {
        t->due_ms = due_ms;
        t->order = l->order++;
        heap_up(l, t);
        heap_down(l, t);
        return OK;
    }
    if (!heap_room(l) || (t = calloc(1, sizeof *t)) == NULL)
        return BROKEN;
    struct timer **link = bucket_of(l, fn, ctx);
    *t = (struct timer){due_ms, l->order++, fn, ctx, l->timer_count, *link};
    *link = t;
    l->heap[l->timer_count++] = t;
    heap_up(l, t);
    return OK;
}

void loop_cancel(struct loop *l, loop_timer_fn *fn, void *ctx)
{
    struct timer *t = timer_find(l, fn, ctx);
    if (t != NULL)
        timer_remove(l, t);
}

/* Only what was set before this round: a timer set by a timer waits for the next. */
static void run_due(struct loop *l)
{
    uint64_t now = loop_now_ms();
    uint64_t before = l->order;

    while (!l->stop && l->timer_count > 0 && l->heap[0]->due_ms <= now
        && l->heap[0]->order < before) {
        loop_timer_fn *fn = l->heap[0]->fn;
        void *ctx = l->heap[0]->ctx;
        timer_remove(l, l->heap[0]);
        fn(ctx);
    }
}

static int wait_ms(const struct loop *l)
{
    if (l->timer_count == 0)
        return -1;
    uint64_t now = loop_now_ms();
    uint64_t due = l->heap[0]->due_ms;
    return due <= now ? 0 : due - now > 60000 ? 60000 : (int)(due - now);
}

/* --- descriptors --- */

static bool watch_room(struct loop *l, int fd)
{
    size_t need = (size_t)fd + 1;
    if (need <= l->watch_cap)
        return true;
    size_t cap = l->watch_cap == 0 ? 64 : l->watch_cap;
    while (cap < need)
        cap *= 2;
    struct watch *w = realloc(l->watches, cap * sizeof *w);
    if (w == NULL)
        return false;
    memset(w + l->watch_cap, 0, (cap - l->watch_cap) * sizeof *w);
    l->watches = w;
    l->watch_cap = cap;
    return true;
}

static struct epoll_event event_of(const struct loop *l, int fd, uint32_t events)
{
    uint64_t name = (uint64_t)l->watches[fd].generation << 32 | (uint32_t)fd;
    return (struct epoll_event){.events = events, .data.u64 = name};
}

enum status loop_watch(
    struct loop *l, int fd, uint32_t events, loop_fd_fn *fn, void *ctx)
{
    assert(fd >= 0 && fn != NULL);
    if (!watch_room(l, fd))
        return BROKEN;
    assert(l->watches[fd].fn == NULL);
    struct epoll_event e = event_of(l, fd, events);
    if (epoll_ctl(l->epoll_fd, EPOLL_CTL_ADD, fd, &e) != 0)
        return BROKEN;
    l->watches[fd].fn = fn;
    l->watches[fd].ctx = ctx;
    return OK;
}

static bool watched(const struct loop *l, int fd)
{
    return fd >= 0 && (size_t)fd < l->watch_cap && l->watches[fd].fn != NULL;
}

enum status loop_change(struct loop *l, int fd, uint32_t events)
{
    assert(watched(l, fd));
    struct epoll_event e = event_of(l, fd, events);
    return epoll_ctl(l->epoll_fd, EPOLL_CTL_MOD, fd, &e) == 0 ? OK : BROKEN;
}

void loop_forget(struct loop *l, int fd)
{
    if (!watched(l, fd))
        return;
    epoll_ctl(l->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
    l->watches[fd].fn = NULL;
    l->watches[fd].generation++;
}

static void run_event(struct loop *l, const struct epoll_event *e)
{
    int fd = (int)(uint32_t)e->data.u64;
    if (!watched(l, fd) || l->watches[fd].generation != (uint32_t)(e->data.u64 >> 32))
        return;
    l->watches[fd].fn(l->watches[fd].ctx, fd, e->events);
}

/* --- the loop itself --- */

enum status loop_new(struct loop **out)
{
    struct loop *l = calloc(1, sizeof *l);
    if (l == NULL)
        return BROKEN;
    l->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (l->epoll_fd < 0 || !more_buckets(l)) {
        loop_free(l);
        return BROKEN;
    }
    *out = l;
    return OK;
}

void loop_free(struct loop *l)
{
    if (l == NULL)
        return;
    while (l->timer_count > 0)
        timer_remove(l, l->heap[l->timer_count - 1]);
    if (l->epoll_fd >= 0)
        close(l->epoll_fd);
    free(l->watches);
    free(l->heap);
    free(l->buckets);
    free(l);
}

enum status loop_run(struct loop *l)
{
    struct epoll_event events[EVENTS_AT_ONCE];

    l->stop = false;
    while (!l->stop) {
        int n = epoll_wait(l->epoll_fd, events, EVENTS_AT_ONCE, wait_ms(l));
        if (n < 0 && errno != EINTR)
            return BROKEN;
        for (int i = 0; i < n && !l->stop; i++)
            run_event(l, &events[i]);
        run_due(l);
    }
    return OK;
}

void loop_stop(struct loop *l)
{
    l->stop = true;
}

static void on_stop(void *loop)
{
    loop_stop(loop);
}

enum status loop_stop_after(struct loop *l, uint64_t delay_ms)
{
    return loop_after(l, delay_ms, on_stop, l);
}
