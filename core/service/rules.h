/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules: what a service ticket has to satisfy, one function for each, each a control of its own.
 *
 * Not here: their order and what is said of a refusal (service.c), replay (core/outbox).
 */
#pragma once

#include "core/base/reason.h"
#include "core/port/presence.h"
#include "wire/ticket.h"

/* Signed by this very key. A key of zeros is none. Control: ticket signature. */
bool service_signed_by(const struct crypto *crypto, const struct ed25519_public *key,
    const struct signed_ticket *ticket);
/* Control: ticket device. */
bool service_for_device(const struct ticket *ticket, const struct device_id *device);
/* Control: ticket length. */
bool service_short_enough(const struct ticket *ticket);
/* REASON_SERVICE_ASKED: now is within its time. Control: ticket time. */
enum reason service_in_time(const struct ticket *ticket, uint64_t utc_ms);
/* As presence->here(). Control: presence. */
enum status service_somebody_here(const struct presence *presence);
