/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Link port: the one exchange that the device makes with the cloud.
 */
#pragma once

#include "core/base/bytes.h"
#include "core/base/secret.h"
#include "core/base/status.h"

struct link_reply {
    uint16_t http_status;   /* 0: no HTTP answer came */
    uint32_t retry_after_s; /* 0: not said */
    struct bytes body;      /* sealed answer or rubbish: courier cannot tell */
};

struct link {
    void *board;
    /* Offer one envelope with its nonce. AGAIN: one is under way already. */
    enum status (*offer)(void *board, const struct nonce *nonce, struct bytes envelope);
};
