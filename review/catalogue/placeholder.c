/* SPDX-License-Identifier: Apache-2.0 */
#include "review/catalogue/placeholder.h"

/* clang-format off */
const struct placeholder placeholders[] = {
    {"actions",          "what was decided in a review",                      false},
    {"build",            "id of a build",                                     false},
    {"closed_date",      "day on which the last finding was closed",          false},
    {"contact",          "where reports arrive",                              false},
    {"count",            "how many identifiers are meant",                    true},
    {"critical_days",    "time limit for critical issues",                    false},
    {"date",             "day of the newest evidence",                        true},
    {"document",         "path or id of the document with most passages",     true},
    {"documents",        "all documents with a counted passage",              true},
    {"due_date",         "day by which open points are closed",               false},
    {"end",              "last day of a test",                                false},
    {"findings",         "findings of a review",                              false},
    {"high_days",        "time limit for issues of high severity",            false},
    {"ids",              "identifiers that the counted passages name",        true},
    {"ifu",              "the instructions for use",                          false},
    {"ifu_section",      "their section",                                     false},
    {"interfaces",       "interfaces that were tested",                       false},
    {"interval",         "how often something is done",                       false},
    {"key_procedure",    "procedure for signing keys",                        false},
    {"level",            "degree of independence",                            false},
    {"linked",           "how many of the identifiers have all their links",  true},
    {"manufacturer",     "the maker",                                         false},
    {"mechanism",        "how integrity is checked",                          false},
    {"method",           "method of scoring",                                 false},
    {"next_date",        "day of the next review",                            false},
    {"open",             "how many are open",                                 true},
    {"open_constraints", "constraints that are not shown",                    true},
    {"owner",            "who answers for the open points",                   false},
    {"participants",     "who took part in a review",                         false},
    {"passed",           "how many have a passed, fresh result",              true},
    {"product",          "name of the product",                               true},
    {"record",           "a record that shows it was done",                   false},
    {"report",           "a report",                                          false},
    {"review_date",      "day of the last review",                            false},
    {"review_record",    "record of a review",                                false},
    {"revision",         "revision of a design",                              false},
    {"risk_file",        "the risk management file",                          false},
    {"scan_date",        "day of the data that a scan used",                  false},
    {"section",          "headings above the counted passages",               true},
    {"sources",          "sources that are watched",                          false},
    {"start",            "first day of a test",                               false},
    {"supplier",         "the supplier",                                      false},
    {"tailoring_record", "record of tailoring decisions",                     false},
    {"test_report",      "documents with the results",                        true},
    {"tester",           "who tested",                                        false},
    {"threat_model",     "the threat model",                                  false},
    {"tool",             "configuration of a tool",                           false},
    {"tools",            "tools that were used",                              false},
    {"total",            "how many there are",                                true},
    {"version",          "version of the product or document",                true},
    {"vulnerability",    "id of a weakness",                                  false},
};
/* clang-format on */
const size_t placeholder_count = sizeof placeholders / sizeof placeholders[0];

const struct placeholder *placeholder_find(struct bytes name)
{
    for (size_t i = 0; i < placeholder_count; i++)
        if (text_same(name, text_of(placeholders[i].name)))
            return &placeholders[i];
    return NULL;
}

bool placeholder_next(struct bytes *rest, struct bytes *name)
{
    size_t open = text_find(*rest, TEXT("{"));
    if (open == rest->len)
        return false;
    struct bytes behind = text_from(*rest, open + 1);
    size_t close = text_find(behind, TEXT("}"));
    *name = text_upto(behind, close);
    *rest = text_from(behind, close + 1);
    return true;
}
