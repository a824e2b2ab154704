/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The simulator is believed by every test that stands on it: that it tears, drops and reorders,
 * and that it catches whoever breaks the contract.
 */
#include "tests/support/flash_sim.h"

#include "tests/support/check.h"

static uint8_t unit[SIM_UNIT] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
static struct flash_sim sim;
static struct flash_sim after;

static enum status program(struct flash_sim *s, uint32_t at, size_t units)
{
    uint8_t buf[8 * SIM_UNIT];

    for (size_t i = 0; i < units * SIM_UNIT; i++)
        buf[i] = unit[i % SIM_UNIT];
    return s->port.program(s->port.board, at, (struct bytes){buf, units * SIM_UNIT});
}

static uint8_t byte_at(struct flash_sim *s, uint32_t at)
{
    uint8_t got = 0;

    CHECK(s->port.read(s->port.board, at, (struct room){&got, 1}) == OK);
    return got;
}

/* What a form leaves: bit u is set if unit u is whole; bit 16 + u if it is neither whole nor
 * blank. */
static uint32_t left_by(size_t form, uint32_t units)
{
    uint32_t seen = 0;

    flash_sim_copy(&after, &sim);
    flash_sim_power_cycle_form(&after, form);
    for (uint32_t u = 0; u < units; u++) {
        size_t same = 0;
        size_t blank = 0;
        for (uint32_t i = 0; i < SIM_UNIT; i++) {
            uint8_t b = byte_at(&after, u * SIM_UNIT + i);
            same += b == unit[i];
            blank += b == 0xff;
        }
        if (same == SIM_UNIT)
            seen |= 1u << u;
        else if (blank != SIM_UNIT)
            seen |= 1u << (16 + u);
    }
    return seen;
}

static bool some_form_leaves(uint32_t want, uint32_t units)
{
    for (size_t form = 0; form < flash_sim_forms(&sim); form++)
        if (left_by(form, units) == want)
            return true;
    return false;
}

static void test_what_was_synced_stays_in_every_form(void)
{
    flash_sim_init(&sim, 2, 1);
    CHECK(program(&sim, 0, 3) == OK && sim.port.sync(sim.port.board) == OK);
    CHECK(program(&sim, 3 * SIM_UNIT, 2) == OK);
    for (size_t form = 0; form < flash_sim_forms(&sim); form++)
        CHECK((left_by(form, 5) & 7) == 7);
    for (uint64_t seed = 0; seed < 100; seed++) {
        flash_sim_copy(&after, &sim);
        flash_sim_power_cycle(&after, seed);
        CHECK(byte_at(&after, 0) == 1 && byte_at(&after, 47) == 16);
    }
}

static void test_the_forms_drop_tear_and_reorder_what_was_not(void)
{
    static const struct {
        const char *what;
        uint32_t left;
    } rows[] = {
        {"nothing", 0},
        {"all", 0x1f},
        {"the first operation", 0x07},
        {"the second without the first", 0x18},
        {"torn after a unit", 0x01},
        {"torn in a unit", 0x20001},
        {"its end without its beginning", 0x06},
        {"torn, and the second whole", 0x19},
        {"torn in a unit, and the second whole", 0x40000 | 0x1b},
    };

    flash_sim_init(&sim, 2, 1);
    CHECK(program(&sim, 0, 3) == OK && program(&sim, 3 * SIM_UNIT, 2) == OK);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        bool there = some_form_leaves(rows[i].left, 5);
        if (!there)
            printf("# no form: %s\n", rows[i].what);
        CHECK(there);
    }
}

static void test_an_erase_may_be_lost_torn_or_come_late(void)
{
    flash_sim_init(&sim, 2, 1);
    CHECK(program(&sim, 0, 1) == OK && program(&sim, SIM_SECTOR / 2, 1) == OK);
    CHECK(sim.port.sync(sim.port.board) == OK);
    CHECK(sim.port.erase(sim.port.board, 0) == OK && program(&sim, 16, 1) == OK);
    bool low = false;
    bool high = false;
    bool late = false;
    bool lost = false;
    for (size_t form = 0; form < flash_sim_forms(&sim); form++) {
        flash_sim_copy(&after, &sim);
        flash_sim_power_cycle_form(&after, form);
        bool first = byte_at(&after, 0) == 1;
        bool middle = byte_at(&after, SIM_SECTOR / 2) == 1;
        bool fresh = byte_at(&after, 16) == 1;
        low = low || (!first && middle);
        high = high || (first && !middle);
        late = late || (!first && !middle && !fresh);
        lost = lost || (first && middle && fresh);
    }
    CHECK(low && high && late && lost);
}

static void test_a_broken_contract_is_caught(void)
{
    uint8_t got[2];

    flash_sim_init(&sim, 2, 1);
    CHECK(
        program(&sim, 0, 2) == OK && program(&sim, 16, 1) == BROKEN && sim.faults == 1);
    CHECK(program(&sim, 40, 1) == BROKEN && sim.faults == 2);
    CHECK(program(&sim, 2 * SIM_SECTOR - 16, 2) == BROKEN && sim.faults == 3);
    CHECK(sim.port.erase(sim.port.board, 2) == BROKEN && sim.faults == 4);
    CHECK(sim.port.read(sim.port.board, 2 * SIM_SECTOR - 1, ROOM_OF(got)) == BROKEN);
    CHECK(sim.port.erase(sim.port.board, 0) == OK && program(&sim, 16, 1) == OK);
    CHECK(sim.faults == 5);
}

static void test_a_torn_unit_counts_as_programmed(void)
{
    size_t torn = 0;

    flash_sim_init(&sim, 2, 1);
    CHECK(program(&sim, 0, 1) == OK);
    for (size_t form = 0; form < flash_sim_forms(&sim); form++) {
        uint32_t left = left_by(form, 1);
        CHECK(program(&after, 0, 1) == (left == 0 ? OK : BROKEN));
        torn += left == 0x10000;
    }
    CHECK(torn > 0);
}

static void test_after_the_cut_nothing_answers_until_power_is_back(void)
{
    uint8_t got[1];

    flash_sim_init(&sim, 2, 1);
    flash_sim_cut_at(&sim, 1);
    CHECK(program(&sim, 0, 1) == OK);
    CHECK(sim.port.sync(sim.port.board) == BROKEN);
    CHECK(
        program(&sim, 16, 1) == BROKEN && sim.port.erase(sim.port.board, 1) == BROKEN);
    CHECK(sim.port.read(sim.port.board, 0, ROOM_OF(got)) == BROKEN);
    CHECK(sim.pending_count == 1 && sim.faults == 0);
    flash_sim_power_cycle_form(&sim, 0);
    CHECK(byte_at(&sim, 0) == 0xff && program(&sim, 0, 1) == OK);
}

static void test_a_call_that_fails_is_done_in_part_and_the_next_ones_work(void)
{
    bool none = false, part = false, whole = false;
    uint8_t got[1];

    for (uint64_t seed = 0; seed < 64; seed++) {
        flash_sim_init(&sim, 2, seed);
        flash_sim_fail_at(&sim, 1, 1, SIM_FAIL_WRITES, seed);
        CHECK(program(&sim, 0, 1) == OK && program(&sim, 16, 4) == BROKEN);
        CHECK(sim.failed == 1 && !sim.off);
        CHECK(program(&sim, 128, 1) == OK && sim.port.sync(sim.port.board) == OK);
        flash_sim_power_cycle(&sim, seed);
        CHECK(byte_at(&sim, 0) == 1 && byte_at(&sim, 128) == 1);
        size_t units = 0;
        for (uint32_t u = 1; u < 5; u++)
            units += byte_at(&sim, u * SIM_UNIT + 15) == 16;
        none = none || units == 0;
        part = part || (units > 0 && units < 4);
        whole = whole || units == 4;
    }
    CHECK(none && part && whole);
    flash_sim_fail_at(&sim, 0, 2, SIM_FAIL_READS, 1);
    CHECK(sim.port.read(sim.port.board, 0, ROOM_OF(got)) == BROKEN);
    CHECK(program(&sim, SIM_SECTOR, 1) == OK);
    CHECK(sim.port.read(sim.port.board, 0, ROOM_OF(got)) == BROKEN);
    CHECK(byte_at(&sim, 0) == 1 && sim.failed == 3 && sim.faults == 0);
}

static void test_after_a_sync_that_failed_reads_show_what_no_later_sync_brings_back(
    void)
{
    size_t lost = 0;

    for (uint64_t seed = 0; seed < 64; seed++) {
        flash_sim_init(&sim, 2, seed);
        CHECK(program(&sim, 0, 1) == OK);
        flash_sim_fail_at(&sim, 0, 1, SIM_FAIL_WRITES, seed);
        CHECK(sim.port.sync(sim.port.board) == BROKEN && byte_at(&sim, 0) == 1);
        CHECK(program(&sim, 16, 1) == OK && sim.port.sync(sim.port.board) == OK);
        flash_sim_copy(&after, &sim);
        flash_sim_reopen(&after);
        flash_sim_power_cycle(&sim, seed);
        CHECK(byte_at(&sim, 16) == 1 && byte_at(&sim, 15) == byte_at(&after, 15));
        lost += byte_at(&sim, 15) != 16;
    }
    CHECK(lost > 8 && lost < 56);
}

MAIN(TEST(test_what_was_synced_stays_in_every_form),
    TEST(test_the_forms_drop_tear_and_reorder_what_was_not),
    TEST(test_an_erase_may_be_lost_torn_or_come_late),
    TEST(test_a_broken_contract_is_caught), TEST(test_a_torn_unit_counts_as_programmed),
    TEST(test_after_the_cut_nothing_answers_until_power_is_back),
    TEST(test_a_call_that_fails_is_done_in_part_and_the_next_ones_work),
    TEST(test_after_a_sync_that_failed_reads_show_what_no_later_sync_brings_back))
