// The wire's document against the code: every method has an example, every example passes its codec, every
// code stands in both places.
#include <functional>
#include <map>
#include <set>

#include "protocol/call.hpp"
#include "protocol/errors.hpp"
#include "protocol/room_codec.hpp"
#include "protocol/rpc/codec.hpp"
#include "tests/support/printers.hpp"
#include "tests/unit/protocol/messages.hpp"
#include "tests/unit/protocol/readme.hpp"

using namespace voip;
using test::Example;
using test::Readme;
using test::Row;

namespace {

const char* const to_service = "Channel, member to service";
const char* const to_member = "Channel, service to member";
const char* const local = "Local API";
const char* const local_told = "Local API, notifications";

/// Methods of a table: its first cells.
std::vector<std::string> methods_of(const Readme& readme, std::string_view section) {
    std::vector<std::string> methods;
    for (const Row& row : readme.rows_of(section)) {
        const std::string& cell = row.cells.at(0);
        methods.push_back(cell.substr(0, cell.find(" (")));  // "room.signal (request or notification)"
    }
    return methods;
}

/// "GET /cgi-bin/token?..." -> "GET /cgi-bin/token"
std::string call_of(const std::string& cell) {
    return cell.substr(0, cell.find('?'));
}

const Example* labelled(const std::vector<Example>& examples, std::string_view label) {
    for (const Example& example : examples)
        if (example.label == label) return &example;
    return nullptr;
}

/// Decodes and encodes again; a Fault when the codec refuses.
using Pass = std::function<Answer<json::Value>(const json::Value&)>;

template <class Message>
Pass pass(Answer<Message> (*decode)(const json::Value&)) {
    return [decode](const json::Value& value) -> Answer<json::Value> {
        const auto message = decode(value);
        if (!message) return message.error();
        return encode(*message);
    };
}

Pass pass_init(bool fill_in) {
    return [fill_in](const json::Value& value) -> Answer<json::Value> {
        const auto request = decode_init_by_caller(
            value, InitRules{Host::device, Registration::device_auth, "SN-0001", fill_in});
        if (!request) return request.error();
        return encode(*request);
    };
}

Answer<json::Value> pass_ice_servers(const json::Value& value) {
    const auto servers = decode_ice_servers(value);
    if (!servers) return servers.error();
    return json::Value(json::Object{{"iceServers", encode(*servers)}});
}

Answer<json::Value> pass_media(const json::Value& value) {
    const auto media = decode_media_state(value);
    if (!media) return media.error();
    json::Value again = encode(*media);
    if (const json::Value* volume = value.find("volume")) again.set("volume", *volume);  // the daemon's own
    return again;
}

/// The codecs of the house, by section, method and label.
std::map<std::string, Pass> codecs() {
    std::map<std::string, Pass> all;
    const auto at = [&](const char* section, const char* method, const char* label, Pass codec) {
        all.emplace(std::string(section) + "/" + method + "/" + label, std::move(codec));
    };
    at(to_service, "voip.initByCaller", "Params", pass_init(false));
    at(to_service, "voip.initByCaller", "Result", pass(decode_init_result));
    at(to_service, "voip.initByCaller", "Refused", pass(decode_init_result));
    at(to_service, "voip.callDevice", "Params", pass(decode_call_device));
    at(to_service, "room.join", "Params", pass(decode_room_join));
    at(to_service, "room.join", "Result", pass(decode_room_joined));
    at(to_service, "room.iceServers", "Result", pass_ice_servers);
    at(to_service, "room.resume", "Params", pass(decode_room_resume));
    at(to_service, "room.resume", "Result", pass(decode_room_resumed));
    at(to_service, "room.hangUp", "Params", pass(decode_room_hang_up));
    at(to_service, "room.signal", "Params", pass(decode_room_signal));
    at(to_member, "call.incoming", "Params", pass(decode_call_incoming));
    at(to_member, "voip.event", "Params", pass(decode_room_event));
    at(to_member, "room.signal", "Params", pass(decode_room_signal));
    at(local, "voip.initByCaller", "Params", pass_init(true));
    at(local, "voip.initByCaller", "Result", pass(decode_init_result));
    at(local, "voip.call", "Result", pass(decode_init_result));
    at(local, "voip.setMedia", "Result", pass_media);
    at(local, "room.get", "Result", pass(decode_room_snapshot));
    at(local, "room.subscribe", "Result", pass(decode_room_snapshot));
    at(local_told, "room.changed", "Params", pass(decode_room_snapshot));
    at(local_told, "voip.event", "Params", pass(decode_room_event));
    return all;
}

/// Every member of the example is a word of the table's cell, where that cell lists members.
void check_members(const Example& example, const std::string& cell) {
    if (cell.find('{') == std::string::npos || !example.value.as_object()) return;
    for (const json::Member& member : *example.value.as_object()) {
        INFO(member.name << " in: " << cell);
        CHECK(test::has_word(cell, member.name));
    }
}

}  // namespace

TEST_CASE("readme: each of the 12 channel methods and 21 local ones has params and a result",
          "[protocol][unit]") {
    const Readme readme = test::read_readme();
    const std::pair<const char*, const char*> tables[] = {{"Channel methods, member to service", to_service},
                                                          {"Local API", local}};
    const std::size_t counts[] = {12, 21};
    for (std::size_t i = 0; i < 2; ++i) {
        const auto& [table, section] = tables[i];
        CHECK(methods_of(readme, table).size() == counts[i]);
        for (const std::string& method : methods_of(readme, table)) {
            INFO(section << ": " << method);
            const auto examples = readme.examples_of(section, method);
            CHECK(labelled(examples, "Params"));
            CHECK(labelled(examples, "Result"));
        }
    }
}

TEST_CASE("readme: each of the 9 messages that nobody asks for has params", "[protocol][unit]") {
    const Readme readme = test::read_readme();
    for (const char* name :
         {"call.incoming", "voip.event", "room.signal", "contacts.changed", "channel.expiring"}) {
        INFO(name);
        CHECK(labelled(readme.examples_of(to_member, name), "Params"));
    }
    for (const char* name : {"room.changed", "voip.event", "room.quality", "api.closing"}) {
        INFO(name);
        CHECK(labelled(readme.examples_of(local_told, name), "Params"));
    }
}

TEST_CASE("readme: each HTTPS call but the page's files has an example", "[protocol][unit]") {
    const Readme readme = test::read_readme();
    const auto rows = readme.rows_of("HTTPS");
    std::size_t with_body = 0;
    for (const Row& row : rows) {
        const std::string call = call_of(row.cells.at(0));
        if (call.starts_with("GET / ")) continue;
        INFO(call);
        const auto examples = readme.examples_of("HTTPS", call);
        REQUIRE_FALSE(examples.empty());
        if (const Example* body = labelled(examples, "Body")) {
            ++with_body;
            check_members(*body, row.cells.at(2));
        }
        if (const Example* answer = labelled(examples, "Answer")) check_members(*answer, row.cells.at(2));
    }
    CHECK(rows.size() == 15);
    CHECK(with_body == 8);
}

TEST_CASE("readme: examples stand under methods that the tables have", "[protocol][unit]") {
    const Readme readme = test::read_readme();
    const std::pair<const char*, const char*> tables[] = {{"Channel methods, member to service", to_service},
                                                          {"Local API", local}};
    for (const auto& [table, section] : tables) {
        const auto methods = methods_of(readme, table);
        for (const Example& example : readme.examples) {
            if (example.section != section) continue;
            INFO(section << ": " << example.name);
            CHECK(std::count(methods.begin(), methods.end(), example.name) == 1);
        }
    }
    const auto rows = readme.rows_of("HTTPS");
    for (const Example& example : readme.examples) {
        if (example.section != "HTTPS") continue;
        INFO(example.name);
        CHECK(std::any_of(rows.begin(), rows.end(),
                          [&](const Row& row) { return call_of(row.cells.at(0)) == example.name; }));
    }
}

TEST_CASE("readme: members of the examples are those of the tables", "[protocol][unit]") {
    const Readme readme = test::read_readme();
    const std::pair<const char*, const char*> tables[] = {{"Channel methods, member to service", to_service},
                                                          {"Local API", local}};
    for (const auto& [table, section] : tables) {
        const auto methods = methods_of(readme, table);
        const auto rows = readme.rows_of(table);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            INFO(section << ": " << methods[i]);
            const auto examples = readme.examples_of(section, methods[i]);
            check_members(*labelled(examples, "Params"), rows[i].cells.at(2));
            check_members(*labelled(examples, "Result"), rows[i].cells.at(3));
        }
    }
}

TEST_CASE("readme: 22 examples pass their codecs and come out with all they had", "[protocol][unit]") {
    const Readme readme = test::read_readme();
    const auto all = codecs();
    std::set<std::string> used;
    for (const Example& example : readme.examples) {
        const std::string key = example.section + "/" + example.name + "/" + example.label;
        const auto codec = all.find(key);
        if (codec == all.end()) continue;
        used.insert(key);
        INFO(key);
        const auto again = codec->second(example.value);
        REQUIRE(again);
        INFO(json::write(*again));
        CHECK(test::contains(*again, example.value));
    }
    CHECK(used.size() == 22);
    CHECK(used.size() == all.size());
}

TEST_CASE("readme: the 5 whole messages pass the JSON-RPC codec", "[protocol][unit]") {
    const Readme readme = test::read_readme();
    std::size_t messages = 0;
    for (const Example& example : readme.examples) {
        if (example.label != "Message") continue;
        ++messages;
        const std::string text = json::write(example.value);
        INFO(text);
        CHECK(rpc::decode(text));
    }
    CHECK(messages == 5);
}

TEST_CASE("readme: every code of errors.cpp stands in the table with the same words, and the other way round",
          "[protocol][unit]") {
    const Readme readme = test::read_readme();
    std::vector<std::string> documented, known, retries;
    for (const Row& row : readme.rows_of("Codes")) {
        if (row.cells.size() < 5) {
            retries.push_back(row.cells.at(0));
        } else if (row.cells.at(0) != "code") {
            documented.push_back(row.cells[0] + "|" + row.cells[1] + "|" + row.cells[2] + "|" + row.cells[3] +
                                 "|" + row.cells[4]);
        }
    }
    for (const CodeInfo& info : error_codes())
        known.push_back(std::to_string(info.code) + "|" + std::string(to_string(info.domain)) + "|" +
                        std::string(info.name) + "|" + std::string(info.text) + "|" +
                        std::string(to_string(info.retry)));
    CHECK(documented == known);
    std::vector<std::string> spelled;
    for (int i = 0; i <= static_cast<int>(Retry::backoff); ++i)
        spelled.emplace_back(to_string(static_cast<Retry>(i)));
    CHECK(retries == spelled);
}

TEST_CASE("readme: the events' table names the members that the codec writes", "[protocol][unit]") {
    const Readme readme = test::read_readme();
    std::string members;
    for (const Row& row : readme.rows_of("Events")) members += row.cells.at(0) + " ";
    RoomEvent event{EventName::endVoip, "r", {}};
    event.data = {1, "s", "o", "m", 5, true, "c", "l", RoomType::voice, 1};
    for (const auto name : {EventName::endVoip, EventName::joinFailCaller, EventName::abortVoip}) {
        event.name = name;
        const json::Value written = encode(event);
        for (const json::Member& member : *written.find("data")->as_object()) {
            INFO(member.name);
            CHECK(test::has_word(members, member.name));
        }
    }
}
