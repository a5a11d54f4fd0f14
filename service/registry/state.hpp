#pragma once
// Private to service/registry: what a Registry holds, and how its functions end.
#include <map>
#include <string>
#include <utility>

#include "protocol/errors.hpp"
#include "service/registry/database.hpp"
#include "service/registry/registry.hpp"

namespace voip::registry {

struct Registry::State {
    Database database;
    RegistrySettings settings;
    std::filesystem::path file;
    std::string device_token_key;                                              // 32 bytes
    UnixMillis claims_from = 0;                                                // see Registry::use_nonce
    std::map<std::pair<std::string, std::string>, UnixMillis> unsaved_nonces;  // SN and nonce -> forget at

    [[nodiscard]] Error report(Error error) const {
        if (settings.on_failure) settings.on_failure(error);
        return error;
    }
    [[nodiscard]] Fault not_ready(const Error& error) const {
        (void)report(error);
        return Fault{code::not_ready, std::string(code_text(code::not_ready)), {}, {}};
    }

    /// Runs `body` over one Work and commits when it gave a value. A failing database wins over what body
    /// gave.
    template <class T, class Body>
    Result<T> result(Work::Kind kind, Body&& body) {
        Work work(database, kind);
        if (!work.ok()) return report(work.failure());
        Result<T> given = body(work);
        if (!work.ok()) return report(work.failure());
        if (!given) return given;
        if (auto done = work.commit(); !done) return report(done.error());
        return given;
    }
    template <class T, class Body>
    Answer<T> answer(Work::Kind kind, Body&& body) {
        Work work(database, kind);
        if (!work.ok()) return not_ready(work.failure());
        Answer<T> given = body(work);
        if (!work.ok()) return not_ready(work.failure());
        if (!given) return given;
        if (auto done = work.commit(); !done) return not_ready(done.error());
        return given;
    }
};

/// The Fault of a code, with the table's text.
[[nodiscard]] Fault fault(int err_code, std::string field = {});
/// The same in the words of the domain "registration", where one number means another thing (9).
[[nodiscard]] Fault registration_fault(int err_code, std::string field);
[[nodiscard]] UnixMillis millis(Duration duration) noexcept;

// Rows that several files read.
[[nodiscard]] std::int64_t read_integer(const Row& row);
[[nodiscard]] std::string read_text(const Row& row);
/// A row of the view device_rows; the caller's own columns stand from column 8 on.
[[nodiscard]] Device read_device(const Row& row);
[[nodiscard]] User read_user(const Row& row);

[[nodiscard]] bool has_product(Work& work, std::string_view app_id, std::string_view model_id);
[[nodiscard]] std::optional<Device> device_of(Work& work, std::string_view sn);
[[nodiscard]] std::optional<User> user_of(Work& work, std::string_view open_id);
[[nodiscard]] std::optional<Grant> grant_of(Work& work, std::string_view open_id, std::string_view sn);

struct SnTicket {
    std::int64_t id = 0;
    std::string sn, app_id, model_id;
    UnixMillis expires = 0;
    std::string used_by_key, used_by_user;
};
/// A ticket that lives and belongs to this SN and model. @errors 9800011, 10008
[[nodiscard]] Answer<SnTicket> ticket_of(Work& work, std::string_view ticket, std::string_view sn,
                                         std::string_view model_id, UnixMillis now);

void note_change(Work& work, Change::What what, std::string_view open_id, std::string_view sn,
                 std::string_view token_id, UnixMillis now);

}  // namespace voip::registry
