/* SPDX-License-Identifier: Apache-2.0 */
#include "device/keeper/ending.h"

#include "host/keyfile.h"
#include "tests/support/check.h"
#include "tests/support/disk_fault.h"
#include "tests/support/flash_sim.h"

#include <stdio.h>
#include <unistd.h>

enum { SECTORS = 4 };

struct rig {
    char folder[64], receipt[96], secrets[ENDING_FILES][96];
    struct flash_sim flash;
    struct ending_place place;
};

static void begin(struct rig *r)
{
    static const uint8_t secret[] = "a secret of the device";
    static const char *const names[ENDING_FILES] = {
        "wrap.key", "identity", "renewal", "enrolment"};
    uint8_t page[16];

    memset(r, 0, sizeof *r);
    snprintf(r->folder, sizeof r->folder, "/tmp/ending_test.XXXXXX");
    CHECK(mkdtemp(r->folder) != NULL);
    snprintf(r->receipt, sizeof r->receipt, "%s/receipt", r->folder);
    flash_sim_init(&r->flash, SECTORS, 1);
    r->place = (struct ending_place){.receipt = r->receipt,
        .flash = &r->flash.port,
        .owner = geteuid(),
        .group = getegid()};
    for (int i = 0; i < ENDING_FILES; i++) {
        snprintf(r->secrets[i], sizeof r->secrets[i], "%s/%s", r->folder, names[i]);
        r->place.secrets[i] = r->secrets[i];
        CHECK(
            keyfile_write(r->secrets[i], geteuid(), getegid(), BYTES_OF(secret), false)
            == OK);
    }
    memset(page, 0x5a, sizeof page);
    for (uint32_t s = 0; s < SECTORS; s++)
        CHECK(r->flash.port.program(
                  r->flash.port.board, s * r->flash.port.sector_len, BYTES_OF(page))
            == OK);
    CHECK(r->flash.port.sync(r->flash.port.board) == OK);
}

static bool is_erased(struct rig *r)
{
    uint8_t page[16];

    for (int i = 0; i < ENDING_FILES; i++)
        if (access(r->secrets[i], F_OK) == 0)
            return false;
    for (uint32_t s = 0; s < SECTORS; s++) {
        CHECK(r->flash.port.read(
                  r->flash.port.board, s * r->flash.port.sector_len, ROOM_OF(page))
            == OK);
        for (size_t i = 0; i < sizeof page; i++)
            if (page[i] != 0xff)
                return false;
    }
    return true;
}

static void end(struct rig *r)
{
    unlink(r->receipt);
    for (int i = 0; i < ENDING_FILES; i++)
        unlink(r->secrets[i]);
    char fresh[104]; /* of a write that failed, and its removal, too */
    snprintf(fresh, sizeof fresh, "%s.new", r->receipt);
    unlink(fresh);
    CHECK(rmdir(r->folder) == 0); /* and nothing else was left behind */
}

static const uint8_t receipt[] = "a sealed receipt";

static void test_nothing_is_erased_before_the_receipt_and_nothing_is_left_after_it(void)
{
    struct rig r;
    uint8_t got[64];
    size_t len = 0;

    begin(&r);
    CHECK(ending_begun(&r.place, ROOM_OF(got), &len) == AGAIN && !is_erased(&r));
    CHECK(ending_begin(&r.place, BYTES_OF(receipt)) == OK);
    CHECK(ending_begin(&r.place, BYTES_OF(receipt)) == REFUSED); /* there is one */
    CHECK(ending_erase(&r.place) == OK && is_erased(&r));
    CHECK(ending_erase(&r.place) == OK && is_erased(&r)); /* at each start again */
    CHECK(ending_begun(&r.place, ROOM_OF(got), &len) == OK);
    CHECK(len == sizeof receipt && memcmp(got, receipt, len) == 0);
    end(&r);
}

/* Each secret gone or not, each sector erased or not: whatever a cut leaves, a new start ends it. */
static void test_from_power_cut_after_each_step_a_new_start_ends_it(void)
{
    for (int cut = 0; cut <= ENDING_FILES + SECTORS; cut++) {
        struct rig r;
        uint8_t got[64];
        size_t len = 0;

        begin(&r);
        CHECK(ending_begin(&r.place, BYTES_OF(receipt)) == OK);
        for (int i = 0; i < cut && i < ENDING_FILES; i++)
            CHECK(keyfile_erase(r.secrets[i]) == OK);
        if (cut > ENDING_FILES) {
            flash_sim_cut_at(&r.flash, cut - ENDING_FILES - 1);
            CHECK(ending_erase(&r.place) != OK);
            flash_sim_power_cycle(&r.flash, (uint64_t)cut);
        }
        CHECK(ending_begun(&r.place, ROOM_OF(got), &len) == OK); /* power is back */
        CHECK(ending_erase(&r.place) == OK && is_erased(&r));
        end(&r);
    }
}

/* Req: HF-FLASH-002 "nothing is erased for a receipt that a cut of power could take back" */
static void test_a_receipt_counts_as_kept_only_when_no_cut_can_take_it_back(void)
{
    int there = 0, not_there = 0, open = 0;

    for (struct disk_sweep w = {0}; disk_sweep_next(&w);) {
        struct rig r;
        uint8_t got[64];
        size_t len = 0;

        begin(&r);
        disk_sweep_arm(&w);
        enum status s = ending_begin(&r.place, BYTES_OF(receipt));
        if (s != OK) /* what keeper asks then, and each start */
            s = ending_begun(&r.place, ROOM_OF(got), &len);
        disk_sweep_ends(&w);
        CHECK(!is_erased(&r));
        disk_cut(w.form);
        enum status after = ending_begun(&r.place, ROOM_OF(got), &len);
        CHECK(after == OK || after == AGAIN);
        CHECK(s == BROKEN || s == after);
        there += s == OK;
        not_there += s == AGAIN;
        open += s == BROKEN;
        end(&r);
    }
    CHECK(there > 0 && not_there > 2 && open > 0);
}

static void test_a_call_that_fails_leaves_no_other_secret_and_is_made_good(void)
{
    for (struct disk_sweep w = {0}; disk_sweep_next(&w);) {
        struct rig r;
        int left = 0;

        begin(&r);
        CHECK(ending_begin(&r.place, BYTES_OF(receipt)) == OK);
        disk_sweep_arm(&w);
        enum status s = ending_erase(&r.place);
        disk_sweep_ends(&w);
        CHECK((s == OK) == (w.fired == 0));
        for (int i = 0; i < ENDING_FILES; i++)
            left += access(r.secrets[i], F_OK) == 0;
        CHECK(w.all || left <= 1); /* the others went all the same */
        disk_cut(w.form);
        CHECK(s != OK || is_erased(&r));
        CHECK(ending_erase(&r.place) == OK && is_erased(&r));
        end(&r);
    }
}

static void test_a_sector_that_is_not_erased_leaves_no_other(void)
{
    for (long n = 0; n < SECTORS; n++) {
        struct rig r;
        uint8_t page[16];
        uint32_t left = 0;

        begin(&r);
        CHECK(ending_begin(&r.place, BYTES_OF(receipt)) == OK);
        flash_sim_fail_at(&r.flash, n, 1, SIM_FAIL_WRITES, (uint64_t)n);
        CHECK(ending_erase(&r.place) == BROKEN);
        for (uint32_t i = 0; i < SECTORS; i++) {
            CHECK(r.flash.port.read(
                      r.flash.port.board, i * r.flash.port.sector_len, ROOM_OF(page))
                == OK);
            left += page[0] != 0xff;
        }
        CHECK(left <= 1);
        CHECK(ending_erase(&r.place) == OK && is_erased(&r));
        end(&r);
    }
}

MAIN(TEST(test_nothing_is_erased_before_the_receipt_and_nothing_is_left_after_it),
    TEST(test_from_power_cut_after_each_step_a_new_start_ends_it),
    TEST(test_a_receipt_counts_as_kept_only_when_no_cut_can_take_it_back),
    TEST(test_a_call_that_fails_leaves_no_other_secret_and_is_made_good),
    TEST(test_a_sector_that_is_not_erased_leaves_no_other))
