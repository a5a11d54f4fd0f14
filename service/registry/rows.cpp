// Rows that several files of this folder read, and the words of the columns.
#include "protocol/crypto/crypto.hpp"
#include "service/registry/state.hpp"

namespace voip::registry {

std::string_view to_string(Charge charge) noexcept {
    switch (charge) {
        case Charge::any: return "any";
        case Charge::duration: return "duration";
        case Charge::license: break;
    }
    return "license";
}

std::optional<Charge> charge(std::string_view word) noexcept {
    for (const Charge charge : {Charge::any, Charge::duration, Charge::license})
        if (word == to_string(charge)) return charge;
    return std::nullopt;
}

Fault fault(int err_code, std::string field) {
    return Fault{err_code, std::string(code_text(err_code)), std::move(field), {}};
}

Fault registration_fault(int err_code, std::string field) {
    const CodeInfo* info = find_code(CodeDomain::registration, err_code);
    return Fault{err_code, std::string(info ? info->text : code_text(err_code)), std::move(field), {}};
}

UnixMillis millis(Duration duration) noexcept {
    return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

std::int64_t read_integer(const Row& row) {
    return row.integer(0);
}
std::string read_text(const Row& row) {
    return row.text(0);
}

Device read_device(const Row& row) {
    return Device{row.text(0),
                  row.text(1),
                  row.text(2),
                  row.text(3),
                  registration(row.text(4)).value_or(Registration::device_auth),
                  row.text(5),
                  row.integer(6),
                  row.integer(7)};
}

User read_user(const Row& row) {
    return User{row.text(0), row.text(1), row.text(2), row.integer(3), row.integer(4)};
}

bool has_product(Work& work, std::string_view app_id, std::string_view model_id) {
    return work
        .first(read_integer, "SELECT 1 FROM products WHERE app_id = ? AND model_id = ?", app_id, model_id)
        .has_value();
}

std::optional<Device> device_of(Work& work, std::string_view sn) {
    return work.first(read_device, "SELECT * FROM device_rows WHERE sn = ?", sn);
}

std::optional<User> user_of(Work& work, std::string_view open_id) {
    return work.first(read_user,
                      "SELECT open_id, app_id, name, created, revoked FROM users WHERE open_id = ?", open_id);
}

std::optional<Grant> grant_of(Work& work, std::string_view open_id, std::string_view sn) {
    const auto read = +[](const Row& row) {
        return Grant{row.text(0), row.text(1), row.text(2), row.integer(3)};
    };
    return work.first(read,
                      "SELECT open_id, sn, device_name, granted FROM grants WHERE open_id = ? AND sn = ?",
                      open_id, sn);
}

Answer<SnTicket> ticket_of(Work& work, std::string_view ticket, std::string_view sn,
                           std::string_view model_id, UnixMillis now) {
    if (!is_sn_ticket(ticket)) return fault(code::ticket_illegal, "snTicket");
    const auto read = +[](const Row& row) {
        return SnTicket{row.integer(0), row.text(1), row.text(2), row.text(3),
                        row.integer(4), row.text(5), row.text(6)};
    };
    const std::string hash = crypto::sha256(ticket);
    auto found = work.first(
        read,
        "SELECT id, sn, app_id, model_id, expires, used_by_key, used_by_user FROM sn_tickets WHERE hash = ?",
        Blob{hash});
    if (!found || found->expires <= now || found->sn != sn || found->model_id != model_id)
        return fault(code::ticket_expired, "snTicket");
    return std::move(*found);
}

void note_change(Work& work, Change::What what, std::string_view open_id, std::string_view sn,
                 std::string_view token_id, UnixMillis now) {
    const auto number = static_cast<std::int64_t>(what);
    work.run("INSERT INTO changes(at, what, open_id, sn, token_id) VALUES(?, ?, ?, ?, ?)", now, number,
             open_id, sn, token_id);
}

}  // namespace voip::registry
