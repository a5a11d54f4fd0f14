// The file: made whole, never replaced, kept over kills, shared with other processes.
#include <sqlite3.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/unit/registry/support.hpp"

namespace voip::registry {
namespace {

namespace fs = std::filesystem;

void spoil(const fs::path& file, std::streamoff at, const std::string& bytes) {
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    REQUIRE(stream);
    stream.seekp(at);
    stream << bytes;
    REQUIRE(stream.flush());
}

/// Everything in the main file, nothing in the log.
void checkpoint(const fs::path& file) {
    sqlite3* other = nullptr;
    REQUIRE(sqlite3_open(file.c_str(), &other) == SQLITE_OK);
    REQUIRE(sqlite3_exec(other, "PRAGMA wal_checkpoint(TRUNCATE)", nullptr, nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(other);
}

std::string content(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

/// Opening fails, says the file's name and what to do, and leaves the file as it was.
void check_refused(const fs::path& file, const char* word) {
    const std::string before = content(file);
    const auto opened = Registry::open(file, {}, t0);
    REQUIRE_FALSE(opened);
    INFO(opened.error().text());
    CHECK(opened.error().context.find(file.string()) != std::string::npos);
    CHECK(opened.error().context.find(word) != std::string::npos);
    CHECK(content(file) == before);
}

}  // namespace

TEST_CASE("file: made with mode 0600, and nothing else is left beside it", "[registry][unit]") {
    TempFolder folder;
    {
        REQUIRE(Registry::open(folder / "registry.db", {}, t0));
        struct stat facts {};
        REQUIRE(stat((folder / "registry.db").c_str(), &facts) == 0);
        CHECK((facts.st_mode & 0777U) == 0600U);
    }
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder.path())) names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    CHECK(names == std::vector<std::string>{"registry.db", "registry.db.nonces-saved"});
}

TEST_CASE("file: what a killed first start left behind hinders nothing", "[registry][unit]") {
    TempFolder folder;
    std::ofstream(folder / "registry.db.new-1") << "half";
    CHECK(Registry::open(folder / "registry.db", {}, t0));
}

TEST_CASE("file: everything is there again after a kill, without closing", "[registry][unit]") {
    Fixture f;
    const auto key = f.register_device();
    const User ann = f.add_user();
    f.grant(ann);
    const auto login = f.registry.issue_user_token(ann.open_id, t0);
    const auto device_token = f.registry.issue_device_token("SN1", t0);
    const auto push = f.registry.issue_push_token("SN1", t0);
    const auto access = f.registry.issue_access_token("wx1", "a secret of the app", t0);
    const auto code = f.registry.make_enrolment_code(ann.open_id, t0);
    REQUIRE((login && device_token && push && access && code));
    REQUIRE(f.registry.use_nonce("SN1", "nonce-of-16-chars", t0));
    REQUIRE(f.registry.set_setting("colour", "blue"));
    json::Value room;
    room.set("phase", "talking");
    REQUIRE(f.registry.store_rooms(std::vector<RoomRow>{{"room-1", room}}));

    f.crash(t0 + second);
    CHECK(f.registry.products()->size() == 1);
    CHECK((*f.registry.find_device("SN1"))->public_key == key.public_key());
    CHECK(f.registry.check_user_token(login->token.token, t0 + second)->user == ann);
    CHECK(f.registry.check_device_token(device_token->token, t0 + second)->device.sn == "SN1");
    CHECK((*f.registry.check_push_token(push->token, t0 + second))->sn == "SN1");
    CHECK(*f.registry.check_access_token(access->token, t0 + second) == "wx1");
    CHECK((*f.registry.find_grant(ann.open_id, "SN1"))->device_name == "Front door");
    CHECK(fault_of(f.registry.use_nonce("SN1", "nonce-of-16-chars", t0 + second)) == 4012);
    CHECK(f.registry.claims_from() == 0);
    CHECK(f.registry.setting("colour")->value() == "blue");
    CHECK(*f.registry.load_rooms() == std::vector<json::Value>{room});
    CHECK(f.registry.redeem_enrolment_code(code->token, t0 + second)->user == ann);
    CHECK(f.failures.empty());
}

TEST_CASE("file: a log cut in the middle of its last entry loses that entry alone", "[registry][unit]") {
    Fixture f;
    REQUIRE(f.registry.set_setting("first", "1"));
    const fs::path log = f.file.string() + "-wal";
    const auto size = fs::file_size(log);
    REQUIRE(f.registry.set_setting("second", "2"));
    REQUIRE(fs::file_size(log) > size);
    const fs::path copy = f.folder / "cut";
    fs::create_directory(copy);
    fs::copy(f.file, copy / "registry.db");
    fs::copy(log, copy / "registry.db-wal");
    fs::resize_file(copy / "registry.db-wal", fs::file_size(log) - 100);
    auto opened = Registry::open(copy / "registry.db", {}, t0);
    REQUIRE(opened);
    CHECK(opened->setting("first")->value() == "1");
    CHECK_FALSE(opened->setting("second")->has_value());
}

TEST_CASE("file: a damaged registry is refused and left as it is", "[registry][unit]") {
    TempFolder folder;
    const fs::path file = folder / "registry.db";
    {
        auto made = Registry::open(file, {}, t0);
        REQUIRE(made);
        Product product{"wx1", "m1", "", Registration::device_auth, Charge::any, 0};
        REQUIRE(made->put_product(product, "a secret of the app", t0));
    }
    checkpoint(file);
    SECTION("empty") {
        fs::resize_file(file, 0);
        check_refused(file, "empty");
    }
    SECTION("cut to half") {
        fs::resize_file(file, fs::file_size(file) / 2);
        check_refused(file, "put back a copy");
    }
    SECTION("another file altogether") {
        fs::resize_file(file, 0);
        spoil(file, 0, std::string(8192, 'x'));
        check_refused(file, "put back a copy");
    }
    SECTION("a page overwritten") {
        spoil(file, 4096 * 2, std::string(4096, '\x5a'));
        check_refused(file, "put back a copy");
    }
    SECTION("another program's database") {
        spoil(file, 68, std::string(4, '\0'));
        check_refused(file, "it is no registry");
    }
    SECTION("without a version") {
        spoil(file, 60, std::string(4, '\0'));
        check_refused(file, "version is missing");
    }
    SECTION("gone, its log still there") {
        fs::rename(file, file.string() + "-wal");
        const auto opened = Registry::open(file, {}, t0);
        REQUIRE_FALSE(opened);
        CHECK(opened.error().context.find("missing") != std::string::npos);
        CHECK_FALSE(fs::exists(file));
    }
}

TEST_CASE("file: one of version 9 is refused by this version 1", "[registry][unit]") {
    TempFolder folder;
    const fs::path file = folder / "registry.db";
    REQUIRE(Registry::open(file, {}, t0));
    spoil(file, 60, std::string("\0\0\0\x09", 4));
    const auto opened = Registry::open(file, {}, t0);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().is(Errc::wrong_state));
    CHECK(opened.error().context.find("newer version") != std::string::npos);
}

TEST_CASE("file: a folder that is not there is an error, not a crash", "[registry][unit]") {
    TempFolder folder;
    CHECK_FALSE(Registry::open(folder / "no" / "registry.db", {}, t0));
    fs::create_directory(folder / "registry.db");
    CHECK_FALSE(Registry::open(folder / "registry.db", {}, t0));
}

TEST_CASE("file: an admin program's changes are seen at the next call, and ours by it", "[registry][unit]") {
    Fixture f;
    f.register_device();
    const User ann = f.add_user();
    const auto login = f.registry.issue_user_token(ann.open_id, t0);
    const auto token = f.registry.issue_device_token("SN1", t0);
    auto admin = Registry::open(f.file, {}, t0);
    REQUIRE(admin);
    const std::int64_t seen = *f.registry.last_change();
    CHECK(admin->users()->size() == 1);
    REQUIRE(admin->revoke_user(ann.open_id, t0));
    REQUIRE(admin->revoke_device("SN1", t0));
    CHECK(fault_of(f.registry.check_user_token(login->token.token, t0)) == 4014);
    CHECK(fault_of(f.registry.check_device_token(token->token, t0)) == 4014);
    const auto changes = f.registry.changes_after(seen);
    REQUIRE(changes);
    REQUIRE(changes->size() == 2);
    CHECK((*changes)[0] == Change{(*changes)[0].id, Change::What::user_revoked, ann.open_id, "", ""});
    CHECK((*changes)[1] == Change{(*changes)[1].id, Change::What::device_revoked, "", "SN1", ""});
    CHECK(f.registry.changes_after((*changes)[1].id)->empty());
}

TEST_CASE("file: while another process writes, reading goes on and writing fails after the timeout",
          "[registry][unit]") {
    RegistrySettings settings;
    settings.busy_timeout = 0s;
    Fixture f(settings);
    f.register_device();
    const User ann = f.add_user();
    const auto login = f.registry.issue_user_token(ann.open_id, t0);
    sqlite3* other = nullptr;
    REQUIRE(sqlite3_open(f.file.c_str(), &other) == SQLITE_OK);
    REQUIRE(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK);
    CHECK(f.registry.check_user_token(login->token.token, t0));
    CHECK(f.registry.issue_device_token("SN1", t0));
    CHECK(fault_of(f.registry.issue_push_token("SN1", t0)) == 5030);
    const auto added = f.registry.add_user("wx1", "Ben", t0);
    REQUIRE_FALSE(added);
    CHECK(added.error().is(Errc::timeout));
    CHECK(f.failures.size() == 2);
    REQUIRE(sqlite3_exec(other, "COMMIT", nullptr, nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(other);
    CHECK(f.registry.issue_push_token("SN1", t0));
    CHECK(f.registry.add_user("wx1", "Ben", t0));
}

TEST_CASE("file: a saved room that is not JSON is reported, forgotten and left out", "[registry][unit]") {
    Fixture f;
    json::Value room;
    room.set("phase", "ringing");
    REQUIRE(f.registry.store_rooms(std::vector<RoomRow>{{"a", room}, {"b", room}}));
    sqlite3* other = nullptr;
    REQUIRE(sqlite3_open(f.file.c_str(), &other) == SQLITE_OK);
    REQUIRE(sqlite3_exec(other, "UPDATE rooms SET room = '{' WHERE room_id = 'a'", nullptr, nullptr,
                         nullptr) == SQLITE_OK);
    sqlite3_close(other);
    CHECK(f.registry.load_rooms()->size() == 1);
    CHECK(f.failures.size() == 1);
    CHECK(f.registry.load_rooms()->size() == 1);
    CHECK(f.failures.size() == 1);
    REQUIRE(f.registry.store_rooms(std::vector<RoomRow>{{"b", std::nullopt}, {"c", room}, {"c", room}}));
    CHECK(f.registry.load_rooms()->size() == 1);
}

TEST_CASE("file: pruning takes what expired, 1000 of a kind at a time", "[registry][unit]") {
    Fixture f;
    const User ann = f.add_user();
    for (int i = 0; i < 1001; ++i) REQUIRE(f.registry.make_sn_ticket("wx1", "SN1", "m1", t0));
    REQUIRE(f.registry.make_enrolment_code(ann.open_id, t0));
    const auto kept = f.registry.make_sn_ticket("wx1", "SN1", "m1", t0 + 100 * second);
    CHECK_FALSE(*f.registry.prune(t0 + 299999));
    CHECK(*f.registry.prune(t0 + 300000));
    CHECK_FALSE(*f.registry.prune(t0 + 300000));
    const auto key = crypto::KeyPair::generate();
    CHECK(f.registry.register_device({"wx1", "m1", "SN1", kept->token, key.public_key()}, t0 + 300000));
}

TEST_CASE("file: changes are kept for an hour; their numbers are never used twice", "[registry][unit]") {
    Fixture f;
    f.register_device();
    const User ann = f.add_user();
    f.grant(ann);
    const std::int64_t first = *f.registry.last_change();
    REQUIRE(first > 0);
    CHECK(f.registry.changes_after(0)->size() == 1);
    REQUIRE(f.registry.prune(t0 + 3599999));
    CHECK(f.registry.changes_after(0)->size() == 1);
    REQUIRE(f.registry.prune(t0 + 3600000));
    CHECK(f.registry.changes_after(0)->empty());
    f.grant(ann);
    CHECK(*f.registry.last_change() > first);
}

}  // namespace voip::registry
