/* SPDX-License-Identifier: Apache-2.0 */
#include "core/service/rules.h"

enum status service_somebody_here(const struct presence *p)
{
    return p->here(p->board);
}
