/* SPDX-License-Identifier: Apache-2.0 */
/* A break: this control taken away, for script/prove-controls alone. Never built into a product. */
#include "core/service/rules.h"

bool service_signed_by(const struct crypto *crypto, const struct ed25519_public *key,
    const struct signed_ticket *t)
{
    (void)crypto, (void)key, (void)t;
    return true;
}
