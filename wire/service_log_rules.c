/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/service_log.h"

#include "core/base/utf8.h"

#include <string.h>

static const uint64_t ms_max = (UINT64_C(1) << 53) - 1;

bool log_word_holds(const char word[WORD_MAX + 1])
{
    size_t len = strnlen(word, WORD_MAX + 1);

    if (len < 1 || len > WORD_MAX)
        return false;
    for (size_t i = 0; i < len; i++) {
        char c = word[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.'
            || c == '_' || c == '-';
        if (!plain)
            return false;
    }
    return true;
}

static bool line_holds(const struct log_line *l)
{
    return l->level <= 3 && log_word_holds(l->code)
        && (l->detail[0] == '\0' || log_word_holds(l->detail)) && l->number <= ms_max
        && (l->has_number || l->number == 0) && l->count >= 1
        && l->first_ms <= l->last_ms && l->last_ms <= ms_max;
}

static bool holder_holds(const char holder[HOLDER_MAX + 1])
{
    size_t len = strnlen(holder, HOLDER_MAX + 1);
    return len >= 1 && len <= HOLDER_MAX
        && utf8_printable((struct bytes){(const uint8_t *)holder, len});
}

bool service_log_rules_hold(const struct service_log *g)
{
    bool good = g->mono_ms <= ms_max && g->utc_ms <= ms_max
        && (g->has_utc || g->utc_ms == 0) && holder_holds(g->holder)
        && g->line_count <= LIMIT_LOG_LINES && g->check_count <= LIMIT_LOG_CHECKS
        && g->figure_count <= LIMIT_LOG_FIGURES;

    for (size_t i = 0; good && i < g->line_count; i++)
        good = line_holds(&g->lines[i]);
    for (size_t i = 0; good && i < g->check_count; i++)
        good = log_word_holds(g->checks[i].name);
    for (size_t i = 0; good && i < g->figure_count; i++)
        good = log_word_holds(g->figures[i].name) && g->figures[i].value <= ms_max;
    return good;
}
