#include "service/options.hpp"

#include "tests/support/printers.hpp"

using namespace voip;
using namespace voip::service;

namespace {

Result<Options> parsed(std::vector<const char*> arguments) {
    return parse_options(arguments);
}

}  // namespace

TEST_CASE("options: all 8 are understood", "[service][unit]") {
    const auto options = parsed({"--config", "/c.json", "--state-dir=/s", "--listen", "[::1]:0", "--dev",
                                 "--dev-allow-lan", "--check-config", "--version", "--help"});
    REQUIRE(options);
    CHECK(options->config == "/c.json");
    CHECK(options->state_dir == "/s");
    CHECK(options->listen == "[::1]:0");
    CHECK((options->dev && options->dev_allow_lan && options->check_config && options->version &&
           options->help));
}

TEST_CASE("options: 4 bad command lines are refused with the option's name", "[service][unit]") {
    CHECK(parsed({"--devel"}).error().context.find("--devel") != std::string::npos);
    CHECK_FALSE(parsed({"--listen"}));
    CHECK_FALSE(parsed({"--dev=yes"}));
    CHECK_FALSE(parsed({"operand"}));
}

TEST_CASE("options: the command line outranks $STATE_DIRECTORY, which outranks the file", "[service][unit]") {
    config::ServiceConfig config;
    config.state_dir = "/file";
    Options options;
    CHECK(settings_of(options, config, "")->config.state_dir == "/file");
    CHECK(settings_of(options, config, "/systemd:/second")->config.state_dir == "/systemd");
    options.state_dir = "/line";
    CHECK(settings_of(options, config, "/systemd")->config.state_dir == "/line");
}

TEST_CASE("options: --listen replaces host and port 8443; a bad one and a lone --dev-allow-lan are faults",
          "[service][unit]") {
    Options options;
    options.listen = "[::1]:9000";
    const auto settings = settings_of(options, {}, "");
    REQUIRE(settings);
    CHECK(settings->config.listen == config::ListenAddress{"::1", 9000});
    CHECK_FALSE(settings->modes.dev);
    options.listen = "nonsense:port";
    CHECK_FALSE(settings_of(options, {}, ""));
    options.listen.clear();
    options.dev_allow_lan = true;
    CHECK_FALSE(settings_of(options, {}, ""));
    options.dev = true;
    CHECK(settings_of(options, {}, "")->modes.allow_lan);
}
