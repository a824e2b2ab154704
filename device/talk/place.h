/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Place: where the device keeps and meets things, below --root.
 */
#pragma once

#include "core/base/status.h"

#include <stdbool.h>

enum { PLACE_MAX = 1024, SOCKET_PLACE_MAX = 107 };

enum place {
    PLACE_CONF,      /* etc/holdfast/oximeter.conf */
    PLACE_KEEPER,    /* var/lib/holdfast/keeper, 0700 */
    PLACE_JOURNAL,   /* flash file: two sectors of slots, then the journal */
    PLACE_IDENTITY,  /* the device's long-term keys, sealed by trust */
    PLACE_ENROLMENT, /* an enrolment under way: M1 and the keys to come, sealed */
    PLACE_RENEWAL,   /* the next generation of keys, while it is agreed, sealed */
    PLACE_WRAP,      /* what the two are sealed under, unless a TPM has it */
    PLACE_RECEIPT, /* of a device that has ended: an envelope, sealed under keys that are gone */
    PLACE_COURIER,       /* var/lib/holdfast/courier, 0700 */
    PLACE_AGENT,         /* var/lib/holdfast/agent, 0700 */
    PLACE_TPM_RECORD,    /* what agent knows of its objects in the TPM */
    PLACE_ATTEST_RECORD, /* the same of its attestation key */
    PLACE_CERTIFICATE,   /* courier's, DER */
    PLACE_CLOUD,         /* whom courier may dial: a bundle without its secret */
    PLACE_UPDATER,       /* var/lib/holdfast/updater, 0700 */
    PLACE_UPDATE_RECORD, /* flash file: two sectors of the record, two of the counter */
    PLACE_STATEMENT,     /* put by a person, or of the cloud's */
    PLACE_BUNDLE,        /* that it is about */
    PLACE_RELEASE,       /* etc/holdfast/release: what runs */
    PLACE_RELEASE_CA,    /* authority of the release key, PEM */
    PLACE_SECOND_KEY,    /* that signs statements, PEM */
    PLACE_CMDLINE,       /* proc/cmdline: which slot runs */
    PLACE_RUN,           /* run/holdfast, 0755 */
    PLACE_KEEPER_DOORS,  /* run/holdfast/keeper, 0711 */
    PLACE_COURIER_DOORS, /* run/holdfast/courier, 0711 */
    PLACE_SCREEN_DOORS,  /* run/holdfast/screen, 0711 */
    PLACE_AGENT_DOORS,   /* run/holdfast/agent, 0711 */
    PLACE_TALLY,         /* readings made in this run */
    PLACE_SETTLED,       /* keeper's: which of them are on stable storage */
    PLACE_DOOR_MEASURE,  /* measure -> keeper */
    PLACE_DOOR_COURIER,  /* courier -> keeper */
    PLACE_DOOR_STATUS,   /* people and supervisor -> keeper */
    PLACE_DOOR_UPDATER,  /* updater -> keeper */
    PLACE_DOOR_VIEW,     /* measure -> screen */
    PLACE_DOOR_PIECES,   /* updater -> courier */
    PLACE_DOOR_TLS,      /* courier -> agent */
    PLACE_DOOR_WRAP,     /* keeper -> agent */
    PLACE_DOOR_COUNTER,  /* updater -> agent */
    PLACES
};

/* REFUSED: root is too long (a socket's path has 107 bytes at most). */
MUST_USE enum status place_of(const char *root, enum place which, char out[PLACE_MAX]);
