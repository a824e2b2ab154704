/* SPDX-License-Identifier: Apache-2.0 */
/* accept and init: the two verbs that write into the reviewed folder, because they are asked to. */
#include "review/base/date.h"
#include "review/main/verbs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char decisions_name[] = "assurance/decisions.yaml";

/* YAML double quotes: what JSON escapes is right there too. */
static void quoted(FILE *out, const char *text)
{
    fputc('"', out);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            fputc('\\', out);
        fputc((unsigned char)*text < ' ' ? ' ' : *text, out);
    }
    fputc('"', out);
}

/* DEC-nnn after the highest that is there. */
static unsigned next_number(const struct run *r)
{
    unsigned highest = 0;
    for (uint32_t i = 0; i < r->model.item_count; i++) {
        struct bytes id = r->model.items[i].id;
        unsigned n = 0;
        if (!text_starts(id, TEXT("DEC-")))
            continue;
        for (size_t k = 4;
             k < id.len && id.at[k] >= '0' && id.at[k] <= '9' && n < 100000; k++)
            n = n * 10 + (id.at[k] - '0');
        highest = n > highest ? n : highest;
    }
    return highest + 1;
}

static FILE *open_below(const char *root, const char *name, int flags)
{
    int folder = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return NULL;
    const char *slash = strchr(name, '/');
    if (slash) {
        char sub[64];
        size_t len = (size_t)(slash - name);
        memcpy(sub, name, len);
        sub[len] = 0;
        if (mkdirat(folder, sub, 0755) != 0 && errno != EEXIST) {
            close(folder);
            return NULL;
        }
    }
    int fd =
        openat(folder, name, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | flags, 0644);
    int error = errno;
    close(folder);
    errno = error;
    return fd < 0 ? NULL : fdopen(fd, "a");
}

/* A decision that lacks one of these is none. */
static enum exit_code check_whole(const struct accept_ask *ask)
{
    if (!ask->reason || !ask->reason[0])
        return (enum exit_code)cli_error(
            EXIT_USAGE, NULL, 0, "--reason", "why this may stay as it is");
    if (!ask->by || !ask->by[0])
        return (enum exit_code)cli_error(
            EXIT_USAGE, NULL, 0, "--by", "the name of who decides");
    if (!ask->until || date_s(text_of(ask->until)) <= date_s(text_of(ask->today)))
        return (enum exit_code)cli_error(
            EXIT_USAGE, NULL, 0, "--until", "a day after today, like 2027-06-30");
    return EXIT_DONE;
}

enum exit_code verb_accept(
    const struct run *r, const struct findings *findings, const struct accept_ask *ask)
{
    const struct finding *f = findings_find(findings, ask->id);
    if (!f)
        return no_finding(r, findings, ask->id);
    enum exit_code code = check_whole(ask);
    if (code != EXIT_DONE)
        return code;
    FILE *out = open_below(ask->root, decisions_name, 0);
    if (!out)
        return (enum exit_code)cli_error(
            EXIT_ENVIRONMENT, decisions_name, 0, strerror(errno), "to write it");
    fprintf(out, "- {id: DEC-%03u, finding: %s, subject: ", next_number(r), f->id);
    quoted(out, (const char *)arena_copy(r->a, f->subject).at);
    fputs(", reason: ", out);
    quoted(out, ask->reason);
    fputs(", by: ", out);
    quoted(out, ask->by);
    fprintf(out, ", date: %s, until: %s}\n", ask->today, ask->until);
    if (ferror(out) | fclose(out))
        return (enum exit_code)cli_error(EXIT_ENVIRONMENT, decisions_name, 0,
            "not written whole", "room on the disk");
    printf("accepted %s until %s, in %s\n", f->id, ask->until, decisions_name);
    return EXIT_DONE;
}

static const struct {
    const char *name, *text;
} starters[] = {
    {"holdfast-review.conf",
        "# How this project writes its documents; every line may go. holdfast-review --help\n"
        "product = \"device\", \"firmware\", \"cloud\", \"app\"\n"
        "# leave_out = \"third_party/**\"\n"
        "# take_in = \"build/results/junit\"\n"
        "# catalogue = \"quality/clauses\"\n"
        "[ids]\n"
        "# requirement = \"SRS\", \"SYS\"\n"
        "# security = \"SEC\"\n"},
    {"assurance/requirements.yaml",
        "# Functional and security requirements, side by side; one thing that can fail in each.\n"
        "# principle: least privilege, defence in depth, fail secure or input validation.\n"
        "# - {id: SEC-001, principle: least privilege, boundary: TB-1, threats: [T-01],\n"
        "#    verified_by: [tests/example], text: \"A request of device A for a record of\n"
        "#    device B shall be answered 403, and nothing shall be read.\"}\n"},
    {"assurance/trust-boundaries.yaml",
        "# - {id: TB-1, name: device to cloud, from: internet, to: gate, crosses: [telemetry]}\n"},
    {"assurance/threats.yaml",
        "# - {id: T-01, stride: [S], boundary: TB-1, title: \"A device reads another's records\",\n"
        "#    mitigated_by: [SEC-001], hazards: [HS-01]}\n"},
    {"assurance/hazards.yaml",
        "# - {id: HS-01, situation: \"Readings of another patient are shown\",\n"
        "#    harm: \"Wrong treatment\", severity: critical, controls: [SEC-001]}\n"},
    {"assurance/credentials.yaml",
        "# - {id: CR-01, name: Device key, holder: device, scope: \"own telemetry\", unique: true,\n"
        "#    rotation: \"24 months\", revocation: \"row in the store\", leak: \"one device\",\n"
        "#    negative_test: tests/example, revocation_test: tests/example}\n"},
    {"assurance/components.yaml",
        "# - {name: OpenSSL, package: libssl3, version: \"3.0\", class: supported,\n"
        "#    support_ends: 2028-06-30, boundary_facing: true, review: reviews/openssl.md}\n"},
    {"assurance/controls.yaml",
        "# - {id: CTL-001, requirement: SEC-001, threat: T-01, file: src/path_rule.c,\n"
        "#    test: tests/example}\n"},
};

enum exit_code verb_init(const char *root)
{
    for (size_t i = 0; i < sizeof starters / sizeof starters[0]; i++) {
        FILE *out = open_below(root, starters[i].name, O_EXCL);
        if (!out && errno == EEXIST) {
            printf("kept     %s\n", starters[i].name);
            continue;
        }
        if (!out)
            return (enum exit_code)cli_error(
                EXIT_ENVIRONMENT, starters[i].name, 0, strerror(errno), "to write it");
        fputs(starters[i].text, out);
        if (fclose(out) != 0)
            return (enum exit_code)cli_error(EXIT_ENVIRONMENT, starters[i].name, 0,
                "not written whole", "room on the disk");
        printf("written  %s\n", starters[i].name);
    }
    return EXIT_DONE;
}
