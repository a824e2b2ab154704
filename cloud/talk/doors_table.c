/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/talk/doors.h"

#include <assert.h>

enum {
    TOKEN = 32,
    TEXT_MIN = 1 + 1,
    LABEL_MAX = 1 + DOOR_LABEL,
    NAME_MAX_LEN = 1 + DOOR_NAME,
    SIGN_IN_MAX = NAME_MAX_LEN + 1 + LIMIT_PASSWORD,
    INGEST_HEAD = 4 + DEVICE_ID_LEN + DEVICE_ID_LEN + 16 + 8,
    ATTEST_HEAD = 4 + DEVICE_ID_LEN + DEVICE_ID_LEN + 8 + 32,
    ATTEST_KEY = 1 + ATTEST_NAME_LEN + P256_PUBLIC_LEN,
    DEVICE_FIXED = 16 + 1 + 3 + 3 + 1 + 2 + 1 + 8 + 1 + 8 + 8 + 8 + 1 + 1 + 1,
    LIST_HEAD = 1 + 8 + 2 + 1,
    POINT = 8 + 4 * 3 + 1,
    GAP = 8 + 8 + 4,
    SPAN = TOKEN + DEVICE_ID_LEN + 8 + 8,
    CLASS_ENDED = 1 + 2 + 8 + DEVICE_ID_LEN + 8 + 8,
};

static_assert((int)LIMIT_PIECE <= (int)LIMIT_ENVELOPE, "an answer carries a piece");
static_assert(INGEST_HEAD + LIMIT_ENVELOPE <= LIMIT_TALK_BODY, "an ingest fits");
static_assert(LIST_HEAD + DOOR_PAGE * (DEVICE_FIXED + LABEL_MAX) <= LIMIT_TALK_BODY,
    "a page fits");
static_assert(3 + DOOR_POINTS * POINT <= LIMIT_TALK_BODY, "a trend fits");

/* clang-format off */
static const struct talk_door store_from_gate[] = {
    {DOOR_INGEST,     INGEST_HEAD + 1, INGEST_HEAD + LIMIT_ENVELOPE, "ingest"    },
    {DOOR_GATE_EVENT, 27,              27,                           "gate_event"},
    {DOOR_ADMIT,      20,              20,                           "admit"     },
    {DOOR_PIECE,      56,              56,                           "piece"     },
    {DOOR_ATTEST,     ATTEST_HEAD,     ATTEST_HEAD + ATTEST_QUOTE_MAX, "attest"  },
};
static const struct talk_door gate_from_store[] = {
    {DOOR_INGESTED,     8,  8 + LIMIT_ENVELOPE, "ingested"    },
    {DOOR_ADMITTED,     5,  5,                  "admitted"    },
    {DOOR_CLOSE_DEVICE, 16, 16,                 "close_device"},
    {DOOR_PIECE_GIVEN,  8,  8 + LIMIT_PIECE,    "piece_given" },
    {DOOR_ATTESTED,     6,  6 + ATTEST_ASK_LEN, "attested"    },
};
static const struct talk_door keys_from_store[] = {
    {DOOR_EPOCH_KEY,   KID_LEN + EPOCH_LEN, KID_LEN + EPOCH_LEN, "epoch_key"  },
    {DOOR_DOWN_KEY,    KID_LEN,             KID_LEN,             "down_key"   },
    {DOOR_TOMBSTONE,   DEVICE_ID_LEN,       DEVICE_ID_LEN,       "tombstone"  },
    {DOOR_FIRST_BATCH, KID_LEN,             KID_LEN,             "first_batch"},
    {DOOR_RENEW,       ENROL_M1_LEN,        ENROL_M1_LEN,        "renew"      },
    {DOOR_ATTEST_KEY,  KID_LEN,             KID_LEN,             "attest_key" },
};
static const struct talk_door store_from_keys[] = {
    {DOOR_KEY,      33, 33,                "key"     },
    {DOOR_DONE,     1,  1,                 "done"    },
    {DOOR_ENROLLED, 1,  1 + ENROL_M2_MAX,  "enrolled"},
    {DOOR_ATTEST_KEY_IS, ATTEST_KEY, ATTEST_KEY, "attest_key_is"},
    {DOOR_ENROL_SAID, 20, 20,              "enrol_said"},
};
static const struct talk_door keys_from_enrol[] = {
    {DOOR_ENROL,      ENROL_M1_LEN, LIMIT_ENROL_TPM, "enrol"     },
    {DOOR_ENROL_OPEN, 0,            0,               "enrol_open"},
};
static const struct talk_door enrol_from_keys[] = {
    {DOOR_ENROLLED, 1, 1 + ENROL_M2_MAX, "enrolled"},
    {DOOR_DONE,     1, 1,                "done"    },
};
static const struct talk_door keys_from_admin[] = {
    {DOOR_INVITE,     KID_LEN + 8, KID_LEN + 8, "invite"    },
    {DOOR_ENROL_OPEN, 0,           0,           "enrol_open"},
};
static const struct talk_door admin_from_keys[] = {
    {DOOR_INVITED, 65, 65, "invited"},
    {DOOR_DONE,    1,  1,  "done"   },
};
static const struct talk_door store_from_view[] = {
    {DOOR_SIGN_IN,  2 * TEXT_MIN, SIGN_IN_MAX, "sign_in" },
    {DOOR_SIGN_OUT, TOKEN,        TOKEN,       "sign_out"},
    {DOOR_DEVICES,  TOKEN + 4,    TOKEN + 4,   "devices" },
    {DOOR_TREND,    SPAN + 2,     SPAN + 2,    "trend"   },
    {DOOR_GAPS,     SPAN,         SPAN,        "gaps"    },
};
static const struct talk_door view_from_store[] = {
    {DOOR_SIGNED_IN,    37,        37,                                             "signed_in"   },
    {DOOR_DONE,         1,         1,                                              "done"        },
    {DOOR_DEVICE_LIST,  LIST_HEAD, LIST_HEAD + DOOR_PAGE * (DEVICE_FIXED + LABEL_MAX), "device_list" },
    {DOOR_TREND_POINTS, 3,         3 + DOOR_POINTS * POINT,                        "trend_points"},
    {DOOR_GAP_LIST,     3,         3 + DOOR_GAP_COUNT * GAP,                       "gap_list"    },
};
static const struct talk_door store_from_admin[] = {
    {DOOR_DEVICE_NEW,    TEXT_MIN,          LABEL_MAX,              "device_new"   },
    {DOOR_DEVICE_REVOKE, DEVICE_ID_LEN,     DEVICE_ID_LEN,          "device_revoke"},
    {DOOR_DEVICE_DROP,   DEVICE_ID_LEN,     DEVICE_ID_LEN,          "device_drop"  },
    {DOOR_DEVICE_END,    DEVICE_ID_LEN,     DEVICE_ID_LEN,          "device_end"   },
    {DOOR_RECEIPT,       DEVICE_ID_LEN,     DEVICE_ID_LEN,          "receipt"      },
    {DOOR_PINS_PUBLISH,  1,                 LIMIT_PIN_SET,          "pins_publish" },
    {DOOR_PINS,          0,                 0,                      "pins"         },
    {DOOR_DEVICE_RENEW,  DEVICE_ID_LEN,     DEVICE_ID_LEN,          "device_renew" },
    {DOOR_DEVICE_CLEAR,  DEVICE_ID_LEN,     DEVICE_ID_LEN,          "device_clear" },
    {DOOR_USER_ADD,      2 * TEXT_MIN,      SIGN_IN_MAX,            "user_add"     },
    {DOOR_USER_REMOVE,   TEXT_MIN,          NAME_MAX_LEN,           "user_remove"  },
    {DOOR_LIST_USERS,    8,                 8,                      "list_users"   },
    {DOOR_STATUS,        0,                 0,                      "status"       },
    {DOOR_LIST_DEVICES,  8,                 8,                      "list_devices" },
    {DOOR_LIST_BATCHES,  8 + DEVICE_ID_LEN, 8 + DEVICE_ID_LEN,      "list_batches" },
    {DOOR_LIST_EVENTS,   8,                 8,                      "list_events"  },
    {DOOR_LIST_LOGS,     8 + DEVICE_ID_LEN, 8 + DEVICE_ID_LEN,      "list_logs"    },
    {DOOR_CONTENT,       DEVICE_ID_LEN,     DEVICE_ID_LEN,          "content"      },
    {DOOR_RELEASE_ADD,   1,                 LIMIT_RELEASE,          "release_add"  },
    {DOOR_RELEASE_ROLL,  10,                10,                     "release_roll" },
    {DOOR_CLASS_END,     TEXT_MIN,          1 + WORD_MAX,           "class_end"    },
    {DOOR_TICKET_SEND,   1,                 LIMIT_TICKET,           "ticket_send"  },
    {DOOR_BUNDLE_PUT,    5,                 4 + LIMIT_PIECE,        "bundle_put"   },
    {DOOR_BUNDLE_KEEP,   1,                 LIMIT_RELEASE,          "bundle_keep"  },
    {DOOR_LIST_RELEASES, 8,                 8,                      "list_releases"},
    {DOOR_LIST_OFFERS,   8,                 8,                      "list_offers"  },
    {DOOR_CONFIG_SET,    17 + 2 * TEXT_MIN, 17 + 2 * LABEL_MAX,     "config_set"   },
};
static const struct talk_door admin_from_store[] = {
    {DOOR_DEVICE_MADE, 1 + KID_LEN, 1 + KID_LEN,     "device_made"},
    {DOOR_DONE,        1,           1,               "done"       },
    {DOOR_TEXT,        9,           LIMIT_TALK_BODY, "text"       },
    {DOOR_PINS_ARE,    0,           LIMIT_PIN_SET,   "pins_are"   },
    {DOOR_CLASS_ENDED, CLASS_ENDED, CLASS_ENDED,     "class_ended"},
};

#define TABLE(end, doors) [end] = {doors, sizeof doors / sizeof doors[0]}
static const struct {
    const struct talk_door *doors;
    size_t count;
} tables[DOOR_ENDS] = {
    TABLE(STORE_FROM_GATE, store_from_gate),   TABLE(GATE_FROM_STORE, gate_from_store),
    TABLE(KEYS_FROM_STORE, keys_from_store),   TABLE(STORE_FROM_KEYS, store_from_keys),
    TABLE(KEYS_FROM_ENROL, keys_from_enrol),   TABLE(ENROL_FROM_KEYS, enrol_from_keys),
    TABLE(KEYS_FROM_ADMIN, keys_from_admin),   TABLE(ADMIN_FROM_KEYS, admin_from_keys),
    TABLE(STORE_FROM_VIEW, store_from_view),   TABLE(VIEW_FROM_STORE, view_from_store),
    TABLE(STORE_FROM_ADMIN, store_from_admin), TABLE(ADMIN_FROM_STORE, admin_from_store),
};
/* clang-format on */

const struct talk_door *doors_heard(enum door_end end, size_t *count)
{
    assert(end < DOOR_ENDS);
    *count = tables[end].count;
    return tables[end].doors;
}
