// Devices, their deviceTokens and pushTokens.
#include <array>
#include <charconv>

#include "protocol/crypto/crypto.hpp"
#include "service/registry/state.hpp"

namespace voip::registry {
namespace {

/// Never issued for a wire: the highest number of a generation is far away.
struct DeviceRow {
    Device device;
    std::int64_t generation = 0;
};
DeviceRow read_device_row(const Row& row) {
    return {read_device(row), row.integer(8)};
}

std::optional<DeviceRow> device_row_of(Work& work, std::string_view sn) {
    return work.first(read_device_row, "SELECT * FROM device_rows WHERE sn = ?", sn);
}

/// What a deviceToken says, in the order of its lines.
struct DeviceClaims {
    std::string sn, model_id;
    std::int64_t generation = 0;
    UnixMillis expires = 0;
};
constexpr std::string_view token_prefix = "d1.";
constexpr std::size_t claim_lines = 5;  // the fifth is random: no two tokens are alike

std::string sign(const std::string& key, const DeviceClaims& claims) {
    const std::string text = claims.sn + "\n" + claims.model_id + "\n" + std::to_string(claims.generation) +
                             "\n" + std::to_string(claims.expires) + "\n" + crypto::random_text(12);
    const std::string body = std::string(token_prefix) + crypto::base64url(text);
    return body + "." + crypto::base64url(crypto::hmac_sha256(key, body));
}

std::optional<std::int64_t> number(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// Nothing: not made with this key.
std::optional<DeviceClaims> open_token(const std::string& key, std::string_view token) {
    const std::size_t dot = token.rfind('.');
    if (token.size() > limits::token_bytes || token.substr(0, token_prefix.size()) != token_prefix ||
        dot < token_prefix.size())
        return std::nullopt;
    const std::string_view body = token.substr(0, dot);
    if (!crypto::equal_in_constant_time(crypto::base64url(crypto::hmac_sha256(key, body)),
                                        token.substr(dot + 1)))
        return std::nullopt;
    const auto text = crypto::from_base64url(body.substr(token_prefix.size()));
    if (!text) return std::nullopt;
    std::array<std::string_view, claim_lines> lines;
    std::string_view rest = *text;
    for (std::string_view& line : lines) {
        const std::size_t end = rest.find('\n');
        line = rest.substr(0, end);
        rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    }
    const auto generation = number(lines[2]), expires = number(lines[3]);
    if (!generation || !expires) return std::nullopt;
    return DeviceClaims{std::string(lines[0]), std::string(lines[1]), *generation, *expires};
}

std::optional<Fault> check_new_device(const NewDevice& device) {
    if (device.sn.size() > limits::sn_bytes) return fault(code::sn_too_long, "sn");
    if (!is_sn(device.sn)) return fault(code::sn_character, "sn");
    if (!crypto::is_public_key(device.public_key)) return fault(code::argument, "publicKey");
    return std::nullopt;
}

void put_device(Work& work, const NewDevice& device, const std::optional<Device>& known, UnixMillis now) {
    const std::string_view sn = device.sn, app_id = device.app_id, model_id = device.model_id,
                           key = device.public_key;
    if (!known) {
        work.run(
            "INSERT INTO devices(sn, app_id, model_id, public_key, generation, registered, revoked) "
            "VALUES(?, ?, ?, ?, 1, ?, 0)",
            sn, app_id, model_id, key, now);
    } else {
        work.run("UPDATE devices SET model_id = ?, public_key = ?, registered = ? WHERE sn = ?", model_id,
                 key, now, sn);
    }
}

void end_tokens(Work& work, std::string_view sn, UnixMillis now) {
    work.run("DELETE FROM push_tokens WHERE sn = ?", sn);
    note_change(work, Change::What::device_revoked, "", sn, "", now);
}

IssuedToken read_issued(const Row& row) {
    return {row.text(0), row.integer(1)};
}
PushIdentity read_push(const Row& row) {
    return {row.text(0), row.integer(1)};
}

/// A device that may have tokens. @errors 9800004, 4014
Answer<DeviceRow> active_device(Work& work, std::string_view sn) {
    auto device = device_row_of(work, sn);
    if (!device || (device->device.public_key.empty() && device->device.revoked == 0))
        return fault(code::not_registered, "sn");
    if (device->device.revoked != 0) return fault(code::revoked, "sn");
    return std::move(*device);
}

}  // namespace

Answer<void> Registry::register_device(const NewDevice& device, UnixMillis now) {
    if (auto wrong = check_new_device(device)) return *wrong;
    return state_->answer<void>(Work::Kind::write, [&](Work& work) -> Answer<void> {
        if (!has_product(work, device.app_id, device.model_id)) return fault(code::model_id_check, "modelId");
        auto ticket = ticket_of(work, device.sn_ticket, device.sn, device.model_id, now);
        if (!ticket) return ticket.error();
        if (ticket->app_id != device.app_id) return fault(code::ticket_expired, "snTicket");
        const auto known = device_of(work, device.sn);
        if (known && known->revoked != 0) return fault(code::revoked, "sn");
        const bool has_other_key =
            known && !known->public_key.empty() && known->public_key != device.public_key;
        if (has_other_key || (known && known->app_id != device.app_id))
            return registration_fault(code::already_registered, "sn");
        const std::string key_hash = crypto::sha256(device.public_key);
        if (!ticket->used_by_key.empty() && ticket->used_by_key != key_hash)
            return fault(code::ticket_expired, "snTicket");
        put_device(work, device, known, now);
        work.run("UPDATE sn_tickets SET used_by_key = ? WHERE id = ?", Blob{key_hash}, ticket->id);
        return {};
    });
}

Result<std::optional<Device>> Registry::find_device(std::string_view sn) {
    return state_->result<std::optional<Device>>(
        Work::Kind::read, [&](Work& work) -> Result<std::optional<Device>> { return device_of(work, sn); });
}

Result<std::vector<Device>> Registry::devices() {
    return state_->result<std::vector<Device>>(
        Work::Kind::read, [&](Work& work) -> Result<std::vector<Device>> {
            return work.all(read_device, "SELECT * FROM device_rows ORDER BY sn");
        });
}

Result<bool> Registry::revoke_device(std::string_view sn, UnixMillis now) {
    return state_->result<bool>(Work::Kind::write, [&](Work& work) -> Result<bool> {
        const auto changed = work.run(
            "UPDATE devices SET revoked = ?, generation = generation + 1 WHERE sn = ? AND revoked = 0", now,
            sn);
        if (changed != 0) end_tokens(work, sn, now);
        return device_of(work, sn).has_value();
    });
}

Result<bool> Registry::reset_key(std::string_view sn, UnixMillis now) {
    return state_->result<bool>(Work::Kind::write, [&](Work& work) -> Result<bool> {
        const auto changed = work.run(
            "UPDATE devices SET public_key = '', revoked = 0, generation = generation + 1 WHERE sn = ?", sn);
        if (changed == 0) return false;
        // A ticket that the old key used must not let another key in.
        work.run("DELETE FROM sn_tickets WHERE sn = ?", sn);
        end_tokens(work, sn, now);
        return true;
    });
}

Answer<IssuedToken> Registry::issue_device_token(std::string_view sn, UnixMillis now) {
    return state_->answer<IssuedToken>(Work::Kind::read, [&](Work& work) -> Answer<IssuedToken> {
        auto device = active_device(work, sn);
        if (!device) return device.error();
        const DeviceClaims claims{device->device.sn, device->device.model_id, device->generation,
                                  now + millis(state_->settings.device_token_life)};
        return IssuedToken{sign(state_->device_token_key, claims), claims.expires};
    });
}

Answer<DeviceIdentity> Registry::check_device_token(std::string_view token, UnixMillis now) {
    const auto claims = open_token(state_->device_token_key, token);
    if (!claims || claims->expires <= now) return fault(code::token_unknown);
    return state_->answer<DeviceIdentity>(Work::Kind::read, [&](Work& work) -> Answer<DeviceIdentity> {
        auto row = device_row_of(work, claims->sn);
        if (row && row->device.revoked != 0) return fault(code::revoked);
        if (!row || row->generation != claims->generation) return fault(code::token_unknown);
        if (row->device.model_id != claims->model_id) return fault(code::model_mismatch);
        return DeviceIdentity{std::move(row->device), claims->expires};
    });
}

Answer<IssuedToken> Registry::issue_push_token(std::string_view sn, UnixMillis now) {
    return state_->answer<IssuedToken>(Work::Kind::write, [&](Work& work) -> Answer<IssuedToken> {
        if (auto device = active_device(work, sn); !device) return device.error();
        IssuedToken issued{"p1." + crypto::random_text(43), now + millis(state_->settings.push_token_life)};
        work.run("INSERT INTO push_tokens(token, sn, expires) VALUES(?, ?, ?)",
                 std::string_view(issued.token), sn, issued.expires);
        work.run(
            "DELETE FROM push_tokens WHERE sn = ? AND id NOT IN "
            "(SELECT id FROM push_tokens WHERE sn = ? ORDER BY id DESC LIMIT 2)",
            sn, sn);
        return issued;
    });
}

Answer<IssuedToken> Registry::push_token_for(std::string_view open_id, std::string_view sn, UnixMillis now) {
    return state_->answer<IssuedToken>(Work::Kind::read, [&](Work& work) -> Answer<IssuedToken> {
        if (!grant_of(work, open_id, sn)) return fault(code::not_authorised, "sn");
        if (!active_device(work, sn)) return fault(code::device_wrong, "sn");
        auto newest = work.first(
            read_issued,
            "SELECT token, expires FROM push_tokens WHERE sn = ? AND expires > ? ORDER BY id DESC LIMIT 1",
            sn, now);
        if (!newest) return fault(code::push_token);
        return std::move(*newest);
    });
}

Answer<std::optional<PushIdentity>> Registry::check_push_token(std::string_view token, UnixMillis now) {
    using Found = std::optional<PushIdentity>;
    return state_->answer<Found>(Work::Kind::read, [&](Work& work) -> Answer<Found> {
        return work.first(read_push, "SELECT sn, expires FROM push_tokens WHERE token = ? AND expires > ?",
                          token, now);
    });
}

}  // namespace voip::registry
