/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/cost.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_number(const char *s)
{
    return *s && strspn(s, "0123456789") == strlen(s);
}

static enum status one(const char *pid, uint64_t *ns)
{
    char path[64];
    unsigned long long ran = 0;
    struct dirent *e;

    snprintf(path, sizeof path, "/proc/%.16s/task", pid);
    DIR *tasks = opendir(path);
    if (!tasks)
        return BROKEN;
    while ((e = readdir(tasks)) != NULL) {
        if (!is_number(e->d_name))
            continue;
        snprintf(path, sizeof path, "/proc/%.16s/task/%.16s/schedstat", pid, e->d_name);
        FILE *f = fopen(path, "r");
        if (f && fscanf(f, "%llu", &ran) == 1)
            *ns += ran;
        if (f)
            fclose(f);
    }
    closedir(tasks);
    return ran ? OK : BROKEN;
}

static int parent_of(const char *pid)
{
    char path[64], line[512];
    int parent = -1;

    snprintf(path, sizeof path, "/proc/%.16s/stat", pid);
    FILE *f = fopen(path, "r");
    if (!f)
        return -1;
    char *name_end = fgets(line, sizeof line, f) ? strrchr(line, ')') : NULL;
    if (!name_end || sscanf(name_end + 1, " %*c %d", &parent) != 1)
        parent = -1;
    fclose(f);
    return parent;
}

static enum status children(pid_t pid, uint64_t *ns)
{
    DIR *all = opendir("/proc");
    struct dirent *e;
    enum status s = all ? OK : BROKEN;

    while (all && s == OK && (e = readdir(all)) != NULL)
        if (is_number(e->d_name) && parent_of(e->d_name) == pid)
            s = one(e->d_name, ns);
    if (all)
        closedir(all);
    return s;
}

enum status cpu_ns(pid_t pid, bool deep, uint64_t *ns)
{
    char text[16];

    *ns = 0;
    snprintf(text, sizeof text, "%d", (int)pid);
    TRY(one(text, ns));
    return deep ? children(pid, ns) : OK;
}
