/* SPDX-License-Identifier: Apache-2.0 */
#include "device/main/verbs.h"

#include "device/main/watcher.h"
#include "device/main/words_json.h"
#include "device/net/cloud_file.h"
#include "device/talk/place.h"
#include "device/talk/role.h"

#include <arpa/inet.h>
#include <stdio.h>

int verb_status(const struct cli_args *a)
{
    struct watcher w;

    if (watcher_init(&w, cli_word(a, "root", "/")) != OK)
        return cli_error(EXIT_USAGE, NULL, 0, "--root", "a shorter path");
    bool running = watcher_ask(&w, 2000) == OK;
    print_state(running ? &w.state : NULL, NULL, cli_given(a, "json"));
    watcher_close(&w);
    return running && w.state.synchronised ? EXIT_DONE : EXIT_NO;
}

static void egress_to(const struct bundle *b)
{
    struct in_addr v4;
    struct in6_addr v6;

    if (inet_pton(AF_INET, b->address, &v4) == 1)
        printf("        ip daddr %s tcp dport %u accept\n", b->address, b->port);
    else if (inet_pton(AF_INET6, b->address, &v6) == 1)
        printf("        ip6 daddr %s tcp dport %u accept\n", b->address, b->port);
    else
        printf("        # %s is looked up before each connection\n"
               "        udp dport 53 accept\n        tcp dport 53 accept\n"
               "        tcp dport %u accept\n",
            b->address, b->port);
}

int verb_egress(const struct cli_args *a)
{
    struct role_env env = {0};
    struct bundle b;
    char path[PLACE_MAX];
    const char *why = NULL;

    if (place_of(cli_word(a, "root", "/"), PLACE_CLOUD, path) != OK)
        return cli_error(EXIT_USAGE, NULL, 0, "--root", "a shorter path");
    if (role_users(&env) != OK)
        return cli_error(EXIT_ENVIRONMENT, NULL, 0, "no user for a role",
            "the users of packaging/sysusers.d (script/setup)");
    if (cloud_file_read(path, env.uids[ROLE_COURIER], &b, &why) != OK)
        return cli_error(EXIT_ENVIRONMENT, path, 0, why, "an enrolled device");
    printf("# What courier may send, and nothing else. Load with: nft -f FILE\n"
           "table inet holdfast {\n"
           "    chain out {\n"
           "        type filter hook output priority filter; policy accept;\n"
           "        meta skuid \"%s\" jump courier\n"
           "    }\n"
           "    chain courier {\n",
        role_user(ROLE_COURIER));
    egress_to(&b);
    printf("        counter reject\n    }\n}\n");
    return EXIT_DONE;
}
