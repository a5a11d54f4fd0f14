// Consent of users to be called by devices.
#include "protocol/reader.hpp"
#include "service/registry/state.hpp"

namespace voip::registry {
namespace {

bool is_device_name(std::string_view name) {
    return name.empty() ||
           (is_plain_text(name, limits::name_bytes) && characters(name) <= limits::device_name_characters);
}

void put_grant(Work& work, const Grant& grant, UnixMillis now) {
    const std::string_view open_id = grant.open_id, sn = grant.sn, name = grant.device_name;
    work.run(
        "INSERT INTO grants(open_id, sn, device_name, granted) VALUES(?, ?, ?, ?) "
        "ON CONFLICT(open_id, sn) DO UPDATE SET device_name = excluded.device_name, granted = "
        "excluded.granted",
        open_id, sn, name, now);
    note_change(work, Change::What::grant_added, open_id, sn, "", now);
}

Registry::Contact read_contact(const Row& row) {
    return {read_user(row), Grant{row.text(0), row.text(5), row.text(6), row.integer(7)}};
}

Registry::GrantedDevice read_granted(const Row& row) {
    return {read_device(row), Grant{row.text(8), row.text(0), row.text(9), row.integer(10)}};
}

}  // namespace

Answer<void> Registry::authorise(const Grant& grant, std::string_view model_id, std::string_view sn_ticket,
                                 UnixMillis now) {
    if (!is_device_name(grant.device_name)) return fault(code::argument, "deviceName");
    return state_->answer<void>(Work::Kind::write, [&](Work& work) -> Answer<void> {
        const auto user = user_of(work, grant.open_id);
        if (!user || user->revoked != 0) return fault(code::open_id_invalid);
        const auto ticket = ticket_of(work, sn_ticket, grant.sn, model_id, now);
        if (!ticket) return ticket.error();
        if (!ticket->used_by_user.empty() && ticket->used_by_user != grant.open_id)
            return fault(code::ticket_expired, "snTicket");
        const auto device = device_of(work, grant.sn);
        if (!device || device->revoked != 0) return fault(code::not_registered, "sn");
        if (device->model_id != model_id) return fault(code::model_id_check, "modelId");
        if (device->app_id != user->app_id) return fault(code::open_id_foreign);
        put_grant(work, grant, now);
        work.run("UPDATE sn_tickets SET used_by_user = ? WHERE id = ?", std::string_view(grant.open_id),
                 ticket->id);
        return {};
    });
}

Result<void> Registry::add_grant(const Grant& grant, UnixMillis now) {
    if (!is_device_name(grant.device_name))
        return fail(Errc::bad_config,
                    "the device's name must have at most 13 characters and no control characters");
    return state_->result<void>(Work::Kind::write, [&](Work& work) -> Result<void> {
        const auto user = user_of(work, grant.open_id);
        if (!user || user->revoked != 0) return fail(Errc::not_found, "no such user, or revoked");
        const auto device = device_of(work, grant.sn);
        if (!device || device->revoked != 0) return fail(Errc::not_found, "no such device, or revoked");
        if (device->app_id != user->app_id)
            return fail(Errc::wrong_state, "the device is of another mini program");
        put_grant(work, grant, now);
        return {};
    });
}

Result<bool> Registry::remove_grant(std::string_view open_id, std::string_view sn, UnixMillis now) {
    return state_->result<bool>(Work::Kind::write, [&](Work& work) -> Result<bool> {
        const bool was_there = work.run("DELETE FROM grants WHERE open_id = ? AND sn = ?", open_id, sn) != 0;
        if (was_there) note_change(work, Change::What::grant_removed, open_id, sn, "", now);
        return was_there;
    });
}

Result<std::optional<Grant>> Registry::find_grant(std::string_view open_id, std::string_view sn) {
    return state_->result<std::optional<Grant>>(
        Work::Kind::read,
        [&](Work& work) -> Result<std::optional<Grant>> { return grant_of(work, open_id, sn); });
}

Result<std::vector<Registry::Contact>> Registry::users_of(std::string_view sn) {
    return state_->result<std::vector<Contact>>(
        Work::Kind::read, [&](Work& work) -> Result<std::vector<Contact>> {
            return work.all(
                read_contact,
                "SELECT u.open_id, u.app_id, u.name, u.created, u.revoked, g.sn, g.device_name, g.granted "
                "FROM grants g JOIN users u ON u.open_id = g.open_id WHERE g.sn = ? AND u.revoked = 0 "
                "ORDER BY g.granted, u.open_id",
                sn);
        });
}

Result<std::vector<Registry::GrantedDevice>> Registry::devices_of(std::string_view open_id) {
    return state_->result<
        std::vector<GrantedDevice>>(Work::Kind::read, [&](Work& work) -> Result<std::vector<GrantedDevice>> {
        return work.all(
            read_granted,
            "SELECT d.sn, d.app_id, d.model_id, d.model_name, d.registration, d.public_key, d.registered, "
            "d.revoked, g.open_id, g.device_name, g.granted "
            "FROM grants g JOIN device_rows d ON d.sn = g.sn WHERE g.open_id = ? AND d.revoked = 0 "
            "ORDER BY g.granted, d.sn",
            open_id);
    });
}

}  // namespace voip::registry
