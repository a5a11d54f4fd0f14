// LEDs of the LED class, played by a folder of plain files with the names that the kernel gives them.
#include "hal/linux/led_output.hpp"

#include <fstream>

#include "core/file.hpp"
#include "tests/support/temp_dir.hpp"

namespace voip::hal::linux {
namespace {

namespace fs = std::filesystem;

class LedFolder {
 public:
    explicit LedFolder(const std::string& triggers = "[none] timer heartbeat\n") {
        fs::create_directory(dir_ / "call");
        put("max_brightness", "255\n");
        put("brightness", "");
        put("trigger", triggers);
    }
    void add_delays() {
        put("delay_on", "");
        put("delay_off", "");
    }
    void put(const std::string& name, std::string_view text) const {
        std::ofstream(dir_ / "call" / name) << text;
    }
    /// What was written since the last call. (Attributes of the kernel take whole values; plain files keep
    /// the rest.)
    std::string taken(const std::string& name) const {
        const auto text = read_file(dir_ / "call" / name, 100);
        REQUIRE(text);
        put(name, "");
        return *text;
    }
    void remove() const { fs::remove_all(dir_ / "call"); }
    [[nodiscard]] LedOutput led() const { return LedOutput("call", dir_.path().string()); }
    [[nodiscard]] std::string path(const std::string& name) const { return dir_ / "call" / name; }

 private:
    voip::test::TempDir dir_;
};

}  // namespace

TEST_CASE("led: with the trigger timer the kernel blinks: on and off time, never both 0 on the way",
          "[hal][component]") {
    LedFolder folder;
    folder.add_delays();
    LedOutput led = folder.led();
    folder.put("trigger", "[none] timer");
    REQUIRE(led.open());
    CHECK(folder.taken("trigger").starts_with("timer"));
    CHECK_FALSE(led.settling());
    CHECK(led.blinks());
    REQUIRE(led.blink(pattern_of(LampState::ringing)));
    CHECK(folder.taken("delay_on") == "250");
    CHECK(folder.taken("delay_off") == "250");
    REQUIRE(led.blink(pattern_of(LampState::off)));
    CHECK(folder.taken("delay_on") == "0");
    CHECK(folder.taken("delay_off") == "1000");
    REQUIRE(led.blink(pattern_of(LampState::on)));
    CHECK(folder.taken("delay_on") == "1000");
    CHECK(folder.taken("delay_off") == "0");
    CHECK(folder.taken("brightness").empty());  // it would end the trigger
}

TEST_CASE("led: the timer's files may be 1 look late, as udev gives them their group", "[hal][component]") {
    LedFolder folder;
    LedOutput led = folder.led();
    REQUIRE(led.open());
    CHECK(led.settling());
    CHECK_FALSE(led.blinks());
    folder.add_delays();
    CHECK_FALSE(led.settling());
    CHECK(led.blinks());
}

TEST_CASE("led: after 20 looks without them the timer is given up and brightness used", "[hal][component]") {
    LedFolder folder;
    LedOutput led = folder.led();
    REQUIRE(led.open());
    folder.put("trigger", "none [timer]");
    int looks = 1;  // open() took one
    while (led.settling()) ++looks;
    CHECK(looks == 19);
    CHECK(folder.taken("trigger").starts_with("none"));
    REQUIRE(led.light(true));
    CHECK(folder.taken("brightness") == "255");
    REQUIRE(led.light(false));
    CHECK(folder.taken("brightness") == "0");
}

TEST_CASE("led: without a timer a trigger that is at work is ended, else it is left alone",
          "[hal][component]") {
    LedFolder busy("none [heartbeat]\n");
    LedOutput led = busy.led();
    REQUIRE(led.open());
    CHECK_FALSE(led.blinks());
    CHECK(busy.taken("trigger").starts_with("none"));

    LedFolder idle("[none] mmc0\n");
    LedOutput other = idle.led();
    REQUIRE(other.open());
    CHECK(idle.taken("trigger") == "[none] mmc0\n");
}

TEST_CASE("led: a missing one and one that goes are device_gone", "[hal][component]") {
    LedFolder folder;
    LedOutput other("bell", fs::path(folder.path("")).parent_path().parent_path().string());
    CHECK(other.open().error().is(Errc::device_gone));
    LedOutput led = folder.led();
    REQUIRE(led.open());
    CHECK(led.check());
    folder.remove();
    CHECK(led.check().error().is(Errc::device_gone));
}

}  // namespace voip::hal::linux
