/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/bundle_table.h"

#include <stddef.h>

#define AT(field) offsetof(struct bundle_text, field)

/* clang-format off */
const struct conf_key bundle_keys[BUNDLE_KEYS] = {
    {"", "address", CONF_TEXT, 1, 255, NULL, "host or IP address of the cloud", AT(address)},
    {"", "port", CONF_INT, 1, 65535, NULL, "port that devices send to", AT(port)},
    {"", "enrol_port", CONF_INT, 1, 65535, NULL, "port for the enrolment", AT(enrol_port)},
    {"", "name", CONF_TEXT, 1, 255, NULL, "name in the cloud's certificate", AT(name)},
    {"", "ca_active", CONF_BASE64, 1, LIMIT_CERT, NULL, "the cloud's certificate authority (DER)", AT(ca_active)},
    {"", "ca_backup", CONF_BASE64, 1, LIMIT_CERT, NULL, "its backup (DER)", AT(ca_backup)},
    {"", "s", CONF_HEX, 32, 32, NULL, "the cloud's X25519 public key", AT(s)},
    {"", "service", CONF_HEX, 32, 32, NULL, "the Ed25519 public key of service tickets", AT(service)},
    {"", "pins", CONF_HEX, 32, 32, NULL, "the Ed25519 public key of pin sets", AT(pins)},
    {"", "device", CONF_TEXT, 36, 36, NULL, "device id, a UUID in lower case", AT(device)},
    {"", "generation", CONF_INT, 1, UINT32_MAX, NULL, "generation of the keys", AT(generation)},
    {"", "expires_utc_s", CONF_INT, 1, 253402300799, NULL, "end of the invitation, seconds since 1970", AT(expires_utc_s)},
    {"", "secret", CONF_HEX, 32, 32, NULL, "the invitation's secret: keep this file to yourself", AT(secret)},
};
/* clang-format on */
