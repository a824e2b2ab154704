/* SPDX-License-Identifier: Apache-2.0 */
#include "device/sensor/replay.h"

#include "device/sensor/any.h"
#include "tests/support/check.h"

#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

struct file {
    char path[64];
    FILE *at;
};

static void file_begin(struct file *f)
{
    snprintf(f->path, sizeof f->path, "/tmp/hf-replay-XXXXXX");
    int fd = mkstemp(f->path);
    f->at = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (f->at == NULL)
        abort();
}

static enum status open_whole(
    struct replay *r, const char *path, struct conf_error *err)
{
    TRY(replay_open(r, path, err));
    return replay_look(r, err);
}

static enum status open_text(struct replay *r, const char *text, struct conf_error *err)
{
    struct file f;

    file_begin(&f);
    fputs(text, f.at);
    fclose(f.at);
    enum status s = open_whole(r, f.path, err);
    unlink(f.path); /* what is open stays readable */
    return s;
}

static uint64_t play(struct replay *r, struct sample *last)
{
    const struct sensor *port = replay_port(r);
    struct sample s;
    uint64_t n = 0;

    while (port->next(port->board, &s) == OK) {
        *last = s;
        n++;
    }
    CHECK(port->next(port->board, &s) == FULL); /* and stays over */
    return n;
}

static void test_a_recording_of_100_hz_plays_count_by_count(void)
{
    struct replay r;
    struct conf_error err;
    struct sample s;

    CHECK(
        open_text(&r, "# fs=100\nred,ir\n70001,80001\r\n70002,80002\n70003,80003", &err)
        == OK);
    const struct sensor *port = replay_port(&r);
    CHECK(port->test_data && port->length_samples == 3);
    for (uint32_t i = 1; i <= 3; i++) {
        CHECK(port->next(port->board, &s) == OK);
        CHECK(s.red == 70000 + i && s.ir == 80000 + i && s.flags == 0);
    }
    CHECK(port->next(port->board, &s) == FULL);
    replay_close(&r);
}

static void test_counts_are_brought_to_18_bits_by_what_the_file_says(void)
{
    static const struct {
        const char *what, *text;
        uint32_t red, ir, flags;
    } rows[] = {
        {"as is", "# fs=100\nred,ir\n100000,262142\n", 100000, 262142, 0},
        {"19 bits seen", "# fs=100\nred,ir\n100001,262144\n", 50000, 131072, 0},
        {"24 bits said", "# fs=100 bits=24\nred,ir\n6400000,8388608\n", 100000, 131072,
            0},
        {"16 bits said", "# fs=100 bits=16\nred,ir\n40000,50000\n", 160000, 200000, 0},
        {"camera", "# fs=100\nG\n100.5\n", 102912, 102912, SENSOR_PULSE_ONLY},
        {"pleth", "# fs=100\npleth\n512\n", 118000, 118000, SENSOR_PULSE_ONLY},
        {"full scale", "# fs=100 bits=18\nred,ir\n262143,5000\n", 262143, 5000,
            SENSOR_SATURATED},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct replay r;
        struct conf_error err;
        struct sample s = {0};
        CHECK(open_text(&r, rows[i].text, &err) == OK);
        CHECK(play(&r, &s) == 1);
        CHECK(s.red == rows[i].red && s.ir == rows[i].ir && s.flags == rows[i].flags);
        if (s.red != rows[i].red || s.ir != rows[i].ir || s.flags != rows[i].flags)
            printf("# %s: %u %u %x\n", rows[i].what, s.red, s.ir, s.flags);
        replay_close(&r);
    }
}

static void test_any_bad_line_is_refused_with_its_number_before_the_first_sample(void)
{
    static const struct {
        const char *text;
        uint32_t line;
    } rows[] = {
        {"", 1},
        {"# fs=100\n", 2},
        {"red,ir\n1,2\n", 1},
        {"# fs=100\nred,blue\n1,2\n", 2},
        {"# fs=100\nred,ir\n", 0},
        {"# fs=100\nred,ir\n,\n,\n", 0},
        {"# fs=100\nred,ir\n1,2\n1,2\n1,two\n1,2\n", 5},
        {"# fs=100\nred,ir\n1,2\n\n1,2\n", 4},
        {"# fs=100\nred,ir\n1,2\n1,2,3\n", 4},
        {"# fs=100 bits=10\nred,ir\n1,1023\n1,1024\n", 4},
        {"# fs=100\nt_ms,pleth\n0,1\n10,1\n10,1\n", 5},
        {"# fs=100\nt_ms,pleth\n0,1\n60001,1\n", 4},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct replay r;
        struct conf_error err = {0};
        CHECK(open_text(&r, rows[i].text, &err) == MALFORMED);
        CHECK(err.line == rows[i].line);
        CHECK(err.what[0] != '\0' && err.expected[0] != '\0');
        CHECK(r.fd == -1);
        if (err.line != rows[i].line)
            printf("# row %zu: line %u\n", i, err.line);
    }
}

static void test_a_line_may_be_256_bytes_and_not_257(void)
{
    for (int over = 0; over <= 1; over++) {
        char text[400], row[LIMIT_CSV_LINE + 2];
        struct replay r;
        struct conf_error err;
        int len = LIMIT_CSV_LINE + over;
        memset(row, ' ', sizeof row);
        memcpy(row, "# fs=100", 8);
        row[len] = '\0';
        snprintf(text, sizeof text, "%s\npleth\n1\n", row);
        CHECK(open_text(&r, text, &err) == (over ? MALFORMED : OK));
        if (over)
            CHECK(err.line == 1);
        else
            replay_close(&r);
    }
}

static void test_only_regular_files_are_played(void)
{
    struct replay r;
    struct conf_error err;
    char fifo[64];

    CHECK(replay_open(&r, "/dev/zero", &err) == MALFORMED && err.line == 0);
    CHECK(replay_open(&r, "/tmp", &err) == MALFORMED);
    CHECK(replay_open(&r, "/nonexistent.csv", &err) == MALFORMED);
    snprintf(fifo, sizeof fifo, "/tmp/hf-fifo-%d", (int)getpid());
    CHECK(mkfifo(fifo, 0600) == 0);
    CHECK(
        replay_open(&r, fifo, &err) == MALFORMED); /* and does not wait for a writer */
    unlink(fifo);
}

/* So that it can be opened by who may, and read by who is locked down. */
static void test_opening_reads_no_byte_and_a_bad_file_is_closed_when_it_is_looked_at(
    void)
{
    struct replay r;
    struct conf_error err;
    struct file f;

    file_begin(&f);
    fputs("not a recording\n", f.at);
    fflush(f.at);
    CHECK(replay_open(&r, f.path, &err) == OK && r.fd >= 0);
    CHECK(lseek(r.fd, 0, SEEK_CUR) == 0);
    CHECK(replay_look(&r, &err) == MALFORMED && err.line == 1 && r.fd < 0);
    fclose(f.at);
    unlink(f.path);
}

static void test_a_file_too_large_is_refused(void)
{
    struct replay r;
    struct conf_error err;
    struct file f;

    file_begin(&f);
    fputs("# fs=100\npleth\n1\n", f.at);
    CHECK(fflush(f.at) == 0 && ftruncate(fileno(f.at), LIMIT_CSV_FILE + 1) == 0);
    CHECK(replay_open(&r, f.path, &err) == MALFORMED);
    fclose(f.at);
    unlink(f.path);
}

static void test_a_file_that_changes_after_its_check_ends_as_broken(void)
{
    struct file f;
    struct replay r;
    struct conf_error err;
    struct sample s;
    uint32_t n = 0;
    enum status ended;

    file_begin(&f);
    fputs("# fs=100\nred,ir\n", f.at);
    for (int i = 0; i < 2000; i++)
        fprintf(f.at, "7%04d,8%04d\n", i, i);
    fflush(f.at);
    CHECK(open_whole(&r, f.path, &err) == OK);
    CHECK(ftruncate(fileno(f.at), 15000) == 0);
    const struct sensor *port = replay_port(&r);
    while ((ended = port->next(port->board, &s)) == OK)
        n++;
    CHECK(ended == BROKEN);
    CHECK(n > 1000 && n < 2000);
    replay_close(&r);
    fclose(f.at);
    unlink(f.path);
}

static void test_every_rate_becomes_100_hz_with_the_wave_kept(void)
{
    static const double rates[] = {10, 25, 29.41, 30.3, 99, 101, 125, 256, 1000};

    for (size_t k = 0; k < sizeof rates / sizeof rates[0]; k++) {
        struct file f;
        struct replay r;
        struct conf_error err;
        struct sample s;
        int rows = (int)(rates[k] * 20.0) + 1;
        double cosine = 0.0, sine = 0.0;
        uint64_t n = 0;

        file_begin(&f);
        fprintf(f.at, "# fs=%g\nred,ir\n", rates[k]);
        for (int i = 0; i < rows; i++) /* 1.5 Hz, 1,000 counts */
            fprintf(f.at, "90000,%.3f\n",
                100000 + 1000 * sin(2 * M_PI * 1.5 * i / rates[k]));
        fclose(f.at);
        CHECK(open_whole(&r, f.path, &err) == OK);
        unlink(f.path);
        const struct sensor *port = replay_port(&r);
        CHECK(port->length_samples >= 1999 && port->length_samples <= 2001);
        while (port->next(port->board, &s) == OK) {
            double angle = 2 * M_PI * 1.5 * ((double)n / 100.0 - 0.005);
            CHECK(s.red >= 89999 && s.red <= 90000
                && (s.flags & ~(uint32_t)SENSOR_FROZEN) == 0);
            cosine += cos(angle) * (s.ir - 100000.0) / 1000.0;
            sine += sin(angle) * (s.ir - 100000.0) / 1000.0;
            n++;
        }
        CHECK(n == port->length_samples);
        double height = rates[k] < 20 ? 0.92 : 0.98; /* straight lines cut tops off */
        CHECK(sine / 1000.0 > height && sine / 1000.0 < 1.005);
        CHECK(fabs(cosine / 1000.0) < 0.06); /* delay as the header says */
        replay_close(&r);
    }
}

static void test_missing_samples_are_flagged_and_keep_their_time(void)
{
    static const struct {
        const char *text;
        uint64_t length, gap_from, gap_to; /* samples with the flag */
    } rows[] = {
        {"# fs=100\nred,ir\n1,2\n3,4\n,\n,6\n7,8\n9,9\n", 6, 2, 4},
        {"# fs=100\nred,ir\n,\n3,4\n5,6\n", 2, 9, 9},
        {"# fs=100\nt_ms,pleth\n0,1\n10,2\n20,1\n1020,2\n1030,1\n", 104, 3, 102},
        {"# fs=50\nred,ir\n1,20000\n3,20000\n,\n5,60000\n7,80000\n", 9, 3, 6},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct replay r;
        struct conf_error err;
        struct sample s;
        uint64_t n = 0;
        uint32_t last = 0;
        CHECK(open_text(&r, rows[i].text, &err) == OK);
        const struct sensor *port = replay_port(&r);
        CHECK(port->length_samples == rows[i].length);
        while (port->next(port->board, &s) == OK) {
            bool gap = n >= rows[i].gap_from && n <= rows[i].gap_to;
            CHECK(!(s.flags & SENSOR_GAP) == !gap);
            if (gap && n > rows[i].gap_from
                && n < rows[i].gap_to) /* nothing is made up: the last light stands */
                CHECK(s.ir == last);
            last = s.ir;
            n++;
        }
        CHECK(n == rows[i].length);
        replay_close(&r);
    }
}

static void test_frozen_light_is_flagged_after_a_second(void)
{
    struct sensor_check c;
    struct sample s;

    sensor_check_init(&c);
    for (int i = 0; i < 300; i++) {
        sensor_check(&c, 100000, i == 150 ? 100001 : 100000, 0, &s);
        bool frozen = (i >= 100 && i < 150) || i >= 251;
        CHECK(!(s.flags & SENSOR_FROZEN) == !frozen);
    }
}

static void test_counts_outside_18_bits_never_leave_as_numbers(void)
{
    static const int64_t counts[] = {
        INT64_MIN, -1, 0, 1, 262142, 262143, 262144, (int64_t)1 << 40, INT64_MAX};

    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        struct sensor_check c;
        struct sample s;
        bool inside = counts[i] >= 0 && counts[i] < SENSOR_COUNT_MAX;
        sensor_check_init(&c);
        sensor_check(&c, counts[i], 5, 0, &s);
        CHECK(s.red <= SENSOR_COUNT_MAX);
        CHECK(!(s.flags & SENSOR_SATURATED) == inside);
        CHECK(!inside || s.red == (uint32_t)counts[i]);
        sensor_check(&c, 5, counts[i], SENSOR_PULSE_ONLY, &s);
        CHECK(s.ir <= SENSOR_COUNT_MAX && (s.flags & SENSOR_PULSE_ONLY));
    }
}

static void test_a_text_names_the_sensor(void)
{
    static const struct {
        const char *spec;
        enum status s;
    } rows[] = {{"sim:normal", OK}, {"sim:", MALFORMED}, {"sim:nice", MALFORMED},
        {"replay:/dev/null", MALFORMED}, {"replay:", MALFORMED},
        {"max30102:1", MALFORMED}, {"", MALFORMED}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sensor_any any;
        struct conf_error err = {0};
        struct sample s;
        CHECK(sensor_open(rows[i].spec, 3, &any, &err) == rows[i].s);
        CHECK((err.expected[0] != '\0') == (rows[i].s != OK));
        if (rows[i].s != OK)
            continue;
        CHECK(sensor_look(&any, &err) == OK);
        CHECK(any.port->test_data && any.port->next(any.port->board, &s) == OK);
        sensor_close(&any);
    }
}

MAIN(TEST(test_a_recording_of_100_hz_plays_count_by_count),
    TEST(test_counts_are_brought_to_18_bits_by_what_the_file_says),
    TEST(test_any_bad_line_is_refused_with_its_number_before_the_first_sample),
    TEST(test_a_line_may_be_256_bytes_and_not_257),
    TEST(test_only_regular_files_are_played), TEST(test_a_file_too_large_is_refused),
    TEST(test_opening_reads_no_byte_and_a_bad_file_is_closed_when_it_is_looked_at),
    TEST(test_a_file_that_changes_after_its_check_ends_as_broken),
    TEST(test_every_rate_becomes_100_hz_with_the_wave_kept),
    TEST(test_missing_samples_are_flagged_and_keep_their_time),
    TEST(test_frozen_light_is_flagged_after_a_second),
    TEST(test_counts_outside_18_bits_never_leave_as_numbers),
    TEST(test_a_text_names_the_sensor))
