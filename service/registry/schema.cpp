#include "service/registry/schema.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <span>

#include "core/file.hpp"
#include "protocol/crypto/crypto.hpp"

namespace voip::registry {
namespace {

namespace fs = std::filesystem;

/// "wvrg": told apart from any other SQLite file.
constexpr std::string_view application_id = "2004251239";  // 0x77767267
constexpr int schema_version = 1;

constexpr const char* schema_1 = R"sql(
CREATE TABLE settings(name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE apps(app_id TEXT PRIMARY KEY, salt BLOB NOT NULL, secret BLOB NOT NULL) STRICT;
CREATE TABLE products(
    app_id TEXT NOT NULL REFERENCES apps, model_id TEXT NOT NULL, model_name TEXT NOT NULL,
    registration TEXT NOT NULL, charge TEXT NOT NULL, created INTEGER NOT NULL,
    PRIMARY KEY(app_id, model_id)) STRICT;
CREATE TABLE devices(
    sn TEXT PRIMARY KEY, app_id TEXT NOT NULL, model_id TEXT NOT NULL, public_key TEXT NOT NULL,
    generation INTEGER NOT NULL, registered INTEGER NOT NULL, revoked INTEGER NOT NULL,
    FOREIGN KEY(app_id, model_id) REFERENCES products) STRICT;
CREATE VIEW device_rows AS
    SELECT d.sn, d.app_id, d.model_id, p.model_name, p.registration, d.public_key, d.registered, d.revoked, d.generation
    FROM devices d JOIN products p ON p.app_id = d.app_id AND p.model_id = d.model_id;
CREATE TABLE users(
    open_id TEXT PRIMARY KEY, app_id TEXT NOT NULL REFERENCES apps, name TEXT NOT NULL,
    created INTEGER NOT NULL, revoked INTEGER NOT NULL) STRICT;
CREATE UNIQUE INDEX users_by_name ON users(app_id, name) WHERE revoked = 0;
CREATE TABLE user_tokens(
    id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, open_id TEXT NOT NULL REFERENCES users,
    expires INTEGER NOT NULL) STRICT;
CREATE INDEX user_tokens_by_user ON user_tokens(open_id);
CREATE INDEX user_tokens_by_expiry ON user_tokens(expires);
CREATE TABLE enrolment_codes(
    id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, open_id TEXT NOT NULL REFERENCES users,
    expires INTEGER NOT NULL) STRICT;
CREATE INDEX enrolment_codes_by_user ON enrolment_codes(open_id);
CREATE TABLE grants(
    open_id TEXT NOT NULL REFERENCES users, sn TEXT NOT NULL REFERENCES devices, device_name TEXT NOT NULL,
    granted INTEGER NOT NULL, PRIMARY KEY(open_id, sn)) STRICT;
CREATE INDEX grants_by_device ON grants(sn);
CREATE TABLE sn_tickets(
    id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, sn TEXT NOT NULL, app_id TEXT NOT NULL,
    model_id TEXT NOT NULL, expires INTEGER NOT NULL,
    used_by_key BLOB,       -- SHA-256 of the public key that registered with it
    used_by_user TEXT       -- who authorised the device with it
    ) STRICT;
CREATE INDEX sn_tickets_by_expiry ON sn_tickets(expires);
CREATE TABLE push_tokens(
    id INTEGER PRIMARY KEY, token TEXT NOT NULL UNIQUE, sn TEXT NOT NULL REFERENCES devices,
    expires INTEGER NOT NULL) STRICT;
CREATE INDEX push_tokens_by_device ON push_tokens(sn, id);
CREATE INDEX push_tokens_by_expiry ON push_tokens(expires);
CREATE TABLE access_tokens(
    id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, app_id TEXT NOT NULL REFERENCES apps,
    expires INTEGER NOT NULL) STRICT;
CREATE INDEX access_tokens_by_app ON access_tokens(app_id, id);
CREATE TABLE nonces(
    id INTEGER PRIMARY KEY, sn TEXT NOT NULL, nonce TEXT NOT NULL, expires INTEGER NOT NULL,
    UNIQUE(sn, nonce)) STRICT;
CREATE INDEX nonces_by_expiry ON nonces(expires);
CREATE TABLE rooms(room_id TEXT PRIMARY KEY, room TEXT NOT NULL) STRICT;
CREATE TABLE changes(
    id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, what INTEGER NOT NULL, open_id TEXT NOT NULL,
    sn TEXT NOT NULL, token_id TEXT NOT NULL) STRICT;
)sql";

/// steps[n] makes version n + 1 out of version n. The next version adds a line here.
constexpr std::array<const char*, schema_version> steps{schema_1};

/// Runs inside one transaction, so that a power loss leaves the old version whole.
Result<void> migrate(Database& database, int from) {
    std::string sql = "BEGIN IMMEDIATE;";
    for (const char* step : std::span(steps).subspan(static_cast<std::size_t>(from))) sql += step;
    sql += "PRAGMA user_version = " + std::to_string(schema_version) + "; COMMIT;";
    auto done = database.run(sql.c_str());
    if (!done && !database.run("ROLLBACK")) return done;  // the first failure is the one that says why
    return done;
}

Error system_failure(std::string_view what, const fs::path& file) {
    const int number = errno;
    const Errc code = number == EACCES || number == EPERM || number == EROFS ? Errc::refused : Errc::io;
    return fail(code, std::string(what) + " " + file.string() + ": " + std::strerror(number));
}

Result<void> sync_folder(const fs::path& file) {
    const fs::path folder = file.parent_path().empty() ? fs::path(".") : file.parent_path();
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return system_failure("cannot open", folder);
    const bool is_synced = ::fsync(descriptor) == 0;
    Error failure = is_synced ? Error{} : system_failure("cannot sync", folder);
    ::close(descriptor);
    if (!is_synced) return failure;
    return {};
}

Result<void> fill(const fs::path& file) {
    auto database = Database::connect(file, Database::Mode::open, 0s);
    if (!database) return database.error();
    const std::string head = "PRAGMA application_id = " + std::string(application_id) + ";";
    if (auto done = database->run(head.c_str()); !done) return done;
    if (auto done = migrate(*database, 0); !done) return done;
    Work work(*database, Work::Kind::write);
    const std::string key = crypto::base64url(crypto::random_bytes(32));
    work.run("INSERT INTO settings(name, value) VALUES('deviceTokenKey', ?)", std::string_view(key));
    if (auto done = work.commit(); !done) return done;
    return database->run("PRAGMA journal_mode = WAL;");
}

/// A file with all tables under a name of its own, then linked to its place: nobody ever sees half of it, and
/// of two processes that start at once one wins and the other opens what the winner made.
Result<void> create(const fs::path& file) {
    const fs::path fresh = file.string() + ".new-" + std::to_string(::getpid());
    std::error_code ignored;
    for (const char* suffix : {"", "-wal", "-shm", "-journal"}) fs::remove(fresh.string() + suffix, ignored);
    const int descriptor = ::open(fresh.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0) return system_failure("cannot create", fresh);
    ::close(descriptor);
    auto made = fill(fresh);
    if (made && ::link(fresh.c_str(), file.c_str()) != 0 && errno != EEXIST)
        made = system_failure("cannot create", file);
    fs::remove(fresh, ignored);
    if (!made) return made;
    if (auto marked = write_file(nonce_marker(file), "", 0600); !marked) return marked;
    return sync_folder(file);
}

Error damaged(const fs::path& file, std::string_view why) {
    return fail(
        Errc::io,
        file.string() + " is damaged (" + std::string(why) +
            "). Nothing was changed. Stop the service and put back a copy of it with its -wal file, or move "
            "both away to begin with an empty registry: then every device must register and every user "
            "enrol again");
}

Error damage_or(const fs::path& file, const Error& error) {
    return error.is(Errc::bad_message) ? damaged(file, error.context) : within(file.string(), error);
}

Result<int> check(const fs::path& file, Database& database) {
    auto made_by = database.value("PRAGMA application_id");
    if (!made_by) return damage_or(file, made_by.error());
    if (*made_by != application_id) return damaged(file, "it is no registry");
    auto version = database.value("PRAGMA user_version");
    if (!version) return damage_or(file, version.error());
    const int found = std::atoi(version->c_str());
    if (found > schema_version)
        return fail(Errc::wrong_state,
                    file.string() + " was made by a newer version of the service (its tables are version " +
                        *version + ", this one knows " + std::to_string(schema_version) + ")");
    if (found < 1) return damaged(file, "its version is missing");
    auto healthy = database.value("PRAGMA quick_check(1)");
    if (!healthy) return damage_or(file, healthy.error());
    if (*healthy != "ok") return damaged(file, *healthy);
    return found;
}

Result<Database> open_existing(const fs::path& file, Duration busy_timeout) {
    std::error_code code;
    if (fs::file_size(file, code) == 0) return damaged(file, "it is empty");
    auto database = Database::connect(file, Database::Mode::open, busy_timeout);
    if (!database) return damage_or(file, database.error());
    auto version = check(file, *database);
    if (!version) return version.error();
    // FULL: what was answered survives a power loss. The rest narrows what a tampered file could do.
    auto tuned = database->run(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
        "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;");
    if (!tuned) return damage_or(file, tuned.error());
    if (*version < schema_version)
        if (auto done = migrate(*database, *version); !done) return within(file.string(), done.error());
    return std::move(*database);
}

}  // namespace

fs::path nonce_marker(const fs::path& file) {
    return file.string() + ".nonces-saved";
}

Result<Database> open_database(const fs::path& file, Duration busy_timeout) {
    std::error_code code;
    const bool exists = fs::exists(file, code);
    if (code) return fail(code, file.string());
    if (!exists) {
        const fs::path log = file.string() + "-wal";
        if (fs::exists(log, code)) return damaged(file, "it is missing, but its -wal file is there");
        if (auto made = create(file); !made) return made.error();
    }
    return open_existing(file, busy_timeout);
}

}  // namespace voip::registry
