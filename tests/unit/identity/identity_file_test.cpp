#include "daemon/identity/identity_file.hpp"

#include <sys/stat.h>

#include "core/json.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/identity/temp_folder.hpp"

namespace voip::identity {
namespace {

using test::TempFolder;
const DeviceName device{"SN-1", "model-1", "app-1"};

mode_t mode_of(const std::filesystem::path& path) {
    struct stat info {};
    REQUIRE(::stat(path.c_str(), &info) == 0);
    return info.st_mode & 07777U;
}

/// A folder in which a device has been registered; gives its public key.
std::string make_registered(const TempFolder& folder) {
    IdentityFile file(folder.path(), device, {});
    auto loaded = file.load();
    REQUIRE(loaded);
    REQUIRE(loaded->key);
    REQUIRE(file.store(Enrolment::registered));
    return loaded->key->public_key();
}

IdentityFile::Loaded load(const TempFolder& folder, const DeviceName& name = device) {
    auto loaded = IdentityFile(folder.path(), name, {}).load();
    REQUIRE(loaded);
    return std::move(*loaded);
}

TEST_CASE("identity folder: every pair of found files has its verdict", "[identity][unit]") {
    using State = FoundFiles::State;
    struct Row {
        State key, record;
        Enrolment recorded;
        bool same;
        FolderVerdict wanted;
    };
    // clang-format off
    const Row rows[] = {
        {State::absent,  State::absent,  Enrolment::none,       true,  {Enrolment::none,       true}},
        {State::absent,  State::damaged, Enrolment::none,       true,  {Enrolment::lost,       false}},
        {State::absent,  State::good,    Enrolment::none,       true,  {Enrolment::none,       true}},
        {State::absent,  State::good,    Enrolment::pending,    true,  {Enrolment::lost,       false}},
        {State::absent,  State::good,    Enrolment::registered, true,  {Enrolment::lost,       false}},
        {State::absent,  State::good,    Enrolment::lost,       true,  {Enrolment::lost,       false}},
        {State::absent,  State::good,    Enrolment::registered, false, {Enrolment::none,       true}},
        {State::damaged, State::absent,  Enrolment::none,       true,  {Enrolment::lost,       false}},
        {State::damaged, State::damaged, Enrolment::none,       true,  {Enrolment::lost,       false}},
        {State::damaged, State::good,    Enrolment::none,       true,  {Enrolment::none,       true}},
        {State::damaged, State::good,    Enrolment::registered, true,  {Enrolment::lost,       false}},
        {State::good,    State::absent,  Enrolment::none,       true,  {Enrolment::pending,    false}},
        {State::good,    State::damaged, Enrolment::none,       true,  {Enrolment::pending,    false}},
        {State::good,    State::good,    Enrolment::none,       true,  {Enrolment::none,       false}},
        {State::good,    State::good,    Enrolment::pending,    true,  {Enrolment::pending,    false}},
        {State::good,    State::good,    Enrolment::registered, true,  {Enrolment::registered, false}},
        {State::good,    State::good,    Enrolment::lost,       true,  {Enrolment::lost,       false}},
        {State::good,    State::good,    Enrolment::registered, false, {Enrolment::pending,    false}},
        {State::good,    State::good,    Enrolment::none,       false, {Enrolment::none,       false}},
    };
    // clang-format on
    for (const Row& row : rows) {
        CAPTURE(static_cast<int>(row.key), static_cast<int>(row.record), to_string(row.recorded), row.same);
        CHECK(judge_folder({row.key, row.record, row.recorded, row.same}) == row.wanted);
    }
}

TEST_CASE("identity file: the first start makes a key of mode 0600 that every later start finds",
          "[identity][unit]") {
    const TempFolder folder;
    const auto first = load(folder);
    REQUIRE(first.key);
    CHECK(first.enrolment == Enrolment::none);
    CHECK(first.problem.empty());
    CHECK(mode_of(folder / "identity.key") == 0600);
    CHECK(mode_of(folder / "identity.json") == 0600);
    const auto second = load(folder);
    REQUIRE(second.key);
    CHECK(second.key->public_key() == first.key->public_key());
    CHECK(second.enrolment == Enrolment::none);
}

TEST_CASE("identity file: a folder that is not there is made with mode 0700", "[identity][unit]") {
    const TempFolder folder;
    const auto inner = folder / "a" / "b";
    IdentityFile file(inner, device, {});
    const auto loaded = file.load();
    REQUIRE(loaded);
    CHECK(loaded->key);
    CHECK(mode_of(inner) == 0700);
}

TEST_CASE("identity file: the record holds names and the registration, nothing secret", "[identity][unit]") {
    const TempFolder folder;
    make_registered(folder);
    const auto record = json::parse(folder.read("identity.json"));
    REQUIRE(record);
    json::Value wanted;
    wanted.set("sn", "SN-1")
        .set("modelId", "model-1")
        .set("appId", "app-1")
        .set("registration", "registered");
    CHECK(*record == wanted);
}

TEST_CASE("identity file: a registration is remembered", "[identity][unit]") {
    const TempFolder folder;
    const std::string key = make_registered(folder);
    const auto loaded = load(folder);
    CHECK(loaded.enrolment == Enrolment::registered);
    REQUIRE(loaded.key);
    CHECK(loaded.key->public_key() == key);
}

TEST_CASE(
    "identity file: a damaged key of a registered device is a lost identity, also at the 2nd and 3rd start",
    "[identity][unit]") {
    const TempFolder folder;
    make_registered(folder);
    const std::string pem = folder.read("identity.key");
    const std::string damages[] = {"", "garbage", pem.substr(0, pem.size() / 2), std::string(40'000, 'x'),
                                   std::string(300, '\0')};
    for (const std::string& damage : damages) {
        CAPTURE(damage.size());
        folder.write("identity.key", damage);
        for (int start = 1; start <= 3; ++start) {
            CAPTURE(start);
            const auto loaded = load(folder);
            CHECK(loaded.enrolment == Enrolment::lost);
            CHECK_FALSE(loaded.key);
            CHECK(loaded.problem.find("operator must reset") != std::string::npos);
        }
        CHECK(folder.read("identity.key.damaged") == damage);
        CHECK_FALSE(folder.has("identity.key"));
    }
}

TEST_CASE("identity file: a damaged key without a record is lost for good, not a new device at the 2nd start",
          "[identity][unit]") {
    const TempFolder folder;
    folder.write("identity.key", "garbage");
    CHECK(load(folder).enrolment == Enrolment::lost);
    CHECK(load(folder).enrolment == Enrolment::lost);
    CHECK_FALSE(folder.has("identity.key"));
}

TEST_CASE("identity file: a damaged key of a device that never asked is replaced", "[identity][unit]") {
    const TempFolder folder;
    const auto first = load(folder);
    folder.write("identity.key", "garbage");
    const auto second = load(folder);
    CHECK(second.enrolment == Enrolment::none);
    REQUIRE(second.key);
    CHECK(second.key->public_key() != first.key->public_key());
}

TEST_CASE("identity file: a damaged record is set aside; the key stays and the service is asked",
          "[identity][unit]") {
    const char* const damages[] = {"",
                                   "{\"sn\":",
                                   "[]",
                                   "{\"sn\": \"SN-1\"}",
                                   "{\"sn\": 4, \"registration\": \"none\"}",
                                   "{\"sn\": \"SN-1\", \"registration\": \"perhaps\"}"};
    for (const char* damage : damages) {
        CAPTURE(damage);
        const TempFolder folder;
        const std::string key = make_registered(folder);
        folder.write("identity.json", damage);
        const auto loaded = load(folder);
        CHECK(loaded.enrolment == Enrolment::pending);
        REQUIRE(loaded.key);
        CHECK(loaded.key->public_key() == key);
        CHECK(folder.read("identity.json.damaged") == damage);
    }
}

TEST_CASE("identity file: power lost between record and key of the first start makes the key at the next one",
          "[identity][unit]") {
    const TempFolder folder;
    IdentityFile file(folder.path(), device, {});
    REQUIRE(file.store(Enrolment::none));
    const auto loaded = load(folder);
    CHECK(loaded.key);
    CHECK(loaded.enrolment == Enrolment::none);
}

TEST_CASE("identity file: temporary files of a write that power cut short are removed, others stay",
          "[identity][unit]") {
    const TempFolder folder;
    make_registered(folder);
    folder.write("identity.key.aB3x9Z", "half a key");
    folder.write("identity.json.000000", "");
    folder.write("identity.key.damaged", "kept for the operator");
    folder.write("identity.key.backup", "an operator's");
    folder.write("contacts.json", "{}");
    CHECK(load(folder).enrolment == Enrolment::registered);
    CHECK_FALSE(folder.has("identity.key.aB3x9Z"));
    CHECK_FALSE(folder.has("identity.json.000000"));
    CHECK(folder.has("identity.key.damaged"));
    CHECK(folder.files() == 5);
}

TEST_CASE("identity file: a key that others may read is closed again to 0600", "[identity][unit]") {
    const TempFolder folder;
    make_registered(folder);
    REQUIRE(::chmod((folder / "identity.key").c_str(), 0644) == 0);
    CHECK(load(folder).enrolment == Enrolment::registered);
    CHECK(mode_of(folder / "identity.key") == 0600);
}

TEST_CASE("identity file: under another SN the key is kept and the service is asked", "[identity][unit]") {
    const TempFolder folder;
    const std::string key = make_registered(folder);
    const auto other = load(folder, {"SN-2", "model-1", "app-1"});
    CHECK(other.enrolment == Enrolment::pending);
    REQUIRE(other.key);
    CHECK(other.key->public_key() == key);
    CHECK(load(folder).enrolment == Enrolment::registered);  // nothing was overwritten
}

TEST_CASE("identity file: what is there but cannot be read is an error and stays as it is",
          "[identity][unit]") {
    const TempFolder folder;
    REQUIRE(std::filesystem::create_directory(folder / "identity.key"));
    IdentityFile file(folder.path(), device, {});
    const auto loaded = file.load();
    REQUIRE_FALSE(loaded);
    CHECK(loaded.error().is(Errc::io));
    CHECK(loaded.error().text().find("identity.key") != std::string::npos);
    CHECK(std::filesystem::is_directory(folder / "identity.key"));
    CHECK(folder.files() == 1);
}

TEST_CASE("identity file: a first key that cannot be stored is no key", "[identity][unit]") {
    const TempFolder folder;
    folder.write("file", "");
    IdentityFile file(folder / "file", device, {});  // a file where the folder should be
    const auto loaded = file.load();
    if (loaded) {
        CHECK_FALSE(loaded->key);
        CHECK(loaded->problem.find("cannot be stored") != std::string::npos);
    } else {
        CHECK(loaded.error().is(Errc::io));
    }
    CHECK_FALSE(file.make_key());
    CHECK_FALSE(file.store(Enrolment::registered));
}

TEST_CASE("identity file: no log line holds any part of the key", "[identity][unit]") {
    const TempFolder folder;
    std::string log;
    LogHub hub([&](Level, std::string_view line) { log.append(line).append("\n"); }, Level::debug);
    IdentityFile file(folder.path(), device, Log(hub, "identity"));
    REQUIRE(file.load());
    const std::string pem = folder.read("identity.key");
    folder.write("identity.key", pem.substr(0, pem.size() - 60), 0644);
    folder.write("identity.json", "{\"registration\": \"registered\"");
    REQUIRE(file.load());
    CHECK(log.find("identity lost") != std::string::npos);
    CHECK(log.find("BEGIN") == std::string::npos);
    CHECK(log.find(pem.substr(40, 20)) == std::string::npos);
}

}  // namespace
}  // namespace voip::identity
