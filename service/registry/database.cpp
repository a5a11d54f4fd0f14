#include "service/registry/database.hpp"

#include <sqlite3.h>

namespace voip::registry {
namespace {

Errc errc_of(int code) noexcept {
    switch (code & 0xff) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED: return Errc::timeout;
        case SQLITE_FULL: return Errc::full;
        case SQLITE_READONLY:
        case SQLITE_PERM:
        case SQLITE_AUTH:
        case SQLITE_CANTOPEN: return Errc::refused;
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB: return Errc::bad_message;
        default: return Errc::io;
    }
}

/// The library's words: they name tables and files, never values.
Error failure_of(sqlite3* connection, int code) {
    const char* words = connection ? sqlite3_errmsg(connection) : sqlite3_errstr(code);
    return fail(errc_of(code), std::string("registry: ") + words);
}

}  // namespace

struct Database::State {
    sqlite3* connection = nullptr;
    std::unordered_map<std::string_view, sqlite3_stmt*> statements;  // keys are literals

    State() = default;
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() {
        for (const auto& entry : statements) sqlite3_finalize(entry.second);
        sqlite3_close(connection);
    }
};

Database::Database(std::unique_ptr<State> state) : state_(std::move(state)) {}
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;
Database::~Database() = default;

Result<Database> Database::connect(const std::filesystem::path& file, Mode mode, Duration busy_timeout) {
    auto state = std::make_unique<State>();
    const int flags =
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (mode == Mode::create ? SQLITE_OPEN_CREATE : 0);
    const int code = sqlite3_open_v2(file.c_str(), &state->connection, flags, nullptr);
    if (code != SQLITE_OK) return within(file.string(), failure_of(state->connection, code));
    const auto patience = std::chrono::duration_cast<std::chrono::milliseconds>(busy_timeout).count();
    sqlite3_busy_timeout(state->connection, static_cast<int>(patience));
    sqlite3_extended_result_codes(state->connection, 1);
    sqlite3_limit(state->connection, SQLITE_LIMIT_ATTACHED, 0);
    return Database(std::move(state));
}

Result<void> Database::run(const char* sql) {
    const int code = sqlite3_exec(state_->connection, sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return failure_of(state_->connection, code);
    return {};
}

Result<std::string> Database::value(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    int code = sqlite3_prepare_v2(state_->connection, sql, -1, &statement, nullptr);
    std::string found;
    if (code == SQLITE_OK) {
        code = sqlite3_step(statement);
        if (code == SQLITE_ROW) found = Row(statement).text(0);
    }
    const bool is_good = code == SQLITE_ROW || code == SQLITE_DONE;
    Error failure = is_good ? Error{} : failure_of(state_->connection, code);
    sqlite3_finalize(statement);
    if (!is_good) return failure;
    return found;
}

std::string Row::text(int column) const {
    // The blob of a text is its UTF-8, and its size is right also with NUL bytes inside.
    const void* data = sqlite3_column_blob(statement_, column);
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
    return data ? std::string(static_cast<const char*>(data), size) : std::string();
}

std::int64_t Row::integer(int column) const noexcept {
    return sqlite3_column_int64(statement_, column);
}

bool Row::is_null(int column) const noexcept {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

Work::Work(Database& database, Kind kind) : database_(database.state_.get()), kind_(kind) {
    if (kind_ == Kind::read) return;
    // Takes the write lock now: a busy database is known before anything is decided.
    run("BEGIN IMMEDIATE");
    open_ = !failure_;
}

Work::~Work() {
    if (!open_) return;
    failure_.reset();
    run("ROLLBACK");  // fails only when SQLite has rolled back by itself
}

Result<void> Work::commit() {
    if (open_) {
        run("COMMIT");
        // A failed COMMIT leaves the transaction open (the disk is full): the destructor rolls it back.
        open_ = failure_.has_value();
    }
    if (failure_) return *failure_;
    return {};
}

void Work::fail_here() {
    if (!failure_)
        failure_ = failure_of(database_->connection, sqlite3_extended_errcode(database_->connection));
}

bool Work::begin(const char* sql) {
    if (failure_) return false;
    sqlite3_stmt*& prepared = database_->statements[sql];
    if (!prepared && sqlite3_prepare_v3(database_->connection, sql, -1, SQLITE_PREPARE_PERSISTENT, &prepared,
                                        nullptr) != SQLITE_OK) {
        fail_here();
        return false;
    }
    statement_ = prepared;
    return true;
}

void Work::bind(int index, std::string_view text) {
    // Bound until end(), which comes before the caller's text goes. A null pointer would be NULL.
    const char* data = text.data() ? text.data() : "";
    if (sqlite3_bind_text64(statement_, index, data, text.size(), nullptr, SQLITE_UTF8) != SQLITE_OK)
        fail_here();
}

void Work::bind(int index, Blob blob) {
    const char* data = blob.bytes.data() ? blob.bytes.data() : "";
    if (sqlite3_bind_blob64(statement_, index, data, blob.bytes.size(), nullptr) != SQLITE_OK) fail_here();
}

void Work::bind(int index, std::int64_t number) {
    if (sqlite3_bind_int64(statement_, index, number) != SQLITE_OK) fail_here();
}

bool Work::step() {
    if (failure_) return false;
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code != SQLITE_DONE) fail_here();
    return false;
}

void Work::end() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
    statement_ = nullptr;
}

std::int64_t Work::finish() {
    while (step()) {
    }
    end();
    return failure_ ? 0 : sqlite3_changes64(database_->connection);
}

}  // namespace voip::registry
