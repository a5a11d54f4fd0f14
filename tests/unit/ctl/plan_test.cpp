#include "daemon/ctl/plan.hpp"

#include <algorithm>
#include <map>

#include "core/file.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/source_dir.hpp"

namespace voip::ctl {
namespace {

Result<std::string> no_file(const std::string& path) {
    return fail(Errc::not_found, path);
}

Result<Plan> plan_of(const std::vector<const char*>& arguments, const ReadFile& read_file = &no_file) {
    return make_plan(arguments, read_file);
}

/// "method params" of each request, joined by "; ", or the complaint.
std::string asked(const std::vector<const char*>& arguments, const ReadFile& read_file = &no_file) {
    const auto plan = plan_of(arguments, read_file);
    if (!plan) return "! " + plan.error().context;
    std::string text;
    for (const Request& request : plan->requests)
        text += (text.empty() ? "" : "; ") + request.method +
                (request.params.is_null() ? "" : " " + json::write(request.params));
    return text;
}

}  // namespace

TEST_CASE("ctl plan: what each of 21 commands asks", "[ctl][unit]") {
    CHECK(asked({"status"}) == "device.get {}; health.get {}; room.get {}");
    CHECK(asked({"call", "reception"}) == "voip.call {}");
    CHECK(asked({"call", "a", "--voice", "--time-limit", "60"}) ==
          R"(voip.call {"roomType":"voice","timeLimit":60})");
    CHECK(asked({"call", "--video", "a"}) == R"(voip.call {"roomType":"video"})");
    CHECK(asked({"answer"}) == "voip.answer {}");
    CHECK(asked({"answer", "--room", "r"}) == R"(voip.answer {"roomId":"r"})");
    CHECK(asked({"hangup"}) == "voip.forceHangUpVoip {}");
    CHECK(asked({"hangup", "--reason=manual", "--room=r"}) ==
          R"(voip.forceHangUpVoip {"roomId":"r","reason":"manual"})");
    CHECK(asked({"media", "--camera", "off", "--microphone", "on", "--volume", "7"}) ==
          R"(voip.setMedia {"camera":false,"microphone":true,"volume":7})");
    CHECK(asked({"watch"}) == R"(room.subscribe {"quality":true})");
    CHECK(asked({"watch", "--events", "calling,endVoip"}) ==
          R"(room.subscribe {"events":["calling","endVoip"]})");
    CHECK(asked({"watch", "--events", "endVoip", "--calling"}) ==
          R"(room.subscribe {"events":["endVoip","calling"]})");
    CHECK(asked({"press", "call"}) == R"(board.press {"button":"call"})");
    CHECK(asked({"press", "call", "--long"}) == R"(board.press {"button":"call","long":true})");
    CHECK(asked({"contacts"}) == "contact.list {}");
    CHECK(asked({"contacts", "list"}) == "contact.list {}");
    CHECK(
        asked({"contacts", "set", "a", "o-1=Anna B", "o-2", "--name", "A"}) ==
        R"(contact.set {"contact":"a","name":"A","people":[{"openId":"o-1","name":"Anna B"},{"openId":"o-2"}]})");
    CHECK(asked({"contacts", "remove", "a"}) == R"(contact.remove {"contact":"a"})");
    CHECK(asked({"history", "--limit", "5", "--before", "17"}) == R"(call.history {"limit":5,"before":17})");
    CHECK(asked({"register", "T"}) == R"(device.register {"snTicket":"T"})");
    CHECK(asked({"push-token"}) == "device.getPushToken {}");
    CHECK(asked({"pair", "T"}) == "device.get {}");
    CHECK(asked({"relay", "door"}) == R"(board.relay {"relay":"door"})");
    CHECK(asked({"relay", "door", "1.5"}) == R"(board.relay {"relay":"door","seconds":1.5})");
    CHECK(asked({"health"}) == "health.get {}");
    CHECK(asked({"metrics"}) == "metrics.get {}");
    CHECK(asked({"log", "call:debug,*:info"}) == R"(log.set {"levels":"call:debug,*:info"})");
    CHECK(asked({"reload"}) == "config.reload {}");
    CHECK(asked({"board"}) == "board.get {}");
    CHECK(asked({"device"}) == "device.get {}");
    CHECK(asked({"raw", "room.get"}) == "room.get");
    CHECK(asked({"raw", "call.history", R"({"limit": 1})"}) == R"(call.history {"limit":1})");
}

TEST_CASE("ctl plan: watch --calling asks for all 14 events", "[ctl][unit]") {
    const auto plan = plan_of({"watch", "--calling"});
    REQUIRE(plan);
    CHECK(plan->kind == Plan::Kind::watch);
    CHECK(plan->requests.at(0).params.find("events")->as_array()->size() == 14);
}

TEST_CASE("ctl plan: init sends the file's object as it is", "[ctl][unit]") {
    const ReadFile reader = [](const std::string& path) -> Result<std::string> {
        if (path == "-") return std::string(R"({"roomType":"voice","listener":{"id":"o"}})");
        if (path == "list") return std::string("[]");
        if (path == "broken") return std::string("{");
        return fail(Errc::not_found, path);
    };
    CHECK(asked({"init", "-"}, reader) == R"(voip.initByCaller {"roomType":"voice","listener":{"id":"o"}})");
    CHECK(asked({"init", "list"}, reader) == "! list: an object is needed");
    CHECK(asked({"init", "broken"}, reader).starts_with("! broken: "));
    CHECK(asked({"init", "none"}, reader).starts_with("! none"));
    CHECK(plan_of({"init", "-", "--wait"}, reader)->wait);
}

TEST_CASE("ctl plan: common options stand before or behind the command; 30 s unless told, 120 s to wait",
          "[ctl][unit]") {
    CHECK(plan_of({"status"})->timeout == 30s);
    CHECK(plan_of({"call", "a", "--wait"})->timeout == 120s);
    CHECK(plan_of({"call", "a", "--wait", "--timeout", "0.5"})->timeout == 500ms);
    CHECK(plan_of({"--timeout", "2", "call", "a", "--wait"})->timeout == 2s);
    CHECK(plan_of({"--timeout", "2", "status", "--timeout", "3"})->timeout == 3s);
    CHECK(plan_of({"--json", "status"})->json);
    CHECK(plan_of({"status", "--json"})->json);
    CHECK(!plan_of({"status"})->json);
    CHECK(plan_of({"--socket", "/a", "status"})->socket == "/a");
    CHECK(plan_of({"status", "--socket=/b"})->socket == "/b");
    for (const char* wrong : {"0", "-1", "x", "1e9", "nan", "inf", "3s"}) {
        INFO(wrong);
        CHECK(asked({"--timeout", wrong, "status"}).starts_with("! --timeout"));
    }
}

TEST_CASE("ctl plan: 20 wrong command lines name what is wrong", "[ctl][unit]") {
    const std::vector<std::pair<std::vector<const char*>, std::string_view>> cases{
        {{}, "a command is missing"},
        {{"fly"}, "\"fly\""},
        {{"stauts"}, "did you mean status?"},
        {{"--nonsense"}, "--nonsense"},
        {{"status", "--nonsense"}, "--nonsense"},
        {{"status", "more"}, "\"more\""},
        {{"call"}, "an argument is missing"},
        {{"call", "a", "b"}, "\"b\""},
        {{"call", "a", "--voice", "--video"}, "--voice and --video"},
        {{"call", "a", "--time-limit", "soon"}, "--time-limit"},
        {{"media", "--camera", "maybe"}, "--camera"},
        {{"media", "--volume", "loud"}, "--volume"},
        {{"watch", "--events", "calling,nothing"}, "\"nothing\""},
        {{"contacts", "set", "a"}, "contacts:"},
        {{"contacts", "drop", "a"}, "contacts:"},
        {{"contacts", "--name", "x"}, "--name"},
        {{"relay", "door", "long"}, "SECONDS"},
        {{"raw", "m", "[]"}, "PARAMS"},
        {{"raw", "m", "{"}, "PARAMS"},
        {{"pair", "T", "--link", "http://x"}, "--link"},
    };
    CHECK(cases.size() == 20);
    for (const auto& [arguments, word] : cases) {
        const auto plan = plan_of(arguments);
        INFO(word);
        REQUIRE(!plan);
        CHECK(plan.error().is(Errc::bad_config));
        CHECK(plan.error().context.find(word) != std::string::npos);
    }
}

TEST_CASE("ctl plan: help names all 23 commands, and each has 1 page with an example", "[ctl][unit]") {
    const auto names = command_names();
    CHECK(names.size() == 23);
    CHECK(std::ranges::is_sorted(names));
    for (const auto& arguments : {std::vector<const char*>{"--help"}, {"help"}}) {
        const auto plan = plan_of(arguments);
        REQUIRE(plan);
        CHECK(plan->kind == Plan::Kind::print);
        for (const auto name : names)
            CHECK(plan->text.find("\n  " + std::string(name) + " ") != std::string::npos);
        CHECK(plan->text.find("Exit codes: 0 done") != std::string::npos);
    }
    for (const auto name : names) {
        const std::string word(name);
        INFO(word);
        const auto page = plan_of({word.c_str(), "--help"});
        REQUIRE(page);
        CHECK(page->kind == Plan::Kind::print);
        CHECK(page->text.starts_with("Usage: wmpf-voipctl " + word));
        CHECK(page->text.find("\nExample: wmpf-voipctl " + word) != std::string::npos);
        CHECK(page->text == plan_of({"help", word.c_str()})->text);
    }
    CHECK(plan_of({"--version"})->text.starts_with("wmpf-voipctl "));
    CHECK(!plan_of({"help", "fly"}));
}

TEST_CASE("ctl plan: the example of every page is a command line that is understood", "[ctl][unit]") {
    const ReadFile reader = [](const std::string&) -> Result<std::string> { return std::string("{}"); };
    for (const auto name : command_names()) {
        const std::string text = plan_of({std::string(name).c_str(), "--help"})->text;
        const auto begin = text.find("\nExample: wmpf-voipctl ") + 23;
        std::string line = text.substr(begin, text.find('\n', begin) - begin);
        std::vector<std::string> words(1);
        bool quoted = false;
        for (const char c : line) {
            if (c == '\'')
                quoted = !quoted;
            else if (c == ' ' && !quoted)
                words.emplace_back();
            else
                words.back() += c;
        }
        std::vector<const char*> arguments;
        for (const auto& word : words) arguments.push_back(word.c_str());
        INFO(line);
        CHECK(plan_of(arguments, reader));
    }
}

TEST_CASE("ctl plan: a target is a contact unless 1 of 2 reasons makes it an openId", "[ctl][unit]") {
    const auto contacts = json::parse(
        R"({"contacts":[{"contact":"a","people":[{"openId":"o-1"}]},{"contact":"o-1-longer-than-twenty"}]})");
    REQUIRE(contacts);
    const auto target = [&](const char* text) { return json::write(resolve_target(text, *contacts)); };
    CHECK(target("a") == R"({"contact":"a"})");
    CHECK(target("o-1") == R"({"openId":"o-1"})");
    CHECK(target("recpetion") == R"({"contact":"recpetion"})");
    CHECK(target("oAbCdEfGhIjKlMnOpQrStUvWxYz0") == R"({"openId":"oAbCdEfGhIjKlMnOpQrStUvWxYz0"})");
    CHECK(target("o-1-longer-than-twenty") == R"({"contact":"o-1-longer-than-twenty"})");
    CHECK(target("a name with twenty letters") == R"({"contact":"a name with twenty letters"})");
    CHECK(json::write(resolve_target("x", json::Value())) == R"({"contact":"x"})");
}

TEST_CASE("ctl plan: the bash completion knows all 21 commands and every option of theirs", "[ctl][unit]") {
    const auto completion = read_file(voip::test::source_dir() + "/daemon/ctl/wmpf-voipctl.bash", 64 * 1024);
    REQUIRE(completion);
    std::string words = *completion;
    std::replace_if(
        words.begin(), words.end(), [](char c) { return c == '"' || c == '\n' || c == ')'; }, ' ');
    for (const auto name : command_names()) {
        INFO(name);
        CHECK(words.find(" " + std::string(name) + " ") != std::string::npos);
        const std::string page = plan_of({std::string(name).c_str(), "--help"})->text;
        for (auto at = page.find("\n  --"); at != std::string::npos; at = page.find("\n  --", at + 1)) {
            const std::string option = page.substr(at + 3, page.find(' ', at + 3) - at - 3);
            INFO(option);
            CHECK(words.find(" " + option + " ") != std::string::npos);
        }
    }
}

}  // namespace voip::ctl
