/* SPDX-License-Identifier: Apache-2.0 */
#include "device/sensor/any.h"

#include <stdio.h>
#include <string.h>

static const char replay_word[] = "replay:";
static const char sim_word[] = "sim:";

static bool begins(const char *text, const char *word)
{
    return strncmp(text, word, strlen(word)) == 0;
}

static enum status open_replay(
    const char *path, struct sensor_any *out, struct conf_error *err)
{
    out->kind = SENSOR_IS_REPLAY;
    out->port = NULL;
    return replay_open(&out->is.replay, path, err);
}

static enum status open_sim(
    const char *scenario, uint64_t seed, struct sensor_any *out, struct conf_error *err)
{
    out->kind = SENSOR_IS_SIM;
    if (sim_open(&out->is.sim, scenario, seed, 0) != OK) {
        *err = (struct conf_error){.what = "unknown scenario"};
        snprintf(err->expected, sizeof err->expected, "%s", sim_names());
        return MALFORMED;
    }
    out->port = sim_port(&out->is.sim);
    return OK;
}

enum status sensor_open(
    const char *spec, uint64_t seed, struct sensor_any *out, struct conf_error *err)
{
    if (begins(spec, replay_word))
        return open_replay(spec + strlen(replay_word), out, err);
    if (begins(spec, sim_word))
        return open_sim(spec + strlen(sim_word), seed, out, err);
    *err = (struct conf_error){.what = "unknown kind of sensor",
        .expected = "replay:FILE.csv or sim:SCENARIO"};
    return MALFORMED;
}

enum status sensor_look(struct sensor_any *any, struct conf_error *err)
{
    switch (any->kind) {
    case SENSOR_IS_REPLAY:
        TRY(replay_look(&any->is.replay, err));
        any->port = replay_port(&any->is.replay);
        return OK;
    case SENSOR_IS_SIM: return OK;
    }
    return BROKEN;
}

void sensor_close(struct sensor_any *any)
{
    switch (any->kind) {
    case SENSOR_IS_REPLAY: replay_close(&any->is.replay); break;
    case SENSOR_IS_SIM: break;
    }
}
