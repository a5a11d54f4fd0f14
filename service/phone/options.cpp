#include "service/phone/options.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <vector>

#include "core/command_line.hpp"

namespace voip::phone {
namespace {

constexpr std::array<CommandOption, 14> options{{
    {"service", "URL", "the service, https://HOST[:PORT]"},
    {"ca", "FILE", "PEM file of the authority that signed its certificate; the system's ones unless given"},
    {"as", "NAME", "who logs in; by name only where the service allows it (development, demo)"},
    {"code", "CODE", "log in with a one-time enrolment code"},
    {"token-file", "FILE", "keep the login there between runs (mode 0600)"},
    {"auto-answer", "SECONDS", "answer by itself after that time; --auto-answer alone: at once"},
    {"reject", "", "reject every call"},
    {"call", "SN", "call that device once; ends with the call, 0 when it was answered"},
    {"via", "WAY", "callDevice (default) or initByCaller (businessType 2 with the pushToken)"},
    {"model", "ID", "modelId of the device; looked up among the authorised devices unless given"},
    {"voice", "", "call with voice only"},
    {"log", "LEVELS", "what goes to stderr, \"debug\" or \"phone:debug,*:info\""},
    {"version", "", "print the version"},
    {"help", "", "print this text"},
}};

const CommandSpec spec{
    "wmpf-voip-phone",
    "A phone in a terminal: rings, answers, calls. Keys: a answer, r reject, h hang up, q quit.", options};

Result<Duration> seconds(const std::string& option, const std::string& text) {
    double value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem != std::errc{} || end != text.data() + text.size() || !std::isfinite(value) || value < 0 ||
        value > 600)
        return fail(Errc::bad_config,
                    "--" + option + ": \"" + text + "\" is not a number of seconds from 0 to 600");
    return from_seconds(value);
}

Result<void> read_habits(const CommandLine& line, PhoneSettings& phone) {
    phone.habits.reject = line.has("reject");
    if (!line.has("auto-answer")) return {};
    if (phone.habits.reject) return fail(Errc::bad_config, "--reject: not together with --auto-answer");
    const auto delay = seconds("auto-answer", line.value("auto-answer"));
    if (!delay) return delay.error();
    phone.habits.auto_answer = *delay;
    return {};
}

Result<void> read_call(const CommandLine& line, PhoneSettings& phone) {
    phone.call_sn = line.value("call");
    if (line.has("call") && !is_sn(phone.call_sn))
        return fail(Errc::bad_config, "--call: an SN is 1 to 128 of 0-9 A-Z a-z _ -");
    phone.call_model = line.value("model");
    if (line.has("voice")) phone.room_type = RoomType::voice;
    const std::string via = line.value("via", "callDevice");
    if (via != "callDevice" && via != "initByCaller")
        return fail(Errc::bad_config, "--via: \"" + via + "\" is neither callDevice nor initByCaller");
    phone.via = via == "callDevice" ? Via::callDevice : Via::initByCaller;
    return {};
}

Result<void> read_login(const CommandLine& line, PhoneSettings& phone) {
    phone.login_name = line.value("as");
    phone.login_code = line.value("code");
    phone.token_file = line.value("token-file");
    if (phone.login_name.empty() && phone.login_code.empty() && phone.token_file.empty())
        return fail(Errc::bad_config, "--as: who logs in? (or --code, or --token-file)");
    if (!line.has("service")) return fail(Errc::bad_config, "--service: which service? https://HOST[:PORT]");
    auto url = transport::parse_url(line.value("service"));
    if (!url) return fail(Errc::bad_config, "--service: " + url.error().context);
    phone.service = std::move(*url);
    return {};
}

}  // namespace

Result<Options> parse_options(std::span<const char* const> arguments) {
    std::vector<const char*> complete;
    for (const char* argument : arguments)  // the one option whose value may be left out
        complete.push_back(std::string_view(argument) == "--auto-answer" ? "--auto-answer=0" : argument);
    const auto line = parse_command_line(spec, complete);
    if (!line) return line.error();
    Options read;
    read.help = line->has("help");
    read.version = line->has("version");
    if (read.help || read.version) return read;
    read.ca = line->value("ca");
    read.log_levels = line->value("log", read.log_levels);
    for (const auto part : {read_login, read_habits, read_call}) {
        const auto done = part(*line, read.phone);
        if (!done) return done.error();
    }
    return read;
}

std::string options_usage() {
    return usage(spec);
}

}  // namespace voip::phone
