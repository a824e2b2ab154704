/* SPDX-License-Identifier: Apache-2.0 */
#include "host/cli.h"

#include "host/confine.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

int cli_error(enum exit_code code, const char *file, uint32_t line, const char *what,
    const char *expected)
{
    fputs("error: ", stderr);
    if (file != NULL)
        fprintf(stderr, "%s:", file);
    if (file != NULL && line > 0)
        fprintf(stderr, "%u:", line);
    fprintf(stderr, "%s%s", file != NULL ? " " : "", what);
    if (expected != NULL)
        fprintf(stderr, ": expected %s", expected);
    fputc('\n', stderr);
    return (int)code;
}

static size_t option_index(const struct cli_option *table, const char *name, size_t len)
{
    size_t i = 0;
    while (table[i].name != NULL
        && (strlen(table[i].name) != len || memcmp(table[i].name, name, len) != 0))
        i++;
    return i;
}

static bool verb_takes(const struct cli_verb *verb, const char *name)
{
    for (const char *const *o = verb->options; o != NULL && *o != NULL; o++)
        if (strcmp(*o, name) == 0)
            return true;
    return false;
}

/* --- help and man page --- */

static void print_option(FILE *out, const struct cli_option *o)
{
    char left[64];
    snprintf(left, sizeof left, "--%s%s%s", o->name, o->type == CLI_FLAG ? "" : " ",
        o->type == CLI_FLAG ? "" : o->value);
    fprintf(out, "  %-26s %s", left, o->help);
    if (o->type == CLI_NUMBER)
        fprintf(out, " (%lld to %lld)", (long long)o->min, (long long)o->max);
    fputc('\n', out);
}

static bool verb_hidden(const struct cli_verb *v)
{
    return v->help == NULL;
}

static void print_help(const struct cli *cli)
{
    printf("%s - %s\n\nUsage: %s VERB [OPTION]...\n\nVerbs:\n", cli->program,
        cli->summary, cli->program);
    for (const struct cli_verb *v = cli->verbs; v->name != NULL; v++)
        if (!verb_hidden(v)) {
            char left[96];
            snprintf(left, sizeof left, "%s%s%s", v->name,
                v->operands[0] != '\0' ? " " : "", v->operands);
            printf("  %-26s %s\n", left, v->help);
        }
    printf("\nOptions:\n");
    for (const struct cli_option *o = cli->options; o->name != NULL; o++)
        if (!o->hidden)
            print_option(stdout, o);
    printf("  %-26s %s\n  %-26s %s\n  %-26s %s\n", "--help",
        "this text; after a verb, about it", "--version", "the version", "--man",
        "the man page, in roff");
    printf(
        "\nExit codes: 0 done; 1 the answer is no; 2 usage, configuration or input;\n"
        "3 environment unreadable or not permitted; 4 internal.\n");
}

static void print_verb_help(const struct cli *cli, const struct cli_verb *v)
{
    printf("Usage: %s %s%s%s [OPTION]...\n\n%s\n\nOptions:\n", cli->program, v->name,
        v->operands[0] != '\0' ? " " : "", v->operands, v->help != NULL ? v->help : "");
    for (const struct cli_option *o = cli->options; o->name != NULL; o++)
        if (!o->hidden && verb_takes(v, o->name))
            print_option(stdout, o);
}

/* roff gives `-`, `\` and a leading `.` or `'` a meaning of their own */
static void man_text(const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        if (c == text && (*c == '.' || *c == '\''))
            fputs("\\&", stdout);
        if (*c == '-' || *c == '\\')
            putchar('\\');
        putchar(*c);
    }
}

static void print_man(const struct cli *cli)
{
    printf(".TH %s 1 \"\" \"%s\"\n.SH NAME\n%s \\- ", cli->program, cli->version,
        cli->program);
    man_text(cli->summary);
    printf("\n.SH SYNOPSIS\n.B %s\nVERB [OPTION]...\n.SH VERBS\n", cli->program);
    for (const struct cli_verb *v = cli->verbs; v->name != NULL; v++)
        if (!verb_hidden(v)) {
            printf(".TP\n.B %s\n", v->name);
            if (v->operands[0] != '\0') {
                man_text(v->operands);
                printf(": ");
            }
            man_text(v->help);
            printf("\n");
        }
    printf(".SH OPTIONS\n");
    for (const struct cli_option *o = cli->options; o->name != NULL; o++)
        if (!o->hidden) {
            printf(
                ".TP\n.B \\-\\-%s %s\n", o->name, o->type == CLI_FLAG ? "" : o->value);
            man_text(o->help);
            printf("\n");
        }
    printf(
        ".SH EXIT STATUS\n0 done; 1 the answer is no; 2 usage, configuration or malformed "
        "input; 3 environment unreadable or not permitted; 4 internal.\n");
}

/* --- parsing --- */

/* How many arguments the verb's name takes up at the front of argv, 0: it is not there. */
static int words_of(const char *name, int argc, char **argv)
{
    int words = 0;

    for (const char *at = name; *at != '\0'; words++) {
        size_t len = strcspn(at, " ");
        if (words >= argc || strlen(argv[words]) != len
            || memcmp(argv[words], at, len) != 0)
            return 0;
        at += len;
        at += *at == ' ' ? 1 : 0;
    }
    return words;
}

static const struct cli_verb *find_verb(
    const struct cli *cli, int argc, char **argv, int *words)
{
    const struct cli_verb *best = NULL;

    *words = 0;
    for (const struct cli_verb *v = cli->verbs; v->name != NULL; v++) {
        bool nameless =
            v->name[0] == '\0' && argc > 0 && strncmp(argv[0], "--", 2) == 0;
        int n = words_of(v->name, argc, argv);
        if (n > *words || (nameless && best == NULL)) {
            best = v;
            *words = n;
        }
    }
    return best;
}

bool cli_number_of(const char *text, int64_t *out)
{
    bool negative = *text == '-';
    int64_t value = 0;

    if (negative)
        text++;
    if (*text == '\0')
        return false;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9')
            return false;
        int digit = *text - '0';
        if (__builtin_mul_overflow(value, 10, &value)
            || __builtin_add_overflow(value, negative ? -digit : digit, &value))
            return false;
    }
    *out = value;
    return true;
}

static int bad_option(const char *arg, const char *expected)
{
    char what[160];
    snprintf(what, sizeof what, "%.120s", arg);
    return cli_error(EXIT_USAGE, NULL, 0, what, expected);
}

static int bad_number(const struct cli_option *o, const char *value)
{
    char what[160], expected[96];
    snprintf(what, sizeof what, "--%s %.80s", o->name, value);
    snprintf(expected, sizeof expected, "a whole number from %lld to %lld",
        (long long)o->min, (long long)o->max);
    return cli_error(EXIT_USAGE, NULL, 0, what, expected);
}

/* Takes argv[*at] and, if the option has a value, the next one. */
static int take_option(const struct cli *cli, const struct cli_verb *verb, int argc,
    char **argv, int *at, struct cli_args *out)
{
    const char *name = argv[*at] + 2;
    size_t len = strcspn(name, "=");
    size_t i = option_index(cli->options, name, len);
    const struct cli_option *o = &cli->options[i];

    assert(i < CLI_OPTIONS);
    if (o->name == NULL || !verb_takes(verb, o->name))
        return bad_option(argv[*at], "an option of this verb (see --help)");
    if (out->option[i].given)
        return bad_option(argv[*at], "each option once");
    out->option[i].given = true;
    if (o->type == CLI_FLAG)
        return name[len] == '=' ? bad_option(argv[*at], "no value") : EXIT_DONE;

    const char *value = name[len] == '=' ? name + len + 1
        : *at + 1 < argc                 ? argv[++*at]
                                         : NULL;
    if (value == NULL || value[0] == '\0')
        return bad_option(argv[*at], "a value after it");
    out->option[i].word = value;
    if (o->type == CLI_NUMBER
        && (!cli_number_of(value, &out->option[i].number)
            || out->option[i].number < o->min || out->option[i].number > o->max))
        return bad_number(o, value);
    return EXIT_DONE;
}

static int take_all(const struct cli *cli, const struct cli_verb *verb, int argc,
    char **argv, struct cli_args *out)
{
    bool options_over = false;

    for (int at = 0; at < argc; at++) {
        if (!options_over && strcmp(argv[at], "--") == 0) {
            options_over = true;
        } else if (!options_over && strncmp(argv[at], "--", 2) == 0) {
            int code = take_option(cli, verb, argc, argv, &at, out);
            if (code != EXIT_DONE)
                return code;
        } else if (out->operand_count == CLI_OPERANDS) {
            return bad_option(argv[at], "fewer operands");
        } else {
            out->operand[out->operand_count++] = argv[at];
        }
    }
    return EXIT_DONE;
}

/* "A B [C]": two are needed, three are allowed. */
static int check_operands(const struct cli_verb *verb, const struct cli_args *args)
{
    size_t need = 0, allowed = 0;
    char expected[128];

    for (const char *at = verb->operands; *at != '\0'; at += strspn(at, " ")) {
        need += *at == '[' ? 0 : 1;
        allowed++;
        at += strcspn(at, " ");
    }
    if (args->operand_count >= need && args->operand_count <= allowed)
        return EXIT_DONE;
    snprintf(expected, sizeof expected, "%s %s", verb->name,
        allowed == 0 ? "without operands" : verb->operands);
    return cli_error(EXIT_USAGE, NULL, 0,
        args->operand_count < need ? "operand missing" : "too many operands", expected);
}

static bool asked_for(const char *what, int argc, char **argv)
{
    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], what) == 0)
            return true;
    return false;
}

static int run_verb(const struct cli *cli, const struct cli_verb *verb, void *ctx,
    int argc, char **argv)
{
    struct cli_args args = {.table = cli->options};
    int code = take_all(cli, verb, argc, argv, &args);

    if (code == EXIT_DONE)
        code = check_operands(verb, &args);
    return code == EXIT_DONE ? verb->run(ctx, &args) : code;
}

int cli_main(const struct cli *cli, void *ctx, int argc, char **argv)
{
    int words = 0;
    argc = argc > 0 ? argc - 1 : 0;
    argv++;

    if (!confine_no_core())
        return cli_error(EXIT_ENVIRONMENT, NULL, 0, "core dumps cannot be turned off",
            "a kernel that lets a process do so");
    if (asked_for("--version", argc, argv)) {
        printf("%s %s\n", cli->program, cli->version);
        return EXIT_DONE;
    }
    if (asked_for("--man", argc, argv)) {
        print_man(cli);
        return EXIT_DONE;
    }
    bool help = asked_for("--help", argc, argv);
    const struct cli_verb *verb = help && argc > 0 && argv[0][0] == '-'
        ? NULL
        : find_verb(cli, argc, argv, &words);
    if (help && verb == NULL) {
        print_help(cli);
        return EXIT_DONE;
    }
    if (verb == NULL)
        return bad_option(argc > 0 ? argv[0] : "no verb", "a verb (see --help)");
    if (help) {
        print_verb_help(cli, verb);
        return EXIT_DONE;
    }
    return run_verb(cli, verb, ctx, argc - words, argv + words);
}

static size_t index_of(const struct cli_args *a, const char *name)
{
    size_t i = option_index(a->table, name, strlen(name));
    assert(a->table[i].name != NULL); /* a name of the table */
    return i;
}

bool cli_given(const struct cli_args *a, const char *name)
{
    return a->option[index_of(a, name)].given;
}

int64_t cli_number(const struct cli_args *a, const char *name, int64_t otherwise)
{
    size_t i = index_of(a, name);
    return a->option[i].given ? a->option[i].number : otherwise;
}

const char *cli_word(const struct cli_args *a, const char *name, const char *otherwise)
{
    size_t i = index_of(a, name);
    return a->option[i].given ? a->option[i].word : otherwise;
}
