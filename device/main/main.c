/* SPDX-License-Identifier: Apache-2.0 */
/* holdfast-oximeter: verbs and options as one table. */
#include "device/main/enrol.h"
#include "device/main/run.h"
#include "device/main/settings.h"
#include "device/main/verb_service.h"
#include "device/main/verbs.h"

#include <stdint.h>

/* clang-format off */
static const struct cli_option options[] = {
    {"root", CLI_WORD, 0, 0, "DIR", "prefix of /etc, /var, /run", false},
    {"image", CLI_WORD, 0, 0, "DIR", "where keys and release of updates are (else --root)", false},
    {"sensor", CLI_WORD, 0, 0, "SPEC", "replay:FILE.csv or sim:SCENARIO", false},
    {"screen", CLI_WORD, 0, 0, "SPEC", "terminal, png:DIR, framebuffer:DEVICE or none", false},
    {"speed", CLI_NUMBER, 1, 10000, "N", "time runs so many times as fast", false},
    {"seed", CLI_NUMBER, 0, INT64_MAX, "N", "of the simulated patient", false},
    {"for", CLI_NUMBER, 1, 31536000, "SECONDS", "end after this time", false},
    {"for-recorded", CLI_NUMBER, 1, 31536000, "SECONDS", "measure so many seconds of signal", false},
    {"batches", CLI_NUMBER, 1, 4000000, "N", "stop when so many batches are sealed", false},
    {"once", CLI_FLAG, 0, 0, "", "end when all is acknowledged", false},
    {"json", CLI_FLAG, 0, 0, "", "for programs", false},
    {"log-json", CLI_FLAG, 0, 0, "", "one line for each event on stderr", false},
    {"role-self-test", CLI_FLAG, 0, 0, "", "each role tries ten forbidden acts", false},
    {"print-config", CLI_FLAG, 0, 0, "", "print every key of oximeter.conf, and end", false},
    {"ticket", CLI_WORD, 0, 0, "FILE", "a service ticket for this device", false},
    {"watchdog", CLI_FLAG, 0, 0, "", "one has started the machine: the cloud is told", false},
    {"role", CLI_WORD, 0, 0, "NAME", "one role", true},
    {"start-ms", CLI_NUMBER, 0, INT64_MAX, "MS", "of the run", true},
    {"start-utc-ms", CLI_NUMBER, 0, INT64_MAX, "MS", "of the run", true},
    {"first-utc-ms", CLI_NUMBER, 0, INT64_MAX, "MS", "of the first sample", true},
    {"length-samples", CLI_NUMBER, 0, INT64_MAX, "N", "to be measured", true},
    {"journal-mib", CLI_NUMBER, 1, 1024, "N", "size of a new journal", true},
    {"button", CLI_WORD, 0, 0, "PATH", "of the board", true},
    {"slot-a", CLI_WORD, 0, 0, "PATH", "root of slot a, before the configuration", false},
    {"slot-b", CLI_WORD, 0, 0, "PATH", "root of slot b, likewise", false},
    {"boot-folder", CLI_WORD, 0, 0, "DIR", "of boot images, likewise", false},
    {"product", CLI_WORD, 0, 0, "WORD", "class of the image that runs", true},
    {"security-version", CLI_NUMBER, 0, UINT32_MAX, "N", "of the image that runs", true},
    {"tpm", CLI_WORD, 0, 0, "SPEC", "that holds the keys", true},
    {"attest", CLI_FLAG, 0, 0, "", "to the cloud, on each connection", true},
    {"config-fault", CLI_FLAG, 0, 0, "", "the configuration was refused", true},
    {NULL, CLI_FLAG, 0, 0, NULL, NULL, false},
};
/* clang-format on */

static const char *const run_options[] = {"root", "sensor", "screen", "speed", "seed",
    "for", "for-recorded", "batches", "once", "json", "log-json", "role-self-test",
    "image", "slot-a", "slot-b", "boot-folder", "watchdog", NULL};
static const char *const role_options[] = {"print-config", "role", "root", "sensor",
    "screen", "speed", "seed", "batches", "log-json", "role-self-test", "start-ms",
    "start-utc-ms", "first-utc-ms", "length-samples", "journal-mib", "tpm", "attest",
    "config-fault", "button", "slot-a", "slot-b", "boot-folder", "image",
    "security-version", "product", NULL};
static const char *const root_only[] = {"root", NULL};
static const char *const service_options[] = {"root", "ticket", NULL};
static const char *const root_json[] = {"root", "json", NULL};

static int verb_run(void *ctx, const struct cli_args *a)
{
    (void)ctx;
    return run_device(a);
}

static int verb_role(void *ctx, const struct cli_args *a)
{
    (void)ctx;
    if (cli_given(a, "print-config")) {
        settings_print();
        return EXIT_DONE;
    }
    if (!cli_given(a, "role"))
        return cli_error(EXIT_USAGE, NULL, 0, "no verb", "a verb (see --help)");
    return run_role(a);
}

static int verb_enrol(void *ctx, const struct cli_args *a)
{
    (void)ctx;
    return enrol_device(a);
}

static int status(void *ctx, const struct cli_args *a)
{
    (void)ctx;
    return verb_status(a);
}

static int journal_list(void *ctx, const struct cli_args *a)
{
    (void)ctx;
    return verb_journal_list(a);
}

static int journal_verify(void *ctx, const struct cli_args *a)
{
    (void)ctx;
    return verb_journal_verify(a);
}

static int egress(void *ctx, const struct cli_args *a)
{
    (void)ctx;
    return verb_egress(a);
}

static int selftest(void *ctx, const struct cli_args *a)
{
    (void)ctx;
    return verb_selftest(a);
}

static int service(void *ctx, const struct cli_args *a)
{
    (void)ctx;
    return verb_service(a);
}

static int put(void *ctx, const struct cli_args *a)
{
    (void)ctx;
    return verb_update_put(a);
}

static int update_status(void *ctx, const struct cli_args *a)
{
    (void)ctx;
    return verb_update_status(a);
}

static const struct cli_verb verbs[] = {
    {"run", "", "measure, keep, send and show", run_options, verb_run},
    {"enrol", "BUNDLE", "take the invitation of a cloud", root_only, verb_enrol},
    {"status", "", "how things are; exit 0: synchronised", root_json, status},
    {"journal list", "", "sealed batches that are kept", root_json, journal_list},
    {"journal verify", "", "check what is kept; exit 1: damaged", root_json,
        journal_verify},
    {"update put", "BUNDLE STATEMENT", "have a release tried", root_only, put},
    {"update status", "", "what became of the last release", root_only, update_status},
    {"selftest", "", "check this device without measuring", root_only, selftest},
    {"service", "", "show this device a service ticket, on the spot", service_options,
        service},
    {"egress", "", "nftables rules for what may leave", root_only, egress},
    {"", "", NULL, role_options, verb_role},
    {NULL, NULL, NULL, NULL, NULL},
};

int main(int argc, char **argv)
{
    const struct cli cli = {"holdfast-oximeter",
        "a connected pulse oximeter, secure by design", HOLDFAST_VERSION, options,
        verbs};
    return cli_main(&cli, NULL, argc, argv);
}
