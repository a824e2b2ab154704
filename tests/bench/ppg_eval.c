/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ppg-eval: what core/signal makes of recordings, against their references.
 *
 *   ppg-eval FOLDER...     each FOLDER holds NAME.csv, NAME.ref.csv, perhaps NAME.beats.csv
 *   ppg-eval -v FILE.csv   every second of one recording
 *
 * Reads through the replay sensor a sample at a time, with the library of the device and its
 * default calibration; no look-ahead, nothing fitted, no recording known by name. The pulse
 * reference is the mean beat interval of the same 8 s where beats are given and agree with the
 * monitor, else the reference column; SpO2 is another oximeter's reading. Engineering
 * verification on public recordings: no accuracy claim follows from it.
 */
#include "core/signal/calibration_default.h"
#include "core/signal/signal.h"
#include "device/sensor/replay.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SECONDS_MAX = 4000, BEATS_MAX = 20000, FILES_MAX = 500, COLUMNS_MAX = 16 };

static const double none = (double)NAN;

struct score {
    long asked, shown, wrong10, within3;
    double abs_sum, square_sum, sum;
};

struct reference {
    double pulse[SECONDS_MAX], spo2[SECONDS_MAX]; /* not a number: none */
    double beats[BEATS_MAX];
    int beat_count;
};

static void score_take(struct score *s, double truth, bool has, double value)
{
    if (isnan(truth))
        return;
    s->asked++;
    if (!has)
        return;
    double d = value - truth;
    s->shown++;
    s->abs_sum += fabs(d);
    s->sum += d;
    s->square_sum += d * d;
    s->wrong10 += fabs(d) > 10.0;
    s->within3 += fabs(d) <= 3.0;
}

static void score_add(struct score *to, const struct score *s)
{
    to->asked += s->asked;
    to->shown += s->shown;
    to->wrong10 += s->wrong10;
    to->within3 += s->within3;
    to->abs_sum += s->abs_sum;
    to->sum += s->sum;
    to->square_sum += s->square_sum;
}

static void score_print(const char *what, const struct score *s)
{
    double n = (double)s->shown;

    if (s->asked == 0)
        return;
    if (s->shown == 0) {
        printf("  %s: n %ld cov 0.0%%\n", what, s->asked);
        return;
    }
    printf(
        "  %s: n %ld cov %.1f%% bias %+.2f MAE %.2f Arms %.2f <=3 %.1f%% >10 %.2f%%\n",
        what, s->asked, 100.0 * (double)s->shown / (double)s->asked, s->sum / n,
        s->abs_sum / n, sqrt(s->square_sum / n), 100.0 * (double)s->within3 / n,
        100.0 * (double)s->wrong10 / n);
}

static int column_of(char names[COLUMNS_MAX][64], int count, const char *part)
{
    for (int i = 0; i < count; i++)
        if (strstr(names[i], part) == names[i])
            return i;
    return -1;
}

static int split(char *line, char *out[COLUMNS_MAX])
{
    int n = 0;

    line[strcspn(line, "\r\n")] = '\0';
    for (char *p = line; n < COLUMNS_MAX; p++) {
        out[n++] = p;
        p = strchr(p, ',');
        if (p == NULL)
            break;
        *p = '\0';
    }
    return n;
}

static void put(double *at, const char *text)
{
    if (text[0] != '\0')
        *at = atof(text);
}

static void read_reference(const char *stem, struct reference *ref)
{
    char path[1100], line[512], names[COLUMNS_MAX][64];
    char *field[COLUMNS_MAX];
    int count = 0;

    for (int i = 0; i < SECONDS_MAX; i++)
        ref->pulse[i] = ref->spo2[i] = none;
    ref->beat_count = 0;
    snprintf(path, sizeof path, "%s.ref.csv", stem);
    FILE *f = fopen(path, "r");
    if (f == NULL)
        return;
    if (fgets(line, sizeof line, f) != NULL) {
        count = split(line, field);
        for (int i = 0; i < count; i++)
            snprintf(names[i], sizeof names[i], "%s", field[i]);
    }
    int pulse = column_of(names, count, "hr_ecg"),
        spo2 = column_of(names, count, "spo2_");
    int status = column_of(names, count, "status");
    if (pulse < 0)
        pulse = column_of(names, count, "pulse_");
    while (fgets(line, sizeof line, f) != NULL) {
        int n = split(line, field);
        int t = (int)(atof(field[0]) + 0.5);
        if (n != count || t < 0 || t >= SECONDS_MAX)
            continue;
        if (status >= 0 && atof(field[status]) != 0.0)
            continue;
        if (pulse >= 0)
            put(&ref->pulse[t], field[pulse]);
        if (spo2 >= 0)
            put(&ref->spo2[t], field[spo2]);
    }
    fclose(f);
    snprintf(path, sizeof path, "%s.beats.csv", stem);
    f = fopen(path, "r");
    if (f == NULL)
        return;
    while (ref->beat_count < BEATS_MAX && fgets(line, sizeof line, f) != NULL)
        if (line[0] >= '0' && line[0] <= '9')
            ref->beats[ref->beat_count++] = atof(line);
    fclose(f);
}

/* Mean interval of the last 8 s where beats are known; none where they differ from the monitor. */
static double true_pulse(const struct reference *ref, int second)
{
    double monitor = second < SECONDS_MAX ? ref->pulse[second] : none;
    double first = 0.0, last = 0.0;
    int n = 0;

    if (isnan(monitor) || ref->beat_count == 0)
        return monitor;
    for (int i = 0; i < ref->beat_count; i++) {
        if (ref->beats[i] < second - 8 || ref->beats[i] > second)
            continue;
        if (n++ == 0)
            first = ref->beats[i];
        last = ref->beats[i];
    }
    if (n < 3)
        return none;
    double bpm = 60.0 * (n - 1) / (last - first);
    double allowed = 0.1 * monitor > 5.0 ? 0.1 * monitor : 5.0;
    return fabs(bpm - monitor) > allowed ? none : bpm;
}

static bool evaluate(const char *path, const char *stem, bool verbose,
    struct score *pulse, struct score *spo2)
{
    static struct replay replay; /* too large for some stacks */
    static struct reference ref;
    static struct signal signal;
    struct conf_error err;
    struct sample in;
    struct vital v;
    int second = 0;

    if (replay_open(&replay, path, &err) != OK || replay_look(&replay, &err) != OK) {
        fprintf(stderr, "error: %s:%u: %s: expected %s\n", path, err.line, err.what,
            err.expected);
        return false;
    }
    read_reference(stem, &ref);
    signal_init(&signal, &calibration_default);
    const struct sensor *port = replay_port(&replay);
    while (port->next(port->board, &in) == OK) {
        if (!signal_take(&signal, &in, &v))
            continue;
        second++;
        double pulse_true = true_pulse(&ref, second);
        double spo2_true = second < SECONDS_MAX ? ref.spo2[second] : none;
        if (verbose)
            printf(
                "%d q %u st %04x pulse %.1f (%.1f) spo2 %.1f (%.1f) pi %.2f beats %u\n",
                second, v.quality, v.status,
                v.has_pulse ? v.pulse_decibpm / 10.0 : none, pulse_true,
                v.has_spo2 ? v.spo2_permille / 10.0 : none, spo2_true,
                v.has_pi ? v.pi_centipercent / 100.0 : none, signal.beat_count);
        if (second <= 8)
            continue; /* the first window is not yet full */
        score_take(pulse, pulse_true, v.has_pulse, v.pulse_decibpm / 10.0);
        score_take(spo2, spo2_true, v.has_spo2, v.spo2_permille / 10.0);
    }
    replay_close(&replay);
    return true;
}

static bool is_recording(const char *name)
{
    size_t n = strlen(name);

    return n > 4 && strcmp(name + n - 4, ".csv") == 0 && strstr(name, ".ref.") == NULL
        && strstr(name, ".beats.") == NULL && strcmp(name, "index.csv") != 0;
}

static bool evaluate_folder(const char *folder)
{
    struct dirent **list = NULL;
    struct score pulse_all = {0}, spo2_all = {0};
    bool good = true;
    int n = scandir(folder, &list, NULL, alphasort);

    if (n < 0) {
        fprintf(stderr, "error: %s: cannot be read: expected a folder\n", folder);
        return false;
    }
    for (int i = 0; i < n; i++) {
        char path[1024], stem[1024];
        struct score pulse = {0}, spo2 = {0};
        int len = snprintf(path, sizeof path, "%s/%s", folder, list[i]->d_name);
        if (len > 4 && len < (int)sizeof path && is_recording(list[i]->d_name)) {
            snprintf(stem, sizeof stem, "%.*s", len - 4, path);
            good = evaluate(path, stem, false, &pulse, &spo2) && good;
            printf("%s\n", list[i]->d_name);
            score_print("pulse", &pulse);
            score_print("spo2", &spo2);
            score_add(&pulse_all, &pulse);
            score_add(&spo2_all, &spo2);
        }
        free(list[i]);
    }
    free(list);
    printf("all of %s\n", folder);
    score_print("pulse", &pulse_all);
    score_print("spo2", &spo2_all);
    return good;
}

int main(int argc, char **argv)
{
    bool good = true;

    if (argc == 3 && strcmp(argv[1], "-v") == 0) {
        struct score pulse = {0}, spo2 = {0};
        char stem[1024];
        size_t len = strlen(argv[2]);
        snprintf(stem, sizeof stem, "%.*s", (int)(len > 4 ? len - 4 : len), argv[2]);
        good = evaluate(argv[2], stem, true, &pulse, &spo2);
        score_print("pulse", &pulse);
        score_print("spo2", &spo2);
        return good ? 0 : 2;
    }
    if (argc < 2) {
        fprintf(stderr, "error: ppg-eval: expected FOLDER... or -v FILE.csv\n");
        return 2;
    }
    for (int i = 1; i < argc; i++)
        good = evaluate_folder(argv[i]) && good;
    return good ? 0 : 2;
}
