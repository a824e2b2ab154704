/* SPDX-License-Identifier: Apache-2.0 */
/* Each piece of work here is one that a hostile document could make of a reader. */
#include "review/base/text.h"
#include "review/read/cage.h"

#include "tests/support/check.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum what {
    ECHO,
    ABORT,
    FAULT,
    SPIN,
    SPIN_DEAF,
    SLEEP,
    ALLOCATE,
    EXHAUST,
    FLOOD,
    TRY_ALL,
    WRITE_INPUT
};

static void say(int fd, const char *text)
{
    if (write(fd, text, strlen(text)) < 0)
        _exit(77);
}

/* Writes the name of whatever was possible. */
static void try_all(int out)
{
    struct timespec t = {0, 0};
    char *argv[] = {NULL};
    if (open("/etc/hostname", O_RDONLY) >= 0)
        say(out, "open ");
    if (open("/dev/null", O_WRONLY) >= 0)
        say(out, "write ");
    if (socket(AF_INET, SOCK_STREAM, 0) >= 0 || socket(AF_UNIX, SOCK_STREAM, 0) >= 0)
        say(out, "socket ");
    if (fork() >= 0)
        say(out, "fork ");
    if (kill(getppid(), 0) == 0)
        say(out, "kill ");
    execve("/bin/true", argv, argv);
    if (mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        != MAP_FAILED)
        say(out, "code ");
    if (memfd_create("x", 0) >= 0)
        say(out, "memfd ");
    if (syscall(SYS_ptrace, 0, 0, 0, 0) == 0)
        say(out, "ptrace ");
    if (nanosleep(&t, NULL) == 0)
        say(out, "sleep ");
    for (int fd = 0; fd < 256; fd++)
        if (fd > 3 && syscall(SYS_fstat, fd, &(char[256]){0}) == 0)
            say(out, "descriptor ");
    if (ftruncate(out, 1 << 20) == 0)
        say(out, "truncate ");
    say(out, "tried");
}

static volatile int spinning = 1;
static int *volatile nowhere;

static void flood(int out)
{
    static uint8_t block[1 << 20];
    while (write(out, block, sizeof block) > 0) {
    }
}

static void hostile(uint32_t what, struct bytes input, int out)
{
    switch ((enum what)what) {
    case ECHO:
        if (write(out, input.at, input.len) != (ssize_t)input.len)
            _exit(77);
        break;
    case ABORT: say(out, "before"); abort();
    case FAULT: *nowhere = 1; break;
    case SPIN:
        say(out, "before");
        while (spinning) {
        }
        break;
    case SPIN_DEAF: /* to the soft limit */
        signal(SIGXCPU, SIG_IGN);
        while (spinning) {
        }
        break;
    case SLEEP:
        for (;;)
            syscall(SYS_futex, &spinning, 0 /* wait */, 1, NULL, NULL, 0);
    case ALLOCATE:
        for (size_t n = 0; n < 4096; n++) {
            uint8_t *p = malloc(1 << 20);
            if (!p)
                _exit(4);
            memset(p, 1, 1 << 20);
        }
        break;
    case EXHAUST: _exit(3);
    case FLOOD: flood(out); break;
    case TRY_ALL: try_all(out); break;
    case WRITE_INPUT: *(volatile uint8_t *)(uintptr_t)input.at = 'X'; break;
    }
}

enum { OUTPUT_MAX = 1 << 20 };
static const struct cage_limits short_limits = {1, 2, 256 << 20, OUTPUT_MAX};

static struct cage *started(unsigned slots)
{
    struct cage *c = NULL;
    if (cage_start(&c, slots, hostile, &short_limits) != OK)
        abort();
    return c;
}

static enum cage_end end_of(
    struct cage *c, enum what what, const char *in, struct arena *a, struct bytes *out)
{
    unsigned slot = 99;
    enum cage_end end = CAGE_OPEN;
    memcpy(cage_input(c, 0).at, in, strlen(in));
    CHECK(cage_work(c, 0, what, strlen(in)) == OK);
    CHECK(cage_wait(c, &slot, &end) == OK && slot == 0);
    *out = cage_output(c, 0, a);
    return end;
}

static void work_gives_back_what_it_wrote_and_nothing_of_the_work_before(void)
{
    struct arena *a = arena_new();
    struct cage *c = started(1);
    struct bytes out;
    CHECK(end_of(c, ECHO, "a longer document", a, &out) == CAGE_DONE);
    CHECK(text_same(out, TEXT("a longer document")));
    CHECK(end_of(c, ECHO, "short", a, &out) == CAGE_DONE);
    CHECK(text_same(out, TEXT("short")));
    CHECK(end_of(c, ECHO, "", a, &out) == CAGE_DONE && out.len == 0);
    cage_end(c);
    arena_free(a);
}

static void nothing_that_work_does_ends_more_than_itself(void)
{
    static const struct {
        enum what what;
        enum cage_end end;
        const char *kept;
    } rows[] = {
        {ABORT, CAGE_CRASH, "before"},
        {FAULT, CAGE_CRASH, ""},
        {ALLOCATE, CAGE_MEMORY, ""},
        {EXHAUST, CAGE_CRASH, ""},
        {WRITE_INPUT, CAGE_CRASH, ""},
        {SPIN, CAGE_TIME, "before"},
        {SPIN_DEAF, CAGE_TIME, ""},
        {SLEEP, CAGE_TIME, ""},
        {ECHO, CAGE_DONE, "x"},
    };
    struct arena *a = arena_new();
    struct cage *c = started(2);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct bytes out;
        enum cage_end end = end_of(c, rows[i].what, "x", a, &out);
        if (end != rows[i].end)
            printf("# row %zu ended %d\n", i, (int)end);
        CHECK(end == rows[i].end && text_same(out, text_of(rows[i].kept)));
    }
    cage_end(c);
    arena_free(a);
}

static void output_ends_at_its_limit(void)
{
    struct arena *a = arena_new();
    struct cage *c = started(1);
    struct bytes out;
    CHECK(end_of(c, FLOOD, "x", a, &out) == CAGE_TOO_MUCH);
    CHECK(out.len == OUTPUT_MAX);
    cage_end(c);
    arena_free(a);
}

static void work_reaches_no_file_no_network_no_program_and_no_other_process(void)
{
    struct arena *a = arena_new();
    struct cage *c = started(3);
    struct bytes out;
    CHECK(end_of(c, TRY_ALL, "x", a, &out) == CAGE_DONE);
    CHECK(text_same(out, TEXT("tried")));
    if (!text_same(out, TEXT("tried")))
        printf("# possible: %.*s\n", (int)out.len, (const char *)out.at);
    cage_end(c);
    arena_free(a);
}

/* One that sleeps holds its own slot and no other; the others end first, in any order. */
static void slots_work_side_by_side(void)
{
    struct arena *a = arena_new();
    struct cage *c = started(3);
    unsigned slot;
    enum cage_end end;
    CHECK(cage_work(c, 0, SLEEP, 0) == OK);
    for (uint8_t round = 0; round < 50; round++) {
        for (unsigned i = 1; i < 3; i++) {
            cage_input(c, i).at[0] = (uint8_t)(round + i);
            CHECK(cage_work(c, i, ECHO, 1) == OK);
        }
        for (unsigned i = 1; i < 3; i++) {
            CHECK(cage_wait(c, &slot, &end) == OK && slot > 0 && end == CAGE_DONE);
            struct bytes out = cage_output(c, slot, a);
            CHECK(out.len == 1 && out.at[0] == (uint8_t)(round + slot));
        }
    }
    cage_end(c); /* ends the sleeper too, or this would wait */
    arena_free(a);
}

static void a_pdf_is_turned_into_text_or_refused(void)
{
    struct arena *a = arena_new();
    struct cage *c = started(1);
    unsigned slot;
    enum cage_end end = CAGE_OPEN;
    struct bytes pdf = TEXT(
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R"
        "/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj\n"
        "4 0 obj<</Length 38>>stream\nBT /F 12 Tf 20 100 Td (SEC-001) Tj ET\nendstream endobj\n"
        "trailer<</Root 1 0 R>>\n%%EOF\n");

    memcpy(cage_input(c, 0).at, pdf.at, pdf.len);
    CHECK(cage_pdftotext(c, 0, pdf.len) == OK && cage_wait(c, &slot, &end) == OK);
    if (end == CAGE_NO_PROGRAM) {
        printf("# pdftotext is not installed: expected the package poppler-utils\n");
    } else {
        CHECK(end == CAGE_DONE && cage_work_on_text(c, 0, ECHO) == OK);
        CHECK(cage_wait(c, &slot, &end) == OK && end == CAGE_DONE);
        struct bytes out = cage_output(c, 0, a);
        CHECK(text_find(out, TEXT(">SEC-001</word>")) < out.len);

        memcpy(cage_input(c, 0).at, pdf.at, 20);
        CHECK(cage_pdftotext(c, 0, 20) == OK && cage_wait(c, &slot, &end) == OK);
        CHECK(end == CAGE_REFUSED);
        cage_output(c, 0, a);
    }
    struct bytes out;
    CHECK(end_of(c, ECHO, "after", a, &out) == CAGE_DONE
        && text_same(out, TEXT("after")));
    cage_end(c);
    arena_free(a);
}

MAIN(TEST(work_gives_back_what_it_wrote_and_nothing_of_the_work_before),
    TEST(nothing_that_work_does_ends_more_than_itself), TEST(output_ends_at_its_limit),
    TEST(work_reaches_no_file_no_network_no_program_and_no_other_process),
    TEST(slots_work_side_by_side), TEST(a_pdf_is_turned_into_text_or_refused))
