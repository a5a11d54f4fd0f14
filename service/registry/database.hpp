#pragma once
// Private to service/registry: SQLite behind a narrow face.
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/clock.hpp"
#include "core/error.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace voip::registry {

/// Bytes that are no text: hashes and keys.
struct Blob {
    std::string_view bytes;
};

/// One row of a result; valid inside the reading function only.
class Row {
 public:
    explicit Row(sqlite3_stmt* statement) noexcept : statement_(statement) {}
    [[nodiscard]] std::string text(int column) const;  ///< texts and blobs; empty for NULL
    [[nodiscard]] std::int64_t integer(int column) const noexcept;
    [[nodiscard]] bool is_null(int column) const noexcept;

 private:
    sqlite3_stmt* statement_;
};

/// One connection. Statements are prepared once and kept.
class Database {
 public:
    enum class Mode { create, open };
    /// Errors of all functions: io, refused (permissions), full, timeout (locked), bad_message (damaged)
    [[nodiscard]] static Result<Database> connect(const std::filesystem::path& file, Mode mode,
                                                  Duration busy_timeout);
    Database(Database&&) noexcept;
    Database& operator=(Database&&) noexcept;
    ~Database();

    /// Several statements without parameters: schema and pragmas.
    [[nodiscard]] Result<void> run(const char* sql);
    /// The first column of the first row; empty when there is none.
    [[nodiscard]] Result<std::string> value(const char* sql);

 private:
    friend class Work;
    struct State;
    explicit Database(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// Some statements that belong together. The first failure sticks: after it nothing is executed and no row is
/// given, so that a function reads all it needs and its caller asks once, at the end. A writing work is one
/// transaction, which is rolled back unless commit() succeeded.
class Work {
 public:
    enum class Kind { read, write };
    Work(Database& database, Kind kind);
    Work(const Work&) = delete;
    Work& operator=(const Work&) = delete;
    ~Work();

    /// Executes; the number of rows it changed.
    template <class... Args>
    std::int64_t run(const char* sql, const Args&... args) {
        if (!begin(sql)) return 0;
        bind_all(args...);
        return finish();
    }
    /// The first row, as `read` gives it.
    template <class T, class... Args>
    std::optional<T> first(T (*read)(const Row&), const char* sql, const Args&... args) {
        std::optional<T> found;
        if (!begin(sql)) return found;
        bind_all(args...);
        if (step()) found = read(Row(statement_));
        end();
        return failure_ ? std::nullopt : std::move(found);
    }
    template <class T, class... Args>
    std::vector<T> all(T (*read)(const Row&), const char* sql, const Args&... args) {
        std::vector<T> found;
        if (!begin(sql)) return found;
        bind_all(args...);
        while (step()) found.push_back(read(Row(statement_)));
        end();
        return found;
    }

    [[nodiscard]] bool ok() const noexcept { return !failure_; }
    [[nodiscard]] const Error& failure() const noexcept { return *failure_; }  ///< only when not ok()
    /// After it a Result is success or the first failure. Reading works have nothing to commit.
    [[nodiscard]] Result<void> commit();

 private:
    bool begin(const char* sql);
    template <class... Args>
    void bind_all(const Args&... args) {
        int index = 0;
        (bind(++index, args), ...);
    }
    void bind(int index, std::string_view text);
    void bind(int index, Blob blob);
    void bind(int index, std::int64_t number);
    bool step();
    void end();
    std::int64_t finish();
    void fail_here();

    Database::State* database_;
    Kind kind_;
    sqlite3_stmt* statement_ = nullptr;
    std::optional<Error> failure_;
    bool open_ = false;  // the transaction
};

}  // namespace voip::registry
