/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cli: verbs and options of a program as a table; help, man page and errors come from it.
 *
 * Errors are one line on stderr, `error: <what>: expected <...>`, exit code CLI_USAGE.
 */
#pragma once

#include "core/base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum exit_code {
    EXIT_DONE = 0,
    EXIT_NO = 1,
    EXIT_USAGE = 2,
    EXIT_ENVIRONMENT = 3,
    EXIT_INTERNAL = 4,
    EXIT_RESTART = 5 /* a release is to be started: the machine is to be restarted */
};

enum cli_type { CLI_FLAG, CLI_NUMBER, CLI_WORD };

struct cli_option {
    const char *name; /* without -- */
    enum cli_type type;
    int64_t min, max;  /* CLI_NUMBER */
    const char *value; /* how help names it: FILE, SECONDS */
    const char *help;
    bool hidden; /* for our own processes: --role and its kin */
};

enum { CLI_OPTIONS = 48, CLI_OPERANDS = 4 };

struct cli_args {
    const struct cli_option *table;
    struct {
        bool given;
        int64_t number;
        const char *word;
    } option[CLI_OPTIONS]; /* by place in the table */
    const char *operand[CLI_OPERANDS];
    size_t operand_count;
};

struct cli_verb {
    const char
        *name; /* may have two words: "device add"; "": when options come first */
    const char
        *operands;    /* as help names them: "BUNDLE"; "" if none; "[ID]" optional */
    const char *help; /* NULL: not shown, for our own processes */
    const char *const *options; /* names that this verb takes, NULL-ended */
    int (*run)(void *ctx, const struct cli_args *args);
};

struct cli {
    const char *program, *summary, *version;
    const struct cli_option *options; /* name NULL ends */
    const struct cli_verb *verbs;     /* name NULL ends */
};

/* Parse and run one verb; --help, --version and --man work everywhere. Returns the exit code.
 * From the first line on the process leaves no core dump (confine_no_core). */
int cli_main(const struct cli *cli, void *ctx, int argc, char **argv);
bool cli_given(const struct cli_args *a, const char *name);
int64_t cli_number(const struct cli_args *a, const char *name, int64_t otherwise);
const char *cli_word(const struct cli_args *a, const char *name, const char *otherwise);
/* A whole number in decimal: a minus before it or nothing, digits, and no more. */
bool cli_number_of(const char *text, int64_t *out);
/* The one line: `error: <file>:<line>: <what>: expected <expected>`; parts may be NULL / 0. */
int cli_error(enum exit_code code, const char *file, uint32_t line, const char *what,
    const char *expected);
