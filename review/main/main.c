/* SPDX-License-Identifier: Apache-2.0 */
/* holdfast-review: the verbs and options of the program, and nothing else. */
#include "review/main/clause_run.h"
#include "review/main/packed.h"
#include "review/main/second.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

static const struct cli_option options[] = {
    {"config", CLI_WORD, 0, 0, "FILE", "else holdfast-review.conf in the folder",
        false},
    {"as-of", CLI_WORD, 0, 0, "DAY", "judge as on this day; else of the newest change",
        false},
    {"base", CLI_WORD, 0, 0, "REVISION", "the state before the change, as git names it",
        false},
    {"before", CLI_WORD, 0, 0, "PATH", "the same, as a folder or file", false},
    {"at", CLI_WORD, 0, 0, "REVISION", "review a commit of git, not what lies there",
        false},
    {"fail-on", CLI_WORD, 0, 0, "SEVERITY",
        "critical to note, never; else major (clause: never)", false},
    {"json", CLI_FLAG, 0, 0, NULL, "print one JSON text", false},
    {"no-color", CLI_FLAG, 0, 0, NULL, "no colour on the terminal", false},
    {"quiet", CLI_FLAG, 0, 0, NULL, "no progress on the terminal", false},
    {"output", CLI_WORD, 0, 0, "PATH", "the report's folder; the file of a pack",
        false},
    {"format", CLI_WORD, 0, 0, "LIST",
        "html json csv sarif oscal gsn markdown junit dot", false},
    {"clause", CLI_WORD, 0, 0, "LIST", "clauses, or all, or none; else 81001-5-1:5.3.2",
        false},
    {"order", CLI_WORD, 0, 0, "ID", "also answer a questionnaire: ig-nb", false},
    {"in", CLI_WORD, 0, 0, "PATH", "the reviewed folder; else the current one", false},
    {"corpus", CLI_WORD, 0, 0, "DIR", "labels.tsv, and documents a rubric is fitted by",
        false},
    {"reason", CLI_WORD, 0, 0, "TEXT", "why the finding may stay", false},
    {"by", CLI_WORD, 0, 0, "NAME", "who decides", false},
    {"until", CLI_WORD, 0, 0, "DAY", "last day of the decision", false},
    {"key", CLI_WORD, 0, 0, "FILE", "sign with this key; verify by this public key",
        false},
    {"without-documents", CLI_FLAG, 0, 0, NULL, "pack their digests only", false},
    {"against", CLI_WORD, 0, 0, "PATH", "which documents have changed since", false},
    {"tsv", CLI_WORD, 0, 0, "FILE", "table with the columns id and text", false},
    {"doc", CLI_WORD, 0, 0, "FILE", "judge this document; may be given again", false},
    {"opinion", CLI_WORD, 0, 0, "FILE", "show a model's opinion beside its verdicts",
        false},
    {NULL, CLI_FLAG, 0, 0, NULL, NULL, false},
};

enum { DOCS_MAX = 256 };

struct program {
    struct reading *reading;
    struct progress *progress;
    const char *docs[DOCS_MAX]; /* each --doc of the command line */
    uint32_t doc_count;
};

/* Where nobody looks, or where it would stand in a JSON text, there is no progress. */
static struct progress *progress_of(struct program *p, const struct cli_args *a)
{
    const char *term = getenv("TERM");
    bool told = isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0
        && !cli_given(a, "quiet") && !(cli_given(a, "json") && isatty(STDOUT_FILENO));
    if (told && !p->progress)
        p->progress = progress_new(STDERR_FILENO);
    return p->progress;
}

static struct run_ask ask_of(
    struct program *p, const struct cli_args *a, const char *path)
{
    return (struct run_ask){.reading = p->reading,
        .progress = progress_of(p, a),
        .path = path,
        .config = cli_word(a, "config", NULL),
        .revision = cli_word(a, "at", NULL),
        .as_of = cli_word(a, "as-of", NULL)};
}

static enum exit_code start(
    struct program *p, const struct cli_args *a, const char *path, struct run *r)
{
    struct run_ask ask = ask_of(p, a, path);
    return run_review(&ask, r);
}

/* NULL: no severity. */
static const char *fail_on(const struct cli_args *a)
{
    uint8_t least;
    const char *word = cli_word(a, "fail-on", "major");
    return run_threshold(text_of(word), &least) ? word : NULL;
}

static unsigned terminal_width(void)
{
    struct winsize w;
    bool known = isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0;
    return known && w.ws_col >= 40 ? (w.ws_col < 120 ? w.ws_col : 120) : 80;
}

static const char *where(const struct cli_args *a)
{
    return a->operand_count ? a->operand[0] : ".";
}

/* Read, judged, and with these clauses reviewed. */
static enum exit_code start_with_clauses(struct program *p, const struct cli_args *a,
    const char *clauses, struct run *r, struct library *l)
{
    const char *order = cli_word(a, "order", NULL);
    struct run_ask ask = ask_of(p, a, where(a));
    enum exit_code code = run_review(&ask, r);
    if (code != EXIT_DONE || strcmp(clauses, "none") == 0)
        return code;
    code = run_library(&ask, r, l);
    if (code == EXIT_DONE && order)
        r->asked = questionnaire_find(&l->catalogue, text_of(order));
    if (code == EXIT_DONE && order && !r->asked)
        code = (enum exit_code)cli_error(EXIT_USAGE, NULL, 0, "--order",
            "a questionnaire of the catalogue, like ig-nb");
    if (code == EXIT_DONE)
        code = run_clauses(r, l, clauses, r->asked);
    return code;
}

static int scan(void *ctx, const struct cli_args *a)
{
    struct run r;
    struct library l = {0};
    if (!fail_on(a))
        return cli_error(
            EXIT_USAGE, NULL, 0, "--fail-on", "critical, major, minor, note or never");
    enum exit_code code = start_with_clauses(ctx, a, "first", &r, &l);
    if (code == EXIT_DONE) {
        struct report report = report_of(&r);
        bool colour =
            isatty(STDOUT_FILENO) && !cli_given(a, "no-color") && !getenv("NO_COLOR");
        if (cli_given(a, "json"))
            render_json(&report, stdout);
        else
            render_screen(&report, stdout, terminal_width(), colour);
        code = run_verdict(&r, fail_on(a));
    }
    library_free(&l);
    run_end(&r);
    return (int)code;
}

static int report(void *ctx, const struct cli_args *a)
{
    struct run r;
    struct library l = {0};
    const char *folder = cli_word(a, "output", NULL);
    if (!folder || !fail_on(a))
        return cli_error(EXIT_USAGE, NULL, 0, folder ? "--fail-on" : "--output",
            folder ? "critical, major, minor, note or never" : "a folder to write to");
    enum exit_code code =
        start_with_clauses(ctx, a, cli_word(a, "clause", "first"), &r, &l);
    if (code == EXIT_DONE)
        second_opinion(&r, cli_word(a, "opinion", NULL));
    if (code == EXIT_DONE)
        code = verb_report(&r, folder, cli_word(a, "format", "all"));
    if (code == EXIT_DONE)
        code = run_verdict(&r, fail_on(a));
    library_free(&l);
    run_end(&r);
    return (int)code;
}

static int change(void *ctx, const struct cli_args *a)
{
    struct program *p = ctx;
    const char *base = cli_word(a, "base", NULL);
    if (!fail_on(a))
        return cli_error(
            EXIT_USAGE, NULL, 0, "--fail-on", "critical, major, minor, note or never");
    if (base ? a->operand_count > 1 : a->operand_count != 2 || cli_given(a, "at"))
        return cli_error(EXIT_USAGE, NULL, 0, "change",
            "--base REVISION [PATH], or two folders, or two files");
    uint8_t least;
    run_threshold(text_of(fail_on(a)), &least);
    struct change_run c = {.ask = ask_of(p, a, NULL),
        .before = where(a),
        .after = base ? where(a) : a->operand[1],
        .base = base,
        .fail_on = least,
        .json = cli_given(a, "json"),
        .colour =
            isatty(STDOUT_FILENO) && !cli_given(a, "no-color") && !getenv("NO_COLOR"),
        .width = terminal_width()};
    return (int)verb_change(&c);
}

/* Findings of a folder, or with --base or --before those of the change that led to it. */
struct judged_run {
    struct run run;
    struct compared compared;
    const struct run *r;
    const struct findings *f;
};

static enum exit_code start_judged(
    struct program *p, const struct cli_args *a, struct judged_run *out)
{
    const char *root = cli_word(a, "in", "."), *base = cli_word(a, "base", NULL),
               *before = cli_word(a, "before", NULL);
    *out = (struct judged_run){.r = &out->run, .f = &out->run.findings};
    if (base && before)
        return (enum exit_code)cli_error(
            EXIT_USAGE, NULL, 0, "--before", "that or --base, not both");
    if (!base && !before)
        return start(p, a, root, &out->run);
    struct change_run c = {.ask = ask_of(p, a, NULL),
        .before = base ? root : before,
        .after = root,
        .base = base};
    out->r = &out->compared.after.run;
    out->f = &out->compared.change.broken;
    return change_open(&c, &out->compared);
}

static void end_judged(struct judged_run *j)
{
    run_end(&j->run);
    change_end(&j->compared);
}

/* --doc names what is judged; then a folder is read for the model only, and only if named. */
static struct run_ask ask_of_docs(
    struct program *p, const struct cli_args *a, const char *path)
{
    struct run_ask ask = ask_of(p, a, path);
    ask.docs = p->docs;
    ask.doc_count = p->doc_count;
    if (!path && !p->doc_count)
        ask.path = ".";
    return ask;
}

/* One clause, or (`why`) one constraint of one. */
static int clause_or_why(
    void *ctx, const struct cli_args *a, const char *path, bool why)
{
    struct run r;
    struct library l = {0};
    struct run_ask ask = ask_of_docs(ctx, a, path);
    if (!fail_on(a))
        return cli_error(
            EXIT_USAGE, NULL, 0, "--fail-on", "critical, major, minor, note or never");
    enum exit_code code = run_open(&ask, &r);
    if (code == EXIT_DONE)
        code = run_library(&ask, &r, &l);
    if (code == EXIT_DONE)
        code = run_read(&ask, &r);
    if (code == EXIT_DONE) {
        run_judge(&ask, &r);
        code = why ? verb_why_constraint(&r, &l, a->operand[0], terminal_width())
                   : verb_clause(&r, &l, a->operand[0],
                       cli_given(a, "json") ? "json" : cli_word(a, "format", "screen"),
                       cli_word(a, "fail-on", "never"), terminal_width(),
                       why ? NULL : cli_word(a, "opinion", NULL));
    }
    library_free(&l);
    run_end(&r);
    return (int)code;
}

static int clause(void *ctx, const struct cli_args *a)
{
    return clause_or_why(ctx, a, a->operand_count > 1 ? a->operand[1] : NULL, false);
}

static int why(void *ctx, const struct cli_args *a)
{
    if (names_constraint(a->operand[0]))
        return clause_or_why(ctx, a, cli_word(a, "in", NULL), true);
    struct judged_run j;
    enum exit_code code = start_judged(ctx, a, &j);
    if (code == EXIT_DONE)
        code = verb_why(j.r, j.f, a->operand[0]);
    end_judged(&j);
    return (int)code;
}

static int trace(void *ctx, const struct cli_args *a)
{
    struct run r;
    enum exit_code code = start(ctx, a, cli_word(a, "in", "."), &r);
    if (code == EXIT_DONE)
        code = verb_trace(&r, a->operand[0]);
    run_end(&r);
    return (int)code;
}

static int accept_finding(void *ctx, const struct cli_args *a)
{
    struct judged_run j;
    char today[11];
    time_t now = time(NULL);
    struct tm day;
    strftime(today, sizeof today, "%Y-%m-%d", gmtime_r(&now, &day));
    struct accept_ask ask = {.root = cli_word(a, "in", "."),
        .id = a->operand[0],
        .reason = cli_word(a, "reason", NULL),
        .until = cli_word(a, "until", NULL),
        .by = cli_word(a, "by", NULL),
        .today = today};
    enum exit_code code = start_judged(ctx, a, &j);
    if (code == EXIT_DONE)
        code = verb_accept(j.r, j.f, &ask);
    end_judged(&j);
    return (int)code;
}

static int init(void *ctx, const struct cli_args *a)
{
    (void)ctx;
    return (int)verb_init(where(a));
}

static int ask(void *ctx, const struct cli_args *a)
{
    struct run r;
    const char *word = a->operand_count ? a->operand[0] : "0";
    if (a->operand_count && (word[0] < '1' || word[0] > '8' || word[1]))
        return cli_error(EXIT_USAGE, NULL, 0, word, "a question from 1 to 8");
    enum exit_code code = start(ctx, a, cli_word(a, "in", "."), &r);
    if (code == EXIT_DONE)
        code = verb_ask(&r, (unsigned)(word[0] - '0'));
    run_end(&r);
    return (int)code;
}

static int wording(void *ctx, const struct cli_args *a)
{
    struct run r;
    const char *file = cli_word(a, "tsv", NULL);
    if (!file)
        return cli_error(
            EXIT_USAGE, NULL, 0, "--tsv", "a table with the columns id and text");
    struct run_ask ask = ask_of(ctx, a, file);
    ask.ages = AGES_NONE;
    enum exit_code code = run_open(&ask, &r);
    if (code == EXIT_DONE)
        code = run_read(&ask, &r);
    if (code == EXIT_DONE) /* sentences only: no model, nothing to judge */
        code = verb_wording(&r, cli_given(a, "json"));
    run_end(&r);
    return (int)code;
}

static int pack(void *ctx, const struct cli_args *a)
{
    struct run r;
    struct library l = {0};
    struct pack_ask pack = {.output = cli_word(a, "output", NULL),
        .fail_on = fail_on(a),
        .key = cli_word(a, "key", NULL),
        .without_documents = cli_given(a, "without-documents")};
    if (!pack.output || !pack.fail_on)
        return cli_error(EXIT_USAGE, NULL, 0, pack.output ? "--fail-on" : "--output",
            pack.output ? "critical, major, minor, note or never"
                        : "a file to write to");
    struct run_ask ask = ask_of(ctx, a, where(a));
    ask.ages = AGES_ALL; /* they are told to whom it is given */
    enum exit_code code = run_open(&ask, &r);
    if (code == EXIT_DONE) {
        if (!ask.revision)
            packed_leave_out(r.a, &r.tree, ask.path, pack.output);
        code = run_read(&ask, &r);
    }
    if (code == EXIT_DONE) /* the team's own clauses are a part of what is given away */
        code = run_library(&ask, &r, &l);
    if (code == EXIT_DONE) {
        run_judge(&ask, &r);
        code = run_clauses(&r, &l, cli_word(a, "clause", "first"), NULL);
    }
    if (code == EXIT_DONE)
        code = verb_pack(&r, &pack);
    library_free(&l);
    if (code == EXIT_DONE)
        code = run_verdict(&r, pack.fail_on);
    run_end(&r);
    return (int)code;
}

/* list: 'l', show: 's', lint: 'i' */
static int catalogue(void *ctx, const struct cli_args *a, char verb)
{
    struct run r;
    struct library l = {0};
    bool json = cli_given(a, "json");
    struct run_ask ask = ask_of(ctx, a, cli_word(a, "in", "."));
    enum exit_code code = run_configure(&ask, &r);
    if (code == EXIT_DONE)
        code = run_library(&ask, &r, &l);
    if (code == EXIT_DONE)
        code = verb == 'l' ? verb_catalogue_list(&l, json)
            : verb == 's'
            ? verb_catalogue_show(&r, &l, a->operand[0], json)
            : verb_catalogue_lint(&ask, &r, &l, cli_word(a, "corpus", NULL), json);
    library_free(&l);
    run_end(&r);
    return (int)code;
}

static int catalogue_list(void *ctx, const struct cli_args *a)
{
    return catalogue(ctx, a, 'l');
}

static int catalogue_show(void *ctx, const struct cli_args *a)
{
    return catalogue(ctx, a, 's');
}

static int catalogue_lint(void *ctx, const struct cli_args *a)
{
    return catalogue(ctx, a, 'i');
}

static int verify(void *ctx, const struct cli_args *a)
{
    struct program *p = ctx;
    struct verify_ask ask = {.reading = p->reading,
        .progress = progress_of(p, a),
        .pack = a->operand[0],
        .key = cli_word(a, "key", NULL),
        .against = cli_word(a, "against", NULL)};
    return (int)verb_verify(&ask);
}

static int sign(void *ctx, const struct cli_args *a)
{
    const char *key = cli_word(a, "key", NULL), *to = cli_word(a, "output", NULL);
    (void)ctx;
    if (!key || !to)
        return cli_error(EXIT_USAGE, NULL, 0, key ? "--output" : "--key",
            key ? "a file to write to" : "a file with a private key");
    return (int)verb_sign(a->operand[0], key, to);
}

static int key_new(void *ctx, const struct cli_args *a)
{
    (void)ctx;
    return (int)verb_key_new(a->operand[0]);
}

static int rules(void *ctx, const struct cli_args *a)
{
    (void)ctx;
    (void)a;
    return (int)verb_rules();
}

#define COMMON "config", "as-of", "at", "quiet"
static const struct cli_verb verbs[] = {
    {"scan", "[PATH]", "read and judge all below PATH; the default verb",
        (const char *const[]){COMMON, "fail-on", "json", "no-color", NULL}, scan},
    {"report", "[PATH]", "the same, as files in --output",
        (const char *const[]){
            COMMON, "fail-on", "output", "format", "clause", "order", "opinion", NULL},
        report},
    {"change", "[BEFORE] [AFTER]", "what a change re-opens; go or no-go; who signs",
        (const char *const[]){COMMON, "base", "fail-on", "json", "no-color", NULL},
        change},
    {"trace", "ID", "all that is linked with one item",
        (const char *const[]){COMMON, "in", NULL}, trace},
    {"clause", "CLAUSE [PATH]", "what documents say against a clause of a standard",
        (const char *const[]){
            COMMON, "doc", "fail-on", "json", "format", "opinion", NULL},
        clause},
    {"why", "FINDING", "one finding, or one constraint: 5.3.2-C07",
        (const char *const[]){COMMON, "in", "base", "before", "doc", NULL}, why},
    {"ask", "[1..8]", "answer the eight questions from the evidence",
        (const char *const[]){COMMON, "in", NULL}, ask},
    {"accept", "FINDING", "write a decision, bound to day and text",
        (const char *const[]){
            COMMON, "in", "base", "before", "reason", "by", "until", NULL},
        accept_finding},
    {"catalogue list", "", "the clauses that documents can be held against",
        (const char *const[]){"config", "in", "json", "quiet", NULL}, catalogue_list},
    {"catalogue show", "CLAUSE", "one clause: constraints, gaps, crosswalk, sources",
        (const char *const[]){"config", "in", "json", "quiet", NULL}, catalogue_show},
    {"catalogue lint", "", "what is wrong with the data of the catalogue",
        (const char *const[]){"config", "in", "corpus", "json", "quiet", NULL},
        catalogue_lint},
    {"pack", "[PATH]", "evidence to give away: report, documents, digests",
        (const char *const[]){
            COMMON, "fail-on", "output", "clause", "key", "without-documents", NULL},
        pack},
    {"verify", "PACK", "is a pack whole, and are its verdicts right",
        (const char *const[]){"key", "against", "quiet", NULL}, verify},
    {"sign", "PACK", "the same pack with one signature more",
        (const char *const[]){"key", "output", NULL}, sign},
    {"key new", "FILE", "a key to sign with, and its public half",
        (const char *const[]){NULL}, key_new},
    {"wording", "", "each sentence of a table: testable or vague",
        (const char *const[]){"tsv", "json", "quiet", NULL}, wording},
    {"init", "[PATH]", "write empty registers; never overwrites",
        (const char *const[]){NULL}, init},
    {"rules", "", "list all rules", (const char *const[]){NULL}, rules},
    {NULL, NULL, NULL, NULL, NULL},
};

static const struct cli cli = {
    .program = "holdfast-review",
    .summary = "what documents and tests show, and do not show",
    .version = HOLDFAST_VERSION,
    .options = options,
    .verbs = verbs,
};

/* `holdfast-review .` is `holdfast-review scan .`; a path that is not there is told as one. */
static bool is_path(const char *word)
{
    return word[0] != '-' && (strpbrk(word, "/.") || access(word, F_OK) == 0);
}

static struct bytes first_word(struct bytes name)
{
    return text_upto(name, text_find(name, TEXT(" ")));
}

static bool is_verb(const char *word)
{
    for (size_t i = 0; verbs[i].name; i++)
        if (text_same(first_word(text_of(verbs[i].name)), text_of(word)))
            return true;
    return false;
}

int main(int argc, char **argv)
{
    struct program p = {0};
    bool bare = argc < 2 || (!is_verb(argv[1]) && is_path(argv[1]));
    char **args = calloc((size_t)argc + 2, sizeof *args);
    if (!args || read_start(&p.reading, 2) != OK)
        return cli_error(EXIT_INTERNAL, NULL, 0,
            "the reading process could not be started", "to fork and to confine it");
    static char scan_word[] = "scan";
    int n = 0;
    args[n++] = argv[0];
    if (bare)
        args[n++] = scan_word;
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--doc") == 0 && i + 1 < argc && p.doc_count < DOCS_MAX)
            p.docs[p.doc_count++] = argv[++i];
        else if (strncmp(argv[i], "--doc=", 6) == 0 && p.doc_count < DOCS_MAX)
            p.docs[p.doc_count++] = argv[i] + 6;
        else
            args[n++] = argv[i];
    int code = cli_main(&cli, &p, n, args);
    progress_free(p.progress);
    read_end(p.reading);
    free(args);
    return code;
}
