/* SPDX-License-Identifier: Apache-2.0 */
#include "core/journal/slots.h"

#include "tests/support/check.h"
#include "tests/support/flash_sim.h"

static size_t fill(uint8_t *buf, uint32_t id)
{
    size_t len = id * 37 % (SLOTS_MAX + 1);
    for (size_t i = 0; i < len; i++)
        buf[i] = (uint8_t)(id + i * 3);
    return len;
}

static bool holds(const struct slots *s, uint32_t id)
{
    uint8_t want[SLOTS_MAX];
    uint8_t got[SLOTS_MAX];
    size_t len;

    return slots_read(s, ROOM_OF(got), &len) == OK && len == fill(want, id)
        && memcmp(got, want, len) == 0;
}

static enum status put(struct slots *s, uint32_t id)
{
    uint8_t buf[SLOTS_MAX];
    return slots_write(s, (struct bytes){buf, fill(buf, id)});
}

static void test_nothing_written_reads_as_again(void)
{
    static struct flash_sim sim;
    struct slots s;
    uint8_t got[SLOTS_MAX];
    size_t len;

    flash_sim_init(&sim, 4, 1);
    CHECK(slots_open(&s, &sim.port, 1) == OK);
    CHECK(slots_read(&s, ROOM_OF(got), &len) == AGAIN);
}

static void test_the_last_content_is_read_now_and_after_a_restart(void)
{
    static struct flash_sim sim;
    struct slots s;

    flash_sim_init(&sim, 4, 1);
    CHECK(slots_open(&s, &sim.port, 1) == OK);
    for (uint32_t id = 0; id < 60; id++) {
        CHECK(put(&s, id) == OK);
        CHECK(holds(&s, id));
        flash_sim_power_cycle(&sim, id);
        CHECK(slots_open(&s, &sim.port, 1) == OK);
        CHECK(holds(&s, id));
    }
    CHECK(sim.faults == 0);
}

static void test_one_rotten_sector_never_reads_as_empty_and_two_as_damaged(void)
{
    static struct flash_sim sim;
    struct slots s;
    uint8_t got[SLOTS_MAX];
    size_t len;

    flash_sim_init(&sim, 4, 1);
    CHECK(slots_open(&s, &sim.port, 2) == OK);
    CHECK(put(&s, 9) == OK);
    for (uint32_t sector = 2; sector < 4; sector++) {
        static struct flash_sim rotten;
        flash_sim_copy(&rotten, &sim);
        flash_sim_rot(&rotten, sector * SIM_SECTOR + 40, sector);
        CHECK(slots_open(&s, &rotten.port, 2) == OK);
        CHECK(holds(&s, 9));
        CHECK(put(&s, 10) == OK && holds(&s, 10));
    }
    flash_sim_rot(&sim, 2 * SIM_SECTOR + 3, 1);
    flash_sim_rot(&sim, 3 * SIM_SECTOR + 33, 1);
    CHECK(slots_open(&s, &sim.port, 2) == OK);
    CHECK(slots_read(&s, ROOM_OF(got), &len) == DAMAGED);
    CHECK(put(&s, 11) == OK && holds(&s, 11));
    CHECK(sim.faults == 0);
}

static void test_a_flash_error_breaks_it_until_it_is_opened_anew(void)
{
    for (long n = 0; n < 2; n++) {
        static struct flash_sim sim;
        struct slots s;

        flash_sim_init(&sim, 2, 1);
        CHECK(slots_open(&s, &sim.port, 0) == OK);
        CHECK(put(&s, 5) == OK);
        flash_sim_fail_sync(&sim, n);
        CHECK(put(&s, 6) == BROKEN);
        flash_sim_restart(&sim);
        CHECK(put(&s, 7) == BROKEN);
        flash_sim_power_cycle_form(&sim, 0);
        CHECK(slots_open(&s, &sim.port, 0) == OK);
        CHECK(holds(&s, 5));
    }
}

static void test_too_small_a_room_is_said(void)
{
    static struct flash_sim sim;
    struct slots s;
    uint8_t got[36];
    size_t len;

    flash_sim_init(&sim, 2, 1);
    CHECK(slots_open(&s, &sim.port, 0) == OK);
    CHECK(put(&s, 1) == OK); /* 37 bytes */
    CHECK(slots_read(&s, ROOM_OF(got), &len) == FULL);
}

MAIN(TEST(test_nothing_written_reads_as_again),
    TEST(test_the_last_content_is_read_now_and_after_a_restart),
    TEST(test_one_rotten_sector_never_reads_as_empty_and_two_as_damaged),
    TEST(test_a_flash_error_breaks_it_until_it_is_opened_anew),
    TEST(test_too_small_a_room_is_said))
