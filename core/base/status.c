/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/status.h"

const char *status_name(enum status s)
{
    switch (s) {
    case OK: return "ok";
    case AGAIN: return "again";
    case FULL: return "full";
    case MALFORMED: return "malformed";
    case REFUSED: return "refused";
    case DAMAGED: return "damaged";
    case BROKEN: return "broken";
    }
    return "unknown";
}
