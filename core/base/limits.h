/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Limits: every bound of the product in one place.
 *
 * The documents' table and the edge tests are made from this file: a limit that is not
 * here is not a limit of the product. Sizes are bytes, counts are things.
 */
#pragma once

enum {
    LIMIT_ENVELOPE = 16384,    /* one sealed batch or answer, whole COSE_Encrypt0 */
    LIMIT_BATCH = 15360,       /* one batch before sealing */
    LIMIT_ANSWER = 4608,       /* one answer before sealing */
    LIMIT_BATCH_RECORDS = 600, /* records in a batch */
    LIMIT_BATCH_EVENTS = 32,   /* events in a batch */
    LIMIT_BATCH_MS = 60000,    /* a batch is closed at this age */
    LIMIT_ANSWER_OUTCOMES = 8, /* outcomes in one answer */
    LIMIT_CBOR_DEPTH = 4,
    LIMIT_ENROL_TPM = 8192,       /* enrolment of a device with a TPM, whole */
    LIMIT_ENDORSEMENT = 2048,     /* one certificate of or above an endorsement key */
    LIMIT_BETWEEN = 3,            /* certificates between that and its maker's root */
    LIMIT_TPM_STRUCTURE = 256,    /* one structure that a TPM wrote */
    LIMIT_ATTEST_MS = 60000,      /* the nonce of a quote is good this long */
    LIMIT_PIN_SET = 1920,         /* one signed set of authorities, whole COSE_Sign1 */
    LIMIT_TICKET = 256,           /* one signed service ticket, whole COSE_Sign1 */
    LIMIT_TICKET_S = 28800,       /* a service ticket is good for 8 h at most */
    LIMIT_SERVICE_LOG = 5120,     /* one log before sealing */
    LIMIT_SERVICE_LOGS = 96,      /* logs that one ticket may send */
    LIMIT_LOG_LINES = 32,         /* lines in one log */
    LIMIT_LOG_CHECKS = 16,        /* self-test results in one log */
    LIMIT_LOG_FIGURES = 16,       /* figures in one log */
    LIMIT_DEVICE_LOGS = 256,      /* logs that store keeps for one device */
    LIMIT_DEVICE_CERT_DAYS = 730, /* a device's certificate */
    LIMIT_RENEW_DAYS = 180, /* a device is asked for new keys when its own are older */
    LIMIT_CERT = 1024,      /* one DER certificate that keys builds */
    LIMIT_HTTP_HEAD = 4096, /* request line and header fields together */
    LIMIT_HTTP_FIELDS = 32,
    LIMIT_HANDSHAKES = 256, /* unfinished handshakes of one gate process */
    LIMIT_HANDSHAKE_MS = 10000,
    LIMIT_CONNECTIONS = 10240, /* open connections of one gate process */
    LIMIT_CONNECTION_FAILURES = 3,
    LIMIT_DEVICE_RATE = 500, /* batches that one device may send in a second */
    LIMIT_TALK_BODY = 24576, /* one message between our own processes */
    LIMIT_LOG_LINE = 1024,
    LIMIT_CONF_FILE = 65536, /* configuration, bundle */
    LIMIT_CONF_LINE = 4096,
    LIMIT_NONCE_MS = 60000,    /* a transmission's nonce is good this long */
    LIMIT_TIME_TRIP_MS = 2000, /* server time is used only within this round trip */
    LIMIT_SYNC_AGE_MS = 90000, /* SYNCHRONISED needs a newer answer than this */
    LIMIT_SET_ASIDE_RUN = 20,  /* set aside in a row: stop the sending */
    LIMIT_EPOCH_KEYS = 8,      /* epoch keys that store caches for one device */
    LIMIT_QUARANTINE_COPIES = 16,
    LIMIT_QUARANTINE_BYTES = 262144,
    LIMIT_GROUP_COMMIT_MS = 20,
    LIMIT_RETRY_AFTER_MIN_S = 1,
    LIMIT_RETRY_AFTER_MAX_S = 3600,
    LIMIT_BACKOFF_MIN_MS = 2000,
    LIMIT_BACKOFF_MAX_MS = 900000,
    LIMIT_CSV_LINE = 256,
    LIMIT_CSV_FILE = 67108864,
    LIMIT_PASSWORD = 128,
    LIMIT_RELEASE = 320,             /* one signed statement of a release */
    LIMIT_UPDATE_BUNDLE = 268435456, /* one update bundle */
    LIMIT_PIECE = 16384,             /* one piece of a bundle that the cloud carries */
    LIMIT_PIECES = 16384,            /* of one bundle */
    LIMIT_PIECE_RATE = 200,          /* pieces that store hands out in a second */
    LIMIT_DEVICE_PIECE_RATE = 50,    /* of them to one device */
    LIMIT_CLASSES = 16,              /* of devices, that one cloud has releases for */
    LIMIT_WITHDRAWN_MS =
        120000, /* no other offer so long after one was withdrawn: two long batches */
    LIMIT_BUNDLE_IDLE_MS = 60000, /* without a piece; then another add may begin */
    LIMIT_FETCHES =
        3, /* times that one offer's bundle is fetched if its digest is wrong */
    LIMIT_UPDATE_SIGNATURE = 8192, /* the release key's CMS at the end of a bundle */
    LIMIT_UPDATE_TRIES = 3, /* a release that came to nothing is not tried more often */
};
