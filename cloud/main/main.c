/* SPDX-License-Identifier: Apache-2.0 */
/* holdfast-cloud: the command line as a table, each verb in a file of its own kind. */
#include "cloud/main/admin.h"
#include "cloud/main/attest_verbs.h"
#include "cloud/main/init.h"
#include "cloud/main/pins.h"
#include "cloud/main/release.h"
#include "cloud/main/serve.h"
#include "cloud/main/service.h"
#include "cloud/main/settings.h"
#include "host/cli.h"

#include <string.h>

static const char *root_of(const struct cli_args *a)
{
    const char *root = cli_word(a, "root", "");
    return strcmp(root, "/") == 0 ? "" : root;
}

static int verb_init(void *ctx, const struct cli_args *a)
{
    (void)ctx;
    const char *name = cli_word(a, "name", NULL),
               *address = cli_word(a, "address", NULL);
    if (!name || !address)
        return cli_error(EXIT_USAGE, NULL, 0, "init", "--name NAME and --address ADDR");
    return init_cloud(root_of(a), name, address);
}

static int verb_serve(void *ctx, const struct cli_args *a)
{
    (void)ctx;
    if (cli_given(a, "print-config")) {
        settings_print();
        return EXIT_DONE;
    }
    struct serve_options o = {.root = root_of(a),
        .device_port = cli_number(a, "device-port", -1),
        .enrol_port = cli_number(a, "enrol-port", -1),
        .people_port = cli_number(a, "people-port", -1),
        .gates = cli_number(a, "gates", -1),
        .for_s = cli_number(a, "for", 0),
        .log_json = cli_given(a, "log-json"),
        .self_test = cli_given(a, "role-self-test")};
    return serve_cloud(&o);
}

static int verb_role(void *ctx, const struct cli_args *a)
{
    (void)ctx;
    return serve_role(a);
}

static int verb_release_key(void *ctx, const struct cli_args *a)
{
    (void)ctx;
    const char *key = cli_word(a, "key", NULL);
    if (!key)
        return cli_error(EXIT_USAGE, NULL, 0, "release key", "--key FILE");
    return release_key(key);
}

static int verb_release_sign(void *ctx, const struct cli_args *a)
{
    (void)ctx;
    struct release_wish w = {.key = cli_word(a, "key", NULL),
        .bundle = a->operand[0],
        .statement = a->operand[1],
        .product = cli_word(a, "product", NULL),
        .version = cli_word(a, "release", NULL),
        .build = cli_word(a, "build", NULL),
        .security_version = cli_number(a, "security", -1),
        .root_bytes = cli_number(a, "root-bytes", 0)};
    if (!w.key || !w.product || !w.version || !w.build || w.security_version < 0
        || w.root_bytes == 0)
        return cli_error(EXIT_USAGE, NULL, 0, "release sign",
            "--key, --product, --release, --security, --build and --root-bytes");
    return release_sign(&w);
}

static int verb_release_add(void *ctx, const struct cli_args *a)
{
    (void)ctx;
    return admin_release_add(
        root_of(a), a->operand[0], cli_word(a, "bundle", NULL), cli_given(a, "json"));
}

static int verb_release_rollout(void *ctx, const struct cli_args *a)
{
    (void)ctx;
    if (!cli_given(a, "percent"))
        return cli_error(EXIT_USAGE, NULL, 0, "release rollout", "--percent N");
    return admin_release_roll(
        root_of(a), a->operand[0], cli_number(a, "percent", 0), false);
}

static int verb_release_stop(void *ctx, const struct cli_args *a)
{
    (void)ctx;
    return admin_release_roll(root_of(a), a->operand[0], 0, true);
}

static int verb_release_end(void *ctx, const struct cli_args *a)
{
    (void)ctx;
    return admin_release_end(root_of(a), a->operand[0], cli_given(a, "json"));
}

static int verb_release_list(void *ctx, const struct cli_args *a)
{
    (void)ctx;
    return admin_list(root_of(a), "releases", NULL, cli_given(a, "json"));
}

static int verb_release_devices(void *ctx, const struct cli_args *a)
{
    (void)ctx;
    return admin_list(root_of(a), "offers", NULL, cli_given(a, "json"));
}

static int verb_device_add(void *ctx, const struct cli_args *a)
{
    (void)ctx;
    const char *bundle = cli_word(a, "bundle", NULL);
    if (!bundle)
        return cli_error(EXIT_USAGE, NULL, 0, "device add", "--bundle FILE");
    return admin_device_add(root_of(a), a->operand[0], bundle, cli_number(a, "port", 0),
        cli_number(a, "enrol-port", 0), cli_number(a, "hours", 24),
        cli_given(a, "json"));
}

static int verb_device_revoke(void *ctx, const struct cli_args *a)
{
    (void)ctx;
    return admin_device_revoke(root_of(a), a->operand[0]);
}

static int verb_device_renew(void *ctx, const struct cli_args *a)
{
    (void)ctx;
    return admin_device_renew(root_of(a), a->operand[0]);
}

static int verb_device_clear(void *ctx, const struct cli_args *a)
{
    (void)ctx;
    return admin_device_clear(root_of(a), a->operand[0]);
}

static int verb_device_configure(void *ctx, const struct cli_args *a)
{
    (void)ctx;
    return admin_device_configure(root_of(a), a->operand[0],
        cli_number(a, "batch-s", 30), cli_word(a, "ward", "ward"),
        cli_word(a, "zone", "UTC"));
}

static int verb_devices(void *ctx, const struct cli_args *a)
{
    (void)ctx;
    return admin_list(root_of(a), "devices", NULL, cli_given(a, "json"));
}

static int verb_batches(void *ctx, const struct cli_args *a)
{
    (void)ctx;
    return admin_list(
        root_of(a), "batches", cli_word(a, "device", NULL), cli_given(a, "json"));
}

static int verb_events(void *ctx, const struct cli_args *a)
{
    (void)ctx;
    return admin_list(root_of(a), "events", NULL, cli_given(a, "json"));
}

static int verb_content(void *ctx, const struct cli_args *a)
{
    (void)ctx;
    return admin_content(root_of(a), cli_word(a, "device", NULL), cli_given(a, "json"));
}

static int verb_user_add(void *ctx, const struct cli_args *a)
{
    (void)ctx;
    return admin_user_add(root_of(a), a->operand[0]);
}

static int verb_user_remove(void *ctx, const struct cli_args *a)
{
    (void)ctx;
    return admin_user_remove(root_of(a), a->operand[0]);
}

static int verb_user_list(void *ctx, const struct cli_args *a)
{
    (void)ctx;
    return admin_list(root_of(a), "users", NULL, cli_given(a, "json"));
}

static int verb_status(void *ctx, const struct cli_args *a)
{
    (void)ctx;
    return admin_status(root_of(a), cli_given(a, "json"));
}

static int verb_routes(void *ctx, const struct cli_args *a)
{
    (void)ctx;
    return admin_routes(cli_given(a, "json"));
}

static int verb_service_key(void *ctx, const struct cli_args *a)
{
    (void)ctx;
    const char *key = cli_word(a, "key", NULL);
    if (!key)
        return cli_error(EXIT_USAGE, NULL, 0, "service key", "--key FILE");
    return service_key(key);
}

static int verb_service_pin(void *ctx, const struct cli_args *a)
{
    (void)ctx;
    const char *public = cli_word(a, "public", NULL);
    if (!public)
        return cli_error(EXIT_USAGE, NULL, 0, "service pin", "--public FILE");
    return service_pin(root_of(a), public);
}

static int verb_attest_measured(void *ctx, const struct cli_args *a)
{
    (void)ctx;
    const char *release = cli_word(a, "release", NULL);
    if (!release || !cli_given(a, "security"))
        return cli_error(EXIT_USAGE, NULL, 0, "attest measured",
            "--release VERSION and --security N");
    return attest_measured(a->operand[0], release, cli_number(a, "security", 0));
}

static int verb_attest_check(void *ctx, const struct cli_args *a)
{
    (void)ctx;
    return attest_check(root_of(a));
}

static int verb_device_end(void *ctx, const struct cli_args *a)
{
    (void)ctx;
    return admin_device_end(root_of(a), a->operand[0]);
}

static int verb_device_receipt(void *ctx, const struct cli_args *a)
{
    (void)ctx;
    return admin_receipt(root_of(a), a->operand[0], cli_given(a, "json"));
}

static int verb_pins_make(void *ctx, const struct cli_args *a)
{
    (void)ctx;
    struct pins_wish w = {.authorities = {cli_word(a, "active", NULL),
                              cli_word(a, "backup", NULL), cli_word(a, "third", NULL)},
        .key = cli_word(a, "key", NULL),
        .file = a->operand[0],
        .version = cli_number(a, "set-version", 0)};
    if (!w.authorities[0] || !w.authorities[1] || !w.key || !w.version)
        return cli_error(EXIT_USAGE, NULL, 0, "pins make",
            "--set-version N, --key FILE, --active FILE and --backup FILE");
    return pins_make(&w);
}

static int verb_pins_publish(void *ctx, const struct cli_args *a)
{
    (void)ctx;
    return admin_pins_publish(root_of(a), a->operand[0]);
}

static int verb_service_ticket(void *ctx, const struct cli_args *a)
{
    (void)ctx;
    struct ticket_wish w = {.device = cli_word(a, "device", NULL),
        .holder = cli_word(a, "holder", NULL),
        .key = cli_word(a, "key", NULL),
        .file = cli_word(a, "ticket", NULL),
        .hours = cli_number(a, "hours", 8),
        .after_min = cli_number(a, "after", 0)};
    if (!w.device || !w.holder || !w.key || !w.file)
        return cli_error(EXIT_USAGE, NULL, 0, "service ticket",
            "--device ID, --holder NAME, --key FILE and --ticket FILE");
    return service_ticket(&w, cli_given(a, "json"));
}

static int verb_service_send(void *ctx, const struct cli_args *a)
{
    (void)ctx;
    return admin_ticket_send(root_of(a), a->operand[0]);
}

static int verb_service_logs(void *ctx, const struct cli_args *a)
{
    (void)ctx;
    return admin_list(
        root_of(a), "logs", cli_word(a, "device", NULL), cli_given(a, "json"));
}

/* clang-format off */
static const struct cli_option options[] = {
    {"root",           CLI_WORD,   0, 0,     "DIR",     "prefix of /etc, /var/lib and /run/holdfast", false},
    {"json",           CLI_FLAG,   0, 0,     "",        "JSON, one object a line",                 false},
    {"name",           CLI_WORD,   0, 0,     "NAME",    "name in the server's certificate",        false},
    {"address",        CLI_WORD,   0, 0,     "ADDR",    "host or IP where devices dial",           false},
    {"device-port",    CLI_NUMBER, 0, 65535, "PORT",    "for devices; 0: any",                     false},
    {"enrol-port",     CLI_NUMBER, 0, 65535, "PORT",    "for enrolment; 0: any",                   false},
    {"people-port",    CLI_NUMBER, 0, 65535, "PORT",    "for browsers; 0: any",                    false},
    {"gates",          CLI_NUMBER, 1, 8,     "N",       "processes that serve devices",            false},
    {"for",            CLI_NUMBER, 1, 86400000, "SECONDS", "end after this time",                  false},
    {"log-json",       CLI_FLAG,   0, 0,     "",        "log as JSON lines on stderr",             false},
    {"bundle",         CLI_WORD,   0, 0,     "FILE",    "to write (device add), or to read (release add)", false},
    {"port",           CLI_NUMBER, 0, 65535, "PORT",    "device port to put into it",              false},
    {"hours",          CLI_NUMBER, 1, 24,    "HOURS",   "how long it is good; a ticket: 1 to 8", false},
    {"key",            CLI_WORD,   0, 0,     "FILE",    "the private key, kept off this machine", false},
    {"product",        CLI_WORD,   0, 0,     "WORD",    "class of devices",                        false},
    {"release",        CLI_WORD,   0, 0,     "VERSION", "as 1.2.3",                                false},
    {"security",       CLI_NUMBER, 0, UINT32_MAX, "N",  "security version of the release",         false},
    {"build",          CLI_WORD,   0, 0,     "HEX",     "build id, 32 digits",                     false},
    {"percent",        CLI_NUMBER, 0, 100,   "N",       "share of the devices",                    false},
    {"root-bytes",     CLI_NUMBER, 1, LIMIT_UPDATE_BUNDLE, "N", "length of the root file system",  false},
    {"active",         CLI_WORD,   0, 0,     "FILE",    "authority that serves, PEM",               false},
    {"backup",         CLI_WORD,   0, 0,     "FILE",    "authority to fall back on, PEM",           false},
    {"third",          CLI_WORD,   0, 0,     "FILE",    "one more authority, PEM",                  false},
    {"set-version",    CLI_NUMBER, 1, UINT32_MAX, "N",  "higher than every set before",             false},
    {"public",         CLI_WORD,   0, 0,     "FILE",    "its public half",                         false},
    {"holder",         CLI_WORD,   0, 0,     "NAME",    "whose ticket: the device's screen shows it", false},
    {"ticket",         CLI_WORD,   0, 0,     "FILE",    "where to write the ticket",               false},
    {"after",          CLI_NUMBER, 0, 43200, "MINUTES", "from now until the ticket begins",        false},
    {"device",         CLI_WORD,   0, 0,     "ID",      "of this device only",                     false},
    {"batch-s",        CLI_NUMBER, 10, 60,   "SECONDS", "length of a batch",                       false},
    {"ward",           CLI_WORD,   0, 0,     "TEXT",    "ward shown on the device",                false},
    {"zone",           CLI_WORD,   0, 0,     "TEXT",    "time zone shown on the device",           false},
    {"role-self-test", CLI_FLAG,   0, 0,     "",        "each role tries the forbidden acts",      false},
    {"print-config",   CLI_FLAG,   0, 0,     "",        "print every key of cloud.conf, and end",  false},
    {"role",           CLI_WORD,   0, 0,     "ROLE",    "run as one role",                         true },
    {"listen",         CLI_WORD,   0, 0,     "IP",      "address to bind",                         true },
    {"index",          CLI_NUMBER, 0, 8,     "N",       "which of several",                        true },
    {"require-tpm",    CLI_FLAG,   0, 0,     "",        "of devices that send",                    true },
    {"least-security", CLI_NUMBER, 0, UINT32_MAX, "N",  "version below which devices may only update", true },
    {"stop-clones",    CLI_FLAG,   0, 0,     "",        "serve no device of which two copies seem to run", true },
    {"device-rate",    CLI_NUMBER, 1, LIMIT_DEVICE_RATE, "N", "batches a second of one device",      true },
    {0},
};

#define TAKES(...) ((const char *const[]){__VA_ARGS__, NULL})

static const struct cli_verb verbs[] = {
    {"init",          "",       "make the keys and the database of a new cloud", TAKES("root", "name", "address"), verb_init},
    {"serve",         "",       "run every role until told to stop", TAKES("root", "device-port", "enrol-port",
                                "people-port", "gates", "for", "log-json", "role-self-test", "print-config"), verb_serve},
    {"device add",    "LABEL",  "make a device and its enrolment bundle", TAKES("root", "bundle", "port", "enrol-port",
                                "hours", "json"), verb_device_add},
    {"device list",   "",       "the devices",                TAKES("root", "json"), verb_devices},
    {"device revoke", "ID",     "end a device for ever",      TAKES("root"), verb_device_revoke},
    {"device renew",  "ID",     "ask a device for new keys in the next answer", TAKES("root"), verb_device_renew},
    {"device decommission", "ID", "have a device give up its keys for ever", TAKES("root"), verb_device_end},
    {"device receipt", "ID",    "what it answered to that",  TAKES("root", "json"), verb_device_receipt},
    {"device clear",  "ID",     "a suspected clone was looked into: serve it again", TAKES("root"), verb_device_clear},
    {"device config", "ID",     "settings that ride in the next answer", TAKES("root", "batch-s", "ward", "zone"),
                                verb_device_configure},
    {"release add",   "STATEMENT", "make a release known; it is offered to nobody yet", TAKES("root", "bundle", "json"), verb_release_add},
    {"release rollout", "NUMBER", "offer the newest of a class to a share of devices", TAKES("root", "percent"), verb_release_rollout},
    {"release stop",  "NUMBER", "offer it to nobody until it is rolled out again", TAKES("root"), verb_release_stop},
    {"release end",   "CLASS",  "end a class that no device is of: its place is free", TAKES("root", "json"), verb_release_end},
    {"release list",  "",       "releases, and how many devices are where", TAKES("root", "json"), verb_release_list},
    {"release status", "",      "the same as release list",   TAKES("root", "json"), verb_release_list},
    {"release devices", "",     "what became of a release on each device", TAKES("root", "json"), verb_release_devices},
    {"release key",   "",       "make the second key, which states releases", TAKES("key"), verb_release_key},
    {"release sign",  "BUNDLE STATEMENT", "state a bundle that the release key has signed", TAKES("key", "product", "release",
                                "security", "build", "root-bytes"), verb_release_sign},
    {"service key",   "",       "make the key that signs service tickets", TAKES("key"), verb_service_key},
    {"service pin",   "",       "let bundles made from now on name this key", TAKES("root", "public"), verb_service_pin},
    {"service ticket", "",      "let a person look into one device, 8 hours at most", TAKES("device", "hours",
                                "after", "holder", "key", "ticket", "json"), verb_service_ticket},
    {"service send",  "TICKET", "have a ticket ride to its device in the answers", TAKES("root"), verb_service_send},
    {"service logs",  "",       "what devices told under service tickets", TAKES("root", "json", "device"),
                                verb_service_logs},
    {"pins make",     "FILE",   "sign which authorities devices take for the cloud", TAKES("set-version", "key",
                                "active", "backup", "third"), verb_pins_make},
    {"pins publish",  "FILE",   "hand it out in the answers to devices", TAKES("root"), verb_pins_publish},
    {"attest measured", "REGISTERS", "lines of measurements.conf, from 11=HEX", TAKES("release", "security"), verb_attest_measured},
    {"attest check",  "",       "what makers.pem and measurements.conf hold", TAKES("root"), verb_attest_check},
    {"user add",      "NAME",   "let a person sign in; password on stdin", TAKES("root"), verb_user_add},
    {"user remove",   "NAME",   "let a person in no more, from now on", TAKES("root"), verb_user_remove},
    {"user list",     "",       "who may sign in",            TAKES("root", "json"), verb_user_list},
    {"status",        "",       "totals of the store",        TAKES("root", "json"), verb_status},
    {"devices",       "",       "the devices",                TAKES("root", "json"), verb_devices},
    {"batches",       "",       "the stored batches",         TAKES("root", "json", "device"), verb_batches},
    {"events",        "",       "the security events",        TAKES("root", "json"), verb_events},
    {"content",       "",       "digest of all stored readings", TAKES("root", "json", "device"), verb_content},
    {"routes",        "",       "every HTTP request served",  TAKES("root", "json"), verb_routes},
    {"",              "",       NULL,                         TAKES("role", "root", "listen", "port", "index", "device-rate", "require-tpm", "stop-clones", "least-security",
                                "log-json", "role-self-test"), verb_role},
    {0},
};
/* clang-format on */

int main(int argc, char **argv)
{
    static const struct cli cli = {"holdfast-cloud",
        "the companion cloud of a connected pulse oximeter", HOLDFAST_VERSION, options,
        verbs};
    return cli_main(&cli, NULL, argc, argv);
}
