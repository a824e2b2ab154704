/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Admin: the verbs that ask the running store and keys by their admin sockets.
 */
#pragma once

#include "host/cli.h"

int admin_device_add(const char *root, const char *label, const char *bundle,
    int64_t port, int64_t enrol_port, int64_t hours, bool json);
int admin_device_revoke(const char *root, const char *id);
int admin_device_renew(const char *root, const char *id);
int admin_device_clear(const char *root, const char *id);
int admin_device_end(const char *root, const char *id);
int admin_receipt(const char *root, const char *id, bool json);
int admin_pins_publish(const char *root, const char *path);
int admin_device_configure(const char *root, const char *id, int64_t batch_s,
    const char *ward, const char *zone);
int admin_user_add(
    const char *root, const char *name); /* password: one line of stdin */
int admin_user_remove(const char *root, const char *name);
int admin_status(const char *root, bool json);
/* The ticket rides in the answers to its device until it was used or its time is over. */
int admin_ticket_send(const char *root, const char *path);
/* bundle: NULL, or its file, which store is to keep and hand out. */
int admin_release_add(
    const char *root, const char *path, const char *bundle, bool json);
int admin_release_roll(
    const char *root, const char *release, int64_t percent, bool stopped);
int admin_release_end(const char *root, const char *product, bool json);
/* devices, batches, events, users, releases, offers: one line each, JSON or for people */
int admin_list(const char *root, const char *what, const char *device, bool json);
int admin_content(const char *root, const char *device, bool json);
int admin_routes(bool json);
