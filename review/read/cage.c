/* SPDX-License-Identifier: Apache-2.0 */
#include "review/read/cage.h"

#include "review/read/cage_parts.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Input above this gives its memory back when its slot is emptied. */
enum { KEEP_MAX = 1048576 };

struct cage {
    int talk;
    pid_t mind;
    unsigned slots;
    struct slot_files files[CAGE_SLOTS_MAX];
    uint8_t *input[CAGE_SLOTS_MAX];
    size_t len[CAGE_SLOTS_MAX]; /* of the input */
    size_t input_max;
};

/*
 * The input stays mapped here, and by the seal nobody else can ever map or write it for
 * writing: children get the descriptor. The small parent does not inherit the mapping.
 */
static bool open_input(struct cage *c, unsigned i)
{
    int fd = memfd_create("input", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    c->files[i].input = fd;
    if (fd < 0 || ftruncate(fd, (off_t)c->input_max) != 0)
        return false;
    void *at = mmap(NULL, c->input_max, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (at == MAP_FAILED)
        return false;
    c->input[i] = at;
    return madvise(at, c->input_max, MADV_DONTFORK) == 0
        && fcntl(fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE) == 0;
}

static bool open_slot(struct cage *c, unsigned i)
{
    c->files[i].text = memfd_create("text", MFD_CLOEXEC);
    c->files[i].output = memfd_create("output", MFD_CLOEXEC);
    return open_input(c, i) && c->files[i].text >= 0 && c->files[i].output >= 0;
}

enum status cage_start(struct cage **out, unsigned slots, cage_work_fn *work,
    const struct cage_limits *limits)
{
    int pair[2] = {-1, -1};
    struct cage *c = calloc(1, sizeof *c);

    assert(slots >= 1 && slots <= CAGE_SLOTS_MAX);
    if (c == NULL)
        return BROKEN;
    c->talk = -1;
    c->mind = -1;
    c->input_max = limits->input_max ? limits->input_max : CAGE_INPUT_MAX;
    for (; c->slots < slots; c->slots++)
        if (!open_slot(c, c->slots)) {
            c->slots++;
            goto fail;
        }
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
        goto fail;
    c->talk = pair[0];
    c->mind = fork();
    if (c->mind == 0) {
        close(pair[0]);
        cage_mind(pair[1], c->files, slots, work, limits);
    }
    close(pair[1]);
    if (c->mind < 0)
        goto fail;
    *out = c;
    return OK;
fail:
    cage_end(c);
    return BROKEN;
}

static void close_if(int fd)
{
    if (fd > 0)
        close(fd);
}

void cage_end(struct cage *c)
{
    if (c == NULL)
        return;
    close_if(c->talk); /* the small parent ends its children, and itself */
    if (c->mind > 0)
        while (waitpid(c->mind, NULL, 0) < 0 && errno == EINTR) {
        }
    for (unsigned i = 0; i < c->slots; i++) {
        close_if(c->files[i].input);
        close_if(c->files[i].text);
        close_if(c->files[i].output);
        if (c->input[i])
            munmap(c->input[i], c->input_max);
    }
    free(c);
}

unsigned cage_slots(const struct cage *c)
{
    return c->slots;
}

struct room cage_input(struct cage *c, unsigned slot)
{
    assert(slot < c->slots);
    return (struct room){c->input[slot], c->input_max};
}

static enum status ask(struct cage *c, const struct task *t)
{
    return send(c->talk, t, sizeof *t, MSG_NOSIGNAL) == sizeof *t ? OK : BROKEN;
}

enum status cage_work(struct cage *c, unsigned slot, uint32_t what, size_t len)
{
    assert(slot < c->slots && len <= c->input_max);
    c->len[slot] = len;
    return ask(c, &(struct task){TASK_WORK, (uint8_t)slot, what, len});
}

enum status cage_work_on_text(struct cage *c, unsigned slot, uint32_t what)
{
    struct stat st;
    assert(slot < c->slots);
    if (fstat(c->files[slot].text, &st) != 0)
        return BROKEN;
    return ask(c,
        &(struct task){TASK_WORK_ON_TEXT, (uint8_t)slot, what, (uint64_t)st.st_size});
}

enum status cage_pdftotext(struct cage *c, unsigned slot, size_t len)
{
    assert(slot < c->slots && len <= c->input_max);
    c->len[slot] = c->input_max; /* so that the file gets its length back */
    /* It reads to the end of the file, so the file ends where the document does. */
    if (ftruncate(c->files[slot].input, (off_t)len) != 0)
        return BROKEN;
    return ask(c, &(struct task){TASK_PDFTOTEXT, (uint8_t)slot, 0, len});
}

enum status cage_wait(struct cage *c, unsigned *slot, enum cage_end *end)
{
    struct ended e;
    ssize_t n;
    while ((n = recv(c->talk, &e, sizeof e, 0)) < 0 && errno == EINTR) {
    }
    if (n != sizeof e || e.slot >= c->slots)
        return BROKEN;
    *slot = e.slot;
    *end = (enum cage_end)e.end;
    return OK;
}

static void empty_slot(struct cage *c, unsigned slot)
{
    const struct slot_files *f = &c->files[slot];
    int bad = ftruncate(f->output, 0);
    if (c->len[slot] > KEEP_MAX)
        bad |= ftruncate(f->text, 0) | ftruncate(f->input, 0)
            | ftruncate(f->input, (off_t)c->input_max);
    assert(bad == 0); /* memory files of our own */
}

struct bytes cage_output(struct cage *c, unsigned slot, struct arena *into)
{
    struct stat st;
    assert(slot < c->slots && fstat(c->files[slot].output, &st) == 0);
    size_t size = (size_t)st.st_size, done = 0;
    uint8_t *at = arena_take(into, size);
    while (done < size) {
        ssize_t n = pread(c->files[slot].output, at + done, size - done, (off_t)done);
        if (n <= 0)
            break;
        done += (size_t)n;
    }
    empty_slot(c, slot);
    return (struct bytes){at, done};
}
