/* SPDX-License-Identifier: Apache-2.0 */
/* The only place that writes: files with fixed names below the folder that the user named. */
#include "review/main/verbs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PIECE = 262144, /* bytes for each write: reports are large */
    NAME = 64,      /* of a page: "matrix-0001.html" */
};

struct folder {
    int fd;
    char page[NAME]; /* the one written last */
    bool failed;     /* to open it, and that was said */
    struct progress *progress;
};

static FILE *open_page(void *ctx, const char *name)
{
    struct folder *f = ctx;
    snprintf(f->page, sizeof f->page, "%s", name);
    int fd = openat(
        f->fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
    if (!file) {
        progress_end(f->progress);
        cli_error(EXIT_ENVIRONMENT, name, 0, strerror(errno), "to write it");
        f->failed = true;
    } else {
        setvbuf(file, NULL, _IOFBF, PIECE);
    }
    return file;
}

struct report report_of(const struct run *r)
{
    return (struct report){.product = r->product,
        .revision = r->revision,
        .corpus = &r->corpus,
        .model = &r->model,
        .findings = &r->findings,
        .clauses = r->clauses,
        .clause_count = r->clause_count,
        .asked = r->asked};
}

enum exit_code verb_report(const struct run *r, const char *name, const char *formats)
{
    if (!render_knows(formats))
        return (enum exit_code)cli_error(EXIT_USAGE, NULL, 0, "--format",
            "a list of html, json, csv, sarif, junit, dot, oscal, gsn, or all");
    if (mkdir(name, 0755) != 0 && errno != EEXIST)
        return (enum exit_code)cli_error(
            EXIT_ENVIRONMENT, name, 0, strerror(errno), "a folder to write to");
    struct folder folder = {
        .fd = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC), .progress = r->progress};
    if (folder.fd < 0)
        return (enum exit_code)cli_error(
            EXIT_ENVIRONMENT, name, 0, strerror(errno), "a folder to write to");
    struct report report = report_of(r);
    progress_begin(r->progress, "writing the report");
    bool whole = render_files(&report, formats, &(struct pages){&folder, open_page});
    progress_end(r->progress);
    if (!whole && !folder.failed)
        cli_error(
            EXIT_ENVIRONMENT, folder.page, 0, "not written whole", "room on the disk");
    close(folder.fd);
    return whole ? EXIT_DONE : EXIT_ENVIRONMENT;
}
