/* SPDX-License-Identifier: Apache-2.0 */
#include "device/talk/place.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* clang-format off */
static const struct {
    const char *below;
    bool is_socket;
} places[PLACES] = {
    [PLACE_CONF]         = {"etc/holdfast/oximeter.conf",             false},
    [PLACE_KEEPER]       = {"var/lib/holdfast/keeper",                false},
    [PLACE_JOURNAL]      = {"var/lib/holdfast/keeper/journal",        false},
    [PLACE_IDENTITY]     = {"var/lib/holdfast/keeper/identity",       false},
    [PLACE_ENROLMENT]    = {"var/lib/holdfast/keeper/enrolment",      false},
    [PLACE_RENEWAL]      = {"var/lib/holdfast/keeper/renewal",        false},
    [PLACE_WRAP]         = {"var/lib/holdfast/keeper/wrap.key",       false},
    [PLACE_RECEIPT]      = {"var/lib/holdfast/keeper/receipt",        false},
    [PLACE_COURIER]      = {"var/lib/holdfast/courier",               false},
    [PLACE_AGENT]        = {"var/lib/holdfast/agent",                 false},
    [PLACE_TPM_RECORD]   = {"var/lib/holdfast/agent/tpm",             false},
    [PLACE_ATTEST_RECORD] = {"var/lib/holdfast/agent/attest",         false},
    [PLACE_CERTIFICATE]  = {"var/lib/holdfast/courier/tls.crt",       false},
    [PLACE_CLOUD]        = {"var/lib/holdfast/courier/cloud",         false},
    [PLACE_UPDATER]      = {"var/lib/holdfast/updater",               false},
    [PLACE_UPDATE_RECORD] = {"var/lib/holdfast/updater/record",       false},
    [PLACE_STATEMENT]    = {"var/lib/holdfast/updater/statement",     false},
    [PLACE_BUNDLE]       = {"var/lib/holdfast/updater/bundle",        false},
    [PLACE_RELEASE]      = {"etc/holdfast/release",                   false},
    [PLACE_RELEASE_CA]   = {"etc/holdfast/release-ca.pem",            false},
    [PLACE_SECOND_KEY]   = {"etc/holdfast/second.pub",                false},
    [PLACE_CMDLINE]      = {"proc/cmdline",                           false},
    [PLACE_RUN]          = {"run/holdfast",                           false},
    [PLACE_KEEPER_DOORS] = {"run/holdfast/keeper",                    false},
    [PLACE_COURIER_DOORS] = {"run/holdfast/courier",                  false},
    [PLACE_SCREEN_DOORS] = {"run/holdfast/screen",                    false},
    [PLACE_AGENT_DOORS]  = {"run/holdfast/agent",                     false},
    [PLACE_TALLY]        = {"run/holdfast/tally",                     false},
    [PLACE_SETTLED]      = {"run/holdfast/settled",                   false},
    [PLACE_DOOR_MEASURE] = {"run/holdfast/keeper/measure",            true },
    [PLACE_DOOR_COURIER] = {"run/holdfast/keeper/courier",            true },
    [PLACE_DOOR_STATUS]  = {"run/holdfast/keeper/status",             true },
    [PLACE_DOOR_UPDATER] = {"run/holdfast/keeper/updater",            true },
    [PLACE_DOOR_VIEW]    = {"run/holdfast/screen/view",               true },
    [PLACE_DOOR_PIECES]  = {"run/holdfast/courier/pieces",            true },
    [PLACE_DOOR_TLS]     = {"run/holdfast/agent/courier",             true },
    [PLACE_DOOR_WRAP]    = {"run/holdfast/agent/keeper",              true },
    [PLACE_DOOR_COUNTER] = {"run/holdfast/agent/updater",             true },
};
/* clang-format on */

enum status place_of(const char *root, enum place which, char out[PLACE_MAX])
{
    assert(which < PLACES);
    size_t room = places[which].is_socket ? SOCKET_PLACE_MAX + 1 : PLACE_MAX;
    const char *slash = root[0] != '\0' && root[strlen(root) - 1] == '/' ? "" : "/";
    int n = snprintf(out, room, "%s%s%s", root, slash, places[which].below);

    return n < 0 || (size_t)n >= room ? REFUSED : OK;
}
