// Opening; rooms, settings, changes and pruning.
#include "service/registry/registry.hpp"

#include "core/file.hpp"
#include "protocol/crypto/crypto.hpp"
#include "service/registry/schema.hpp"
#include "service/registry/state.hpp"

namespace voip::registry {
namespace {

constexpr Duration change_memory = 1h;
constexpr std::int64_t batch = 1000;

Change read_change(const Row& row) {
    return Change{row.integer(0), static_cast<Change::What>(row.integer(1)), row.text(2), row.text(3),
                  row.text(4)};
}

}  // namespace

Registry::Registry(std::unique_ptr<State> state) : state_(std::move(state)) {}
Registry::Registry(Registry&&) noexcept = default;
Registry& Registry::operator=(Registry&&) noexcept = default;
Registry::~Registry() = default;

Result<Registry> Registry::open(const std::filesystem::path& file, RegistrySettings settings,
                                UnixMillis now) {
    auto database = open_database(file, settings.busy_timeout);
    if (!database) return database.error();
    auto state = std::make_unique<State>(State{std::move(*database), std::move(settings), file, {}, 0, {}});
    std::error_code code;
    if (!std::filesystem::exists(nonce_marker(file), code)) state->claims_from = now;
    Registry registry(std::move(state));
    auto key = registry.setting("deviceTokenKey");
    if (!key) return key.error();
    const auto bytes = crypto::from_base64url(key->value_or(""));
    if (!bytes || bytes->size() != 32)
        return fail(Errc::io, file.string() + " is damaged (its key is missing)");
    registry.state_->device_token_key = *bytes;
    return registry;
}

const RegistrySettings& Registry::settings() const noexcept {
    return state_->settings;
}

Result<void> Registry::store_rooms(std::span<const RoomRow> rows) {
    if (rows.empty()) return {};
    return state_->result<void>(Work::Kind::write, [&](Work& work) -> Result<void> {
        for (const RoomRow& row : rows) {
            const std::string_view room_id = row.room_id;
            if (!row.room) {
                work.run("DELETE FROM rooms WHERE room_id = ?", room_id);
                continue;
            }
            const std::string text = json::write(*row.room);
            work.run(
                "INSERT INTO rooms(room_id, room) VALUES(?, ?) ON CONFLICT(room_id) DO UPDATE SET room = "
                "excluded.room",
                room_id, std::string_view(text));
        }
        return {};
    });
}

Result<std::vector<json::Value>> Registry::load_rooms() {
    const auto read = +[](const Row& row) { return std::pair(row.text(0), row.text(1)); };
    auto rows = state_->result<std::vector<std::pair<std::string, std::string>>>(
        Work::Kind::read, [&](Work& work) -> Result<std::vector<std::pair<std::string, std::string>>> {
            return work.all(read, "SELECT room_id, room FROM rooms ORDER BY rowid");
        });
    if (!rows) return rows.error();
    std::vector<json::Value> rooms;
    std::vector<RoomRow> broken;
    for (auto& [room_id, text] : *rows) {
        auto room = json::parse(text);
        if (room) {
            rooms.push_back(std::move(*room));
            continue;
        }
        (void)state_->report(within("a saved room was not readable and is forgotten", room.error()));
        broken.push_back(RoomRow{room_id, std::nullopt});
    }
    if (auto done = store_rooms(broken); !done) (void)state_->report(done.error());
    return rooms;
}

Result<std::optional<std::string>> Registry::setting(std::string_view name) {
    return state_->result<std::optional<std::string>>(
        Work::Kind::read, [&](Work& work) -> Result<std::optional<std::string>> {
            return work.first(read_text, "SELECT value FROM settings WHERE name = ?", name);
        });
}

Result<void> Registry::set_setting(std::string_view name, std::string_view value) {
    return state_->result<void>(Work::Kind::write, [&](Work& work) -> Result<void> {
        work.run(
            "INSERT INTO settings(name, value) VALUES(?, ?) ON CONFLICT(name) DO UPDATE SET value = "
            "excluded.value",
            name, value);
        return {};
    });
}

Result<std::vector<Change>> Registry::changes_after(std::int64_t id) {
    return state_->result<std::vector<Change>>(
        Work::Kind::read, [&](Work& work) -> Result<std::vector<Change>> {
            return work.all(
                read_change,
                "SELECT id, what, open_id, sn, token_id FROM changes WHERE id > ? ORDER BY id LIMIT ?", id,
                batch);
        });
}

Result<std::int64_t> Registry::last_change() {
    return state_->result<std::int64_t>(Work::Kind::read, [&](Work& work) -> Result<std::int64_t> {
        return work.first(read_integer, "SELECT coalesce(max(id), 0) FROM changes").value_or(0);
    });
}

Result<bool> Registry::prune(UnixMillis now) {
    auto more = state_->result<bool>(Work::Kind::write, [&](Work& work) -> Result<bool> {
        bool is_full = false;
        for (const char* sql :
             {"DELETE FROM nonces WHERE id IN (SELECT id FROM nonces WHERE expires <= ? LIMIT ?)",
              "DELETE FROM sn_tickets WHERE id IN (SELECT id FROM sn_tickets WHERE expires <= ? LIMIT ?)",
              "DELETE FROM push_tokens WHERE id IN (SELECT id FROM push_tokens WHERE expires <= ? LIMIT ?)",
              "DELETE FROM user_tokens WHERE id IN (SELECT id FROM user_tokens WHERE expires <= ? LIMIT ?)",
              "DELETE FROM enrolment_codes WHERE id IN (SELECT id FROM enrolment_codes WHERE expires <= ? "
              "LIMIT ?)",
              "DELETE FROM access_tokens WHERE id IN (SELECT id FROM access_tokens WHERE expires <= ? LIMIT "
              "?)"})
            is_full = work.run(sql, now, batch) == batch || is_full;
        const UnixMillis old = now - millis(change_memory);
        is_full = work.run("DELETE FROM changes WHERE id IN (SELECT id FROM changes WHERE at <= ? LIMIT ?)",
                           old, batch) == batch ||
                  is_full;
        return is_full;
    });
    if (more) restore_nonce_marker(now);
    return more;
}

}  // namespace voip::registry
