/* SPDX-License-Identifier: Apache-2.0 */
/* The only place that writes: files with fixed names below the folder that the user named. */
#include "review/main/verbs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 262144 }; /* bytes for each write: reports are large */

struct folder {
    int fd;
    const char *name;
    bool failed;
};

static FILE *open_page(void *ctx, const char *name)
{
    struct folder *f = ctx;
    int fd = openat(
        f->fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
    if (!file) {
        cli_error(EXIT_ENVIRONMENT, name, 0, strerror(errno), "to write it");
        f->failed = true;
    } else {
        setvbuf(file, NULL, _IOFBF, PIECE);
    }
    return file;
}

static const struct {
    const char *format, *name;
    void (*render)(const struct report *r, FILE *out);
} files[] = {
    {"json", "review.json", render_json},
    {"csv", "matrix.csv", render_matrix_csv},
    {"sarif", "review.sarif", render_sarif},
    {"junit", "review.junit.xml", render_junit},
    {"dot", "trace.dot", render_trace_dot},
    {"dot", "flow.dot", render_flow_dot},
};

struct report report_of(const struct run *r)
{
    return (struct report){.product = r->product,
        .revision = r->revision,
        .corpus = &r->corpus,
        .model = &r->model,
        .findings = &r->findings};
}

static bool asked(const char *formats, const char *format)
{
    struct bytes rest = text_of(formats), one;
    while (text_next_part(&rest, &one))
        if (text_same(one, text_of(format)) || text_same(one, TEXT("all")))
            return true;
    return false;
}

static bool known(const char *formats)
{
    static const char *const names[] = {
        "all", "html", "json", "csv", "sarif", "junit", "dot"};
    struct bytes rest = text_of(formats), one;
    while (text_next_part(&rest, &one)) {
        size_t i = 0;
        while (i < sizeof names / sizeof names[0] && !text_same(one, text_of(names[i])))
            i++;
        if (i == sizeof names / sizeof names[0])
            return false;
    }
    return true;
}

enum exit_code verb_report(const struct run *r, const char *name, const char *formats)
{
    if (!known(formats))
        return (enum exit_code)cli_error(EXIT_USAGE, NULL, 0, "--format",
            "a list of html, json, csv, sarif, junit, dot, or all");
    if (mkdir(name, 0755) != 0 && errno != EEXIST)
        return (enum exit_code)cli_error(
            EXIT_ENVIRONMENT, name, 0, strerror(errno), "a folder to write to");
    struct folder folder = {
        .fd = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC), .name = name};
    if (folder.fd < 0)
        return (enum exit_code)cli_error(
            EXIT_ENVIRONMENT, name, 0, strerror(errno), "a folder to write to");
    struct report report = report_of(r);
    for (size_t i = 0; i < sizeof files / sizeof files[0] && !folder.failed; i++) {
        FILE *out =
            asked(formats, files[i].format) ? open_page(&folder, files[i].name) : NULL;
        if (!out)
            continue;
        files[i].render(&report, out);
        if (ferror(out) | fclose(out)) {
            cli_error(EXIT_ENVIRONMENT, files[i].name, 0, "not written whole",
                "room on the disk");
            folder.failed = true;
        }
    }
    if (asked(formats, "html") && !folder.failed)
        folder.failed = !render_html(&report, &(struct pages){&folder, open_page});
    close(folder.fd);
    return folder.failed ? EXIT_ENVIRONMENT : EXIT_DONE;
}
