// Contacts, history and the inbox.
#include <stdlib.h>

#include <filesystem>

#include "core/file.hpp"
#include "daemon/call/contacts.hpp"
#include "daemon/call/history.hpp"
#include "daemon/call/inbox.hpp"
#include "protocol/limits.hpp"
#include "tests/unit/call/session_world.hpp"

namespace voip::call::test {
namespace {

namespace fs = std::filesystem;

struct Folder {
    Folder() {
        std::string name = (fs::temp_directory_path() / "call_unit.XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~Folder() { fs::remove_all(path); }
    fs::path path;
};

struct Lines {
    std::vector<std::string> lines;
    LogHub hub{[this](Level, std::string_view line) { lines.emplace_back(line); }, Level::info};
    Log log{hub, "call"};
};

Contact family(const std::string& key = "family") {
    return {key, "Family", {{"anna", "Anna", Authorisation::unknown}, {"bo", "Bo", Authorisation::unknown}}};
}

CallRecord call_at(UnixMillis started, const std::string& id) {
    CallRecord record;
    record.call_id = id;
    record.room_id = "R-" + id;
    record.peer = {"anna", "Anna \"A\"\n", 0};
    record.contact = "family";
    record.started = started;
    record.ended = started + 5;
    record.keep_time = 3;
    record.end = RoomEnd{EventName::abortVoip, "unknown", "", 1002, "lost"};
    return record;
}

std::string read(const fs::path& path) {
    return read_file(path, 1 << 24).value();
}

TEST_CASE("contacts: what is set is there after a restart, with its consent", "[call][unit]") {
    const Folder folder;
    const fs::path file = folder.path / "contacts.json";
    Contacts contacts(file, {});
    contacts.load();
    CHECK(contacts.set(family()));
    CHECK(contacts.mark("anna", Authorisation::ok));
    CHECK_FALSE(contacts.mark("anna", Authorisation::ok));
    CHECK_FALSE(contacts.mark("stranger", Authorisation::lost));
    CHECK_FALSE(contacts.stored());
    contacts.store();
    CHECK(contacts.stored());

    Contacts again(file, {});
    again.load();
    REQUIRE(again.list().size() == 1);
    CHECK(again.list() == contacts.list());
    CHECK(again.find("family")->people[0].authorisation == Authorisation::ok);
    Contact renamed = family();
    renamed.people[0].authorisation = Authorisation::lost;  // not the client's to say
    CHECK(again.set(renamed)->people[0].authorisation == Authorisation::ok);
    CHECK(again.remove("family"));
    CHECK(again.remove("family").error().field == "contact");
}

TEST_CASE("contacts: 6 wrong ones are refused with the member's name", "[call][unit]") {
    Contacts contacts({}, {});
    const auto field_of = [&](const Contact& contact) {
        const auto done = contacts.set(contact);
        REQUIRE_FALSE(done);
        CHECK(done.error().err_code == 1004);
        return done.error().field;
    };
    Contact wrong = family("");
    CHECK(field_of(wrong) == "contact");
    wrong = family();
    wrong.name = std::string(129, 'x');
    CHECK(field_of(wrong) == "name");
    wrong = family();
    wrong.people.clear();
    CHECK(field_of(wrong) == "people");
    wrong.people.assign(17, {"x", "", Authorisation::unknown});
    CHECK(field_of(wrong) == "people");
    wrong = family();
    wrong.people[1].open_id = "";
    CHECK(field_of(wrong) == "people[1].openId");
    wrong.people[1].open_id = "anna";
    CHECK(field_of(wrong) == "people[1].openId");
    CHECK(contacts.list().empty());
}

TEST_CASE("contacts: the table holds 256 and no more", "[call][unit]") {
    Contacts contacts({}, {});
    for (std::size_t i = 0; i < limits::contacts; ++i) REQUIRE(contacts.set(family(std::to_string(i))));
    CHECK(contacts.set(family("one more")).error().err_code == 4130);
    CHECK(contacts.set(family("7")));
}

TEST_CASE("contacts: 5 kinds of damaged file are set aside with a message", "[call][unit]") {
    for (const std::string damage : {"", "{", "{\"contacts\": 5}", "{\"contacts\": [{\"contact\": \"x\"}]}",
                                     "{\"contacts\": [{\"contact\": \"\", \"people\": []}]}"}) {
        const Folder folder;
        const fs::path file = folder.path / "contacts.json";
        REQUIRE(write_file(file, damage, 0600));
        Lines lines;
        Contacts contacts(file, lines.log);
        contacts.load();
        CHECK(contacts.list().empty());
        CHECK(lines.lines.size() == 1);
        CHECK(fs::exists(file.string() + ".damaged"));
        CHECK(contacts.set(family()));
    }
}

TEST_CASE("contacts: a disk that refuses changes nothing and says so; a mark stays in memory",
          "[call][unit]") {
    const Folder folder;
    Lines lines;
    Contacts contacts(folder.path / "gone" / "contacts.json", lines.log);
    contacts.load();
    CHECK(contacts.set(family()).error().err_code == -1);
    CHECK(contacts.list().empty());
    fs::create_directory(folder.path / "gone");
    REQUIRE(contacts.set(family()));
    fs::remove_all(folder.path / "gone");
    CHECK(contacts.mark("bo", Authorisation::lost));
    contacts.store();
    contacts.store();
    CHECK(lines.lines.size() == 1);
    CHECK(contacts.find("family")->people[1].authorisation == Authorisation::lost);
    CHECK(contacts.remove("family").error().err_code == -1);
    CHECK(contacts.list().size() == 1);
}

TEST_CASE("history: records come back after a restart, pages newest first", "[call][unit]") {
    const Folder folder;
    const fs::path file = folder.path / "history.jsonl";
    History history(file, {});
    history.load();
    for (int i = 1; i <= 5; ++i) history.add(call_at(i * 1000, "c" + std::to_string(i)));
    CHECK_FALSE(fs::exists(file));
    history.store();
    CHECK(history.stored());
    History again(file, {});
    again.load();
    REQUIRE(again.size() == 5);
    const auto page = again.page(2, std::nullopt);
    REQUIRE(page.size() == 2);
    CHECK(page[0] == call_at(5000, "c5"));
    CHECK(page[1].call_id == "c4");
    const auto older = again.page(10, 4000);
    REQUIRE(older.size() == 3);
    CHECK(older[0].call_id == "c3");
    CHECK(again.page(10, 1000).empty());
}

TEST_CASE("history: a torn last line and 2 lines that are no record are passed over", "[call][unit]") {
    const Folder folder;
    const fs::path file = folder.path / "history.jsonl";
    History history(file, {});
    history.add(call_at(1000, "c1"));
    history.add(call_at(2000, "c2"));
    history.store();
    const std::string whole = read(file);
    REQUIRE(write_file(file, "rubbish\n" + whole + "{}\n" + whole.substr(0, 30), 0600));
    Lines lines;
    History again(file, lines.log);
    again.load();
    CHECK(again.size() == 2);
    CHECK(lines.lines.size() == 1);
    again.add(call_at(3000, "c3"));
    again.store();
    History third(file, {});
    third.load();
    REQUIRE(third.size() == 3);
    CHECK(third.page(1, std::nullopt)[0].call_id == "c3");
    CHECK(read(file).rfind("rubbish", 0) == std::string::npos);
}

TEST_CASE("history: a last line torn at any of its bytes costs that record alone", "[call][unit]") {
    const Folder folder;
    const fs::path file = folder.path / "history.jsonl";
    History history(file, {});
    history.add(call_at(1000, "c1"));
    history.add(call_at(2000, "c2"));
    history.store();
    const std::string whole = read(file);
    const std::size_t first = whole.find('\n') + 1;
    for (std::size_t cut = first + 1; cut < whole.size() - 1; ++cut) {
        REQUIRE(write_file(file, whole.substr(0, cut), 0600));
        History torn(file, {});
        torn.load();
        REQUIRE(torn.size() == 1);
    }
}

TEST_CASE("history: a whole record that lost its line feed is not glued to the next one", "[call][unit]") {
    const Folder folder;
    const fs::path file = folder.path / "history.jsonl";
    History history(file, {});
    history.add(call_at(1000, "c1"));
    history.store();
    const std::string whole = read(file);
    REQUIRE(write_file(file, whole.substr(0, whole.size() - 1), 0600));
    History again(file, {});
    again.load();
    again.add(call_at(2000, "c2"));
    again.store();
    History third(file, {});
    third.load();
    CHECK(third.size() == 2);
}

TEST_CASE("history: the file is compacted above twice its limit of 10 records", "[call][unit]") {
    const Folder folder;
    const fs::path file = folder.path / "history.jsonl";
    History history(file, {}, 10);
    for (int i = 1; i <= 35; ++i) {
        history.add(call_at(i, "c" + std::to_string(i)));
        history.store();
        const std::string text = read(file);
        CHECK(std::count(text.begin(), text.end(), '\n') <= 20);
    }
    CHECK(history.size() == 10);
    History again(file, {}, 10);
    again.load();
    CHECK(again.size() == 10);
    CHECK(again.page(1, std::nullopt)[0].call_id == "c35");
}

TEST_CASE("history: a disk that refuses is logged once and caught up later", "[call][unit]") {
    const Folder folder;
    const fs::path file = folder.path / "gone" / "history.jsonl";
    Lines lines;
    History history(file, lines.log);
    history.load();
    history.add(call_at(1000, "c1"));
    history.store();
    history.add(call_at(2000, "c2"));
    history.store();
    CHECK(lines.lines.size() == 1);
    CHECK_FALSE(history.stored());
    CHECK(history.page(10, std::nullopt).size() == 2);
    fs::create_directory(folder.path / "gone");
    history.add(call_at(3000, "c3"));
    history.store();
    CHECK(history.stored());
    History again(file, {});
    again.load();
    CHECK(again.size() == 3);
}

TEST_CASE("history: a file that cannot be read is set aside", "[call][unit]") {
    const Folder folder;
    const fs::path file = folder.path / "history.jsonl";
    fs::create_directory(file);
    Lines lines;
    History history(file, lines.log);
    history.load();
    CHECK(lines.lines.size() == 1);
    history.add(call_at(1000, "c1"));
    history.store();
    CHECK(history.stored());
}

TEST_CASE("history: a record of any call survives its line", "[call][unit]") {
    World w;
    w.to_talking(false);
    w.pass(7s);
    w.hang_up();
    const CallRecord& record = find<action::Finished>(w.all)->record;
    CHECK(decode_call_record(encode(record)) == record);
    CallRecord with_media = record;
    with_media.quality.emplace().send_kbps = 612.5;
    CHECK(decode_call_record(encode(with_media)) == with_media);
    CHECK(encode(record).find("quality") == nullptr);
    json::Value odd = encode(record);
    CHECK(decode_call_record(odd.set("quality", "good")) == record);
    CHECK_FALSE(decode_call_record(json::Value(5)));
    CHECK_FALSE(decode_call_record(encode(CallRecord{})));
}

Event wire(EventName name, const std::string& room) {
    return event::Wire{room_event(name, room)};
}

TEST_CASE("inbox: a full queue of 4 drops what does not matter and keeps each end once",
          "[call][unit][INV-2]") {
    Inbox inbox(4);
    for (int i = 0; i < 4; ++i) CHECK(inbox.push(wire(EventName::calling, "R1"), true));
    CHECK_FALSE(inbox.push(wire(EventName::calling, "R1"), true));
    CHECK_FALSE(inbox.push(wire(EventName::endVoip, "R-foreign"), false));
    CHECK(inbox.dropped() == 2);
    for (int i = 0; i < 100; ++i) {
        CHECK(inbox.push(wire(EventName::hangUpVoip, "R1"), true));
        CHECK(inbox.push(wire(EventName::endVoip, "R1"), true));
        CHECK(inbox.push(event::Online{i % 2 == 0}, false));
        CHECK_FALSE(inbox.push(event::MediaMeasured{1, {}}, false));
        CHECK(inbox.push(event::MediaChanged{1, {i == 50 ? "failed" : "flowing", true, true}, 0, {}}, false));
    }
    CHECK(inbox.push(event::HangUpDone{"R1", {std::monostate{}}}, false));
    CHECK(inbox.size() == 4 + 5);
    for (int i = 0; i < 4; ++i) (void)inbox.pop();
    bool online = true, failed = false;
    std::vector<EventName> ends;
    while (const auto event = inbox.pop()) {
        if (const auto* road = std::get_if<event::Online>(&*event)) online = road->online;
        if (const auto* media = std::get_if<event::MediaChanged>(&*event))
            failed = media->media.state == "failed";
        if (const auto* end = std::get_if<event::Wire>(&*event)) ends.push_back(end->event.name);
    }
    CHECK_FALSE(online);
    CHECK(failed);
    CHECK(ends == std::vector<EventName>{EventName::hangUpVoip, EventName::endVoip});
}

}  // namespace
}  // namespace voip::call::test
