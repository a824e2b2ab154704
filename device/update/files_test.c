/* SPDX-License-Identifier: Apache-2.0 */
/* Slots, boot images, counter and release file as they are on a device, in a folder. */
#include "device/board/flash_file.h"
#include "device/update/counter_file.h"
#include "device/update/self.h"
#include "device/update/slot_files.h"

#include "tests/support/check.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];

static const char *at(const char *name)
{
    static char path[128];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void begin(void)
{
    (void)snprintf(folder, sizeof folder, "/tmp/holdfast-slots-XXXXXX");
    CHECK(mkdtemp(folder) != NULL);
}

static void put(const char *name, const char *text)
{
    int fd = open(at(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    size_t len = strlen(text);

    CHECK(fd >= 0 && write(fd, text, len) == (ssize_t)len);
    close(fd);
}

static void end(const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        (void)unlink(at(names[i]));
    CHECK(rmdir(folder) == 0);
}

#define END(...)                                       \
    do {                                               \
        const char *names_[] = {__VA_ARGS__};          \
        end(names_, sizeof names_ / sizeof names_[0]); \
    } while (0)

static bool is_there(const char *name)
{
    return access(at(name), F_OK) == 0;
}

static struct boot_files boot_of(uint8_t running)
{
    struct boot_files b;
    boot_files_init(&b, open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), running);
    return b;
}

static void test_each_change_of_a_slot_is_one_rename(void)
{
    begin();
    put("holdfast-b.shut", "new");
    put("holdfast-a.efi", "old");
    put("holdfast-bad.efi", "no slot of ours");
    struct boot_files b = boot_of(0);
    b.port.board = &b;

    CHECK(b.port.trial(&b, 1, 3) == OK && is_there("holdfast-b+3.efi"));
    CHECK(!is_there("holdfast-b.shut"));
    /* the boot loader has counted a start */
    CHECK(renameat(b.folder, "holdfast-b+3.efi", b.folder, "holdfast-b+2-1.efi") == 0);
    CHECK(b.port.open(&b, 1) == OK && is_there("holdfast-b.efi"));
    CHECK(b.port.open(&b, 1) == OK); /* may be repeated */
    CHECK(b.port.shut(&b, 0) == OK && is_there("holdfast-a.shut"));
    CHECK(b.port.shut(&b, 0) == OK && is_there("holdfast-bad.efi"));
    boot_files_close(&b);
    END("holdfast-a.shut", "holdfast-b.efi", "holdfast-bad.efi");
}

static void test_a_slot_without_an_image_is_shut_and_cannot_be_tried(void)
{
    begin();
    struct boot_files b = boot_of(0);
    b.port.board = &b;
    CHECK(b.port.shut(&b, 1) == OK);
    CHECK(b.port.trial(&b, 1, 3) == BROKEN && b.port.open(&b, 1) == BROKEN);
    CHECK(!b.wanted);
    b.port.restart(&b);
    CHECK(b.wanted);
    boot_files_close(&b);
    END("none");
}

static void test_what_was_written_reads_back_and_its_image_stays_shut(void)
{
    static const uint8_t text[] = "boot image";
    begin();
    put("slot-b", "................");
    struct boot_files b = boot_of(0);
    b.port.board = &b;
    struct slot_files s;
    struct digest one, two;
    CHECK(slot_files_adopt(&s, open(at("slot-b"), O_RDWR | O_CLOEXEC), &b, 1) == OK);
    CHECK(s.port.room[0] == 16 && s.port.part_count == 2);
    CHECK(s.port.write(&s, 0, 4, BYTES_OF(text)) == OK);
    CHECK(s.port.write(&s, 1, 0, BYTES_OF(text)) == OK);
    CHECK(s.port.sync(&s) == OK && is_there("holdfast-b.shut"));
    CHECK(s.port.digest(&s, 1, sizeof text, &one) == OK);
    CHECK(s.port.digest(&s, 0, 4 + sizeof text, &two) == OK);
    CHECK(memcmp(&one, &two, sizeof one) != 0);
    CHECK(s.port.digest(&s, 1, sizeof text + 1, &two) == BROKEN); /* there is no more */
    /* a shorter image after a longer one leaves nothing of it */
    CHECK(s.port.write(&s, 1, 0, (struct bytes){text, 4}) == OK);
    struct stat st;
    CHECK(stat(at("holdfast-b.shut"), &st) == 0 && st.st_size == 4);
    slot_files_close(&s);
    boot_files_close(&b);
    END("slot-b", "holdfast-b.shut");
}

static void test_a_counter_in_a_file_only_rises_and_stays(void)
{
    begin();
    struct flash_file f;
    struct counter_file c;
    uint64_t value = 9;

    CHECK(flash_file_open(&f, at("record"), 4 * FLASH_FILE_SECTOR) == OK);
    CHECK(counter_file_open(&c, &f.port, 2) == OK);
    CHECK(c.port.read(&c, &value) == OK && value == 0);
    for (int i = 0; i < 3; i++)
        CHECK(c.port.raise(&c) == OK);
    flash_file_close(&f);
    CHECK(flash_file_open(&f, at("record"), 4 * FLASH_FILE_SECTOR) == OK);
    CHECK(counter_file_open(&c, &f.port, 2) == OK);
    CHECK(c.port.read(&c, &value) == OK && value == 3);
    flash_file_close(&f);
    END("record");
}

static void test_the_image_says_what_it_is_and_which_slot_it_came_from(void)
{
    static const char good[] =
        "product = \"holdfast-oximeter\"\nmajor = 1\nminor = 4\npatch = 2\n"
        "security_version = 7\nbuild = \"000102030405060708090a0b0c0d0e0f\"\n";
    static const struct {
        const char *line;
        enum status is;
        uint8_t slot;
    } rows[] = {
        {"quiet holdfast.slot=b panic=-1\n", OK, 1},
        {"holdfast.slot=a\n", OK, 0},
        {"holdfast.slot=a", OK, 0},
        {"holdfast.slot=c\n", AGAIN, 0},
        {"holdfast.slot=ab\n", AGAIN, 0},
        {"xholdfast.slot=a\n", AGAIN, 0},
        {"holdfast.slot=\n", AGAIN, 0},
        {"", AGAIN, 0},
    };
    struct update_self self;
    struct conf_error err;

    begin();
    put("release", good);
    CHECK(self_read(at("release"), &self, &err) == OK);
    CHECK(strcmp(self.product, "holdfast-oximeter") == 0 && self.security_version == 7
        && self.version.minor == 4 && self.build.b[15] == 15);
    put("release", "product = \"Holdfast\"\n");
    CHECK(self_read(at("release"), &self, &err) == REFUSED);
    CHECK(self_read(at("none"), &self, &err) == REFUSED);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t slot = 0;
        put("cmdline", rows[i].line);
        CHECK(self_slot(at("cmdline"), &slot) == rows[i].is && slot == rows[i].slot);
    }
    END("release", "cmdline");
}

MAIN(TEST(test_each_change_of_a_slot_is_one_rename),
    TEST(test_a_slot_without_an_image_is_shut_and_cannot_be_tried),
    TEST(test_what_was_written_reads_back_and_its_image_stays_shut),
    TEST(test_a_counter_in_a_file_only_rises_and_stays),
    TEST(test_the_image_says_what_it_is_and_which_slot_it_came_from))
