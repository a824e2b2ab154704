/* SPDX-License-Identifier: Apache-2.0 */
#include "core/update/machine.h"

#include <assert.h>
#include <stddef.h>

/* clang-format off */
static const struct row {
    enum update_state when;
    enum update_event on;
    enum update_state next;
    enum update_action act;
} rows[] = {
    {UPDATE_IDLE,      UPDATE_ON_OFFER,     UPDATE_OFFERED,   UPDATE_DO_CHECK  },
    {UPDATE_IDLE,      UPDATE_ON_NEW,       UPDATE_IDLE,      UPDATE_DO_ADOPT  },
    {UPDATE_OFFERED,   UPDATE_ON_GOOD,      UPDATE_CHECKED,   UPDATE_DO_SHUT   },
    {UPDATE_OFFERED,   UPDATE_ON_BAD,       UPDATE_REFUSED,   UPDATE_DO_NOTHING},
    {UPDATE_OFFERED,   UPDATE_ON_WITHDRAWN, UPDATE_IDLE,      UPDATE_DO_NOTHING},
    {UPDATE_OFFERED,   UPDATE_ON_OLD,       UPDATE_OFFERED,   UPDATE_DO_CHECK  },
    {UPDATE_OFFERED,   UPDATE_ON_NEW,       UPDATE_IDLE,      UPDATE_DO_ADOPT  },
    {UPDATE_CHECKED,   UPDATE_ON_GOOD,      UPDATE_WRITING,   UPDATE_DO_WRITE  },
    {UPDATE_CHECKED,   UPDATE_ON_BAD,       UPDATE_REFUSED,   UPDATE_DO_NOTHING},
    {UPDATE_CHECKED,   UPDATE_ON_WITHDRAWN, UPDATE_IDLE,      UPDATE_DO_NOTHING},
    {UPDATE_CHECKED,   UPDATE_ON_OLD,       UPDATE_OFFERED,   UPDATE_DO_CHECK  },
    {UPDATE_CHECKED,   UPDATE_ON_NEW,       UPDATE_IDLE,      UPDATE_DO_ADOPT  },
    {UPDATE_WRITING,   UPDATE_ON_GOOD,      UPDATE_WRITTEN,   UPDATE_DO_NOTHING},
    {UPDATE_WRITING,   UPDATE_ON_BAD,       UPDATE_REFUSED,   UPDATE_DO_NOTHING},
    {UPDATE_WRITING,   UPDATE_ON_WITHDRAWN, UPDATE_IDLE,      UPDATE_DO_NOTHING},
    {UPDATE_WRITING,   UPDATE_ON_OLD,       UPDATE_OFFERED,   UPDATE_DO_CHECK  },
    {UPDATE_WRITING,   UPDATE_ON_NEW,       UPDATE_IDLE,      UPDATE_DO_ADOPT  },
    {UPDATE_WRITTEN,   UPDATE_ON_QUIET,     UPDATE_TRIAL,     UPDATE_DO_TRY    },
    {UPDATE_WRITTEN,   UPDATE_ON_WITHDRAWN, UPDATE_IDLE,      UPDATE_DO_NOTHING},
    {UPDATE_WRITTEN,   UPDATE_ON_OLD,       UPDATE_WRITTEN,   UPDATE_DO_NOTHING},
    {UPDATE_WRITTEN,   UPDATE_ON_NEW,       UPDATE_IDLE,      UPDATE_DO_ADOPT  },
    {UPDATE_TRIAL,     UPDATE_ON_BAD,       UPDATE_REVERTED,  UPDATE_DO_RETURN },
    {UPDATE_TRIAL,     UPDATE_ON_HEALTH,    UPDATE_HEALTHY,   UPDATE_DO_OPEN   },
    {UPDATE_TRIAL,     UPDATE_ON_LATE,      UPDATE_TRIAL,     UPDATE_DO_RESTART},
    {UPDATE_TRIAL,     UPDATE_ON_OLD,       UPDATE_REVERTED,  UPDATE_DO_SHUT   },
    {UPDATE_TRIAL,     UPDATE_ON_NEW,       UPDATE_TRIAL,     UPDATE_DO_WATCH  },
    {UPDATE_TRIAL,     UPDATE_ON_SPENT,     UPDATE_REVERTED,  UPDATE_DO_RETURN },
    {UPDATE_HEALTHY,   UPDATE_ON_GOOD,      UPDATE_RAISING,   UPDATE_DO_RAISE  },
    {UPDATE_HEALTHY,   UPDATE_ON_OLD,       UPDATE_REVERTED,  UPDATE_DO_SHUT   },
    {UPDATE_HEALTHY,   UPDATE_ON_NEW,       UPDATE_HEALTHY,   UPDATE_DO_OPEN   },
    {UPDATE_RAISING,   UPDATE_ON_GOOD,      UPDATE_CONFIRMED, UPDATE_DO_NOTHING},
    {UPDATE_RAISING,   UPDATE_ON_OLD,       UPDATE_REVERTED,  UPDATE_DO_SHUT   },
    {UPDATE_RAISING,   UPDATE_ON_NEW,       UPDATE_RAISING,   UPDATE_DO_RAISE  },
    {UPDATE_CONFIRMED, UPDATE_ON_OFFER,     UPDATE_OFFERED,   UPDATE_DO_CHECK  },
    {UPDATE_CONFIRMED, UPDATE_ON_NEW,       UPDATE_IDLE,      UPDATE_DO_ADOPT  },
    {UPDATE_REVERTED,  UPDATE_ON_OFFER,     UPDATE_OFFERED,   UPDATE_DO_CHECK  },
    {UPDATE_REVERTED,  UPDATE_ON_OLD,       UPDATE_REVERTED,  UPDATE_DO_SHUT   },
    {UPDATE_REVERTED,  UPDATE_ON_NEW,       UPDATE_REVERTED,  UPDATE_DO_RETURN },
    {UPDATE_REFUSED,   UPDATE_ON_OFFER,     UPDATE_OFFERED,   UPDATE_DO_CHECK  },
    {UPDATE_REFUSED,   UPDATE_ON_NEW,       UPDATE_IDLE,      UPDATE_DO_ADOPT  },
};

static const char *const names[UPDATE_STATES] = {
    "idle", "offered", "checked", "writing", "written", "trial", "healthy", "raising",
    "confirmed", "reverted", "refused",
};
/* clang-format on */

bool update_step(
    enum update_state *state, enum update_event on, enum update_action *act)
{
    assert(*state < UPDATE_STATES && on < UPDATE_EVENTS);
    *act = UPDATE_DO_NOTHING;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].when == *state && rows[i].on == on) {
            *state = rows[i].next;
            *act = rows[i].act;
            return true;
        }
    return false;
}

const char *update_state_name(enum update_state state)
{
    assert(state < UPDATE_STATES);
    return names[state];
}

bool update_busy(enum update_state state)
{
    return state >= UPDATE_OFFERED && state <= UPDATE_RAISING;
}
