/* SPDX-License-Identifier: Apache-2.0 */
#include "device/keeper/ending.h"

#include "host/keyfile.h"
#include "tests/support/check.h"
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

MAIN(TEST(test_nothing_is_erased_before_the_receipt_and_nothing_is_left_after_it),
    TEST(test_from_power_cut_after_each_step_a_new_start_ends_it))
