/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Statement form: the words between the values of a statement, for who writes and who reads it.
 */
#pragma once

#define FORM_SUBJECTS "{\"_type\":\"https://in-toto.io/Statement/v1\",\n\"subject\":["
#define FORM_ROW      "\n{\"name\":"
#define FORM_NEXT     ","
#define FORM_DIGEST   ",\"digest\":{\"sha256\":"
#define FORM_CHANGED  ",\"annotations\":{\"changed\":"
#define FORM_PREDICATE                                                           \
    "],\n\"predicateType\":\"https://in-toto.io/attestation/test-result/v0.1\"," \
    "\n\"predicate\":{\"result\":"
#define FORM_CONFIGURATION ",\n\"configuration\":["
#define FORM_PASSED        "],\n\"passedTests\":["
#define FORM_WARNED        "],\n\"warnedTests\":["
#define FORM_FAILED        "],\n\"failedTests\":["
#define FORM_OWN           "],\n\"holdfastReview\":{\"form\":"
#define FORM_NUMBER        "1" /* of the form: what is added to it makes it another one */
#define FORM_VERSION       ",\"version\":"
#define FORM_PRODUCT       ",\"product\":"
#define FORM_REVISION      ",\"revision\":"
#define FORM_AS_OF         ",\"asOf\":"
#define FORM_FAIL_ON       ",\"failOn\":"
#define FORM_CLAUSES       ",\"clauses\":"
#define FORM_DOCUMENTS     ",\"documents\":"
#define FORM_INCLUDED      "\"included\""
#define FORM_LEFT_OUT      "\"left out\""
#define FORM_UNREAD        ",\n\"unread\":["
#define FORM_PATH          "\n{\"path\":"
#define FORM_WHY           ",\"why\":"
#define FORM_BYTES         ",\"bytes\":"
#define FORM_VERDICTS      "],\n\"verdicts\":["
#define FORM_OUTCOME       "\n{\"outcome\":"
#define FORM_KIND          ",\"kind\":"
#define FORM_ID            ",\"id\":"
#define FORM_STATE         ",\"state\":"
#define FORM_SUBJECT       ",\"subject\":"
#define FORM_SAYS          ",\"says\":"
#define FORM_PLACE         ",\"place\":"
#define FORM_ROW_END       "}"
#define FORM_END           "]}}}\n"
