#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "protocol/fault.hpp"
#include "protocol/limits.hpp"
#include "service/registry/types.hpp"

/// Everything that the service must not lose, in one SQLite file (WAL; what was answered is synced to the
/// disk). Secrets are kept as SHA-256 where nobody needs to read them again: appSecret (salted), user tokens,
/// enrolment codes, snTickets, access tokens. Push tokens stand as they are, because users fetch them again;
/// the file is 0600.
namespace voip::registry {

struct RegistrySettings {
    /// Waiting for another process's write (an admin program); passed: the function fails.
    Duration busy_timeout = 2s;
    /// Told of every failure of the database, besides the returned one: for the log and the health. May be
    /// empty.
    std::function<void(const Error&)> on_failure;
    // Lives. Tests and configurations may shorten them.
    Duration device_token_life = limits::device_token_life;
    Duration push_token_life = limits::push_token_life;
    Duration user_token_life = limits::user_token_life;
    Duration sn_ticket_life = limits::sn_ticket_life;
    Duration enrolment_code_life = limits::enrolment_code_life;
    Duration access_token_life = limits::access_token_life;
    Duration clock_skew = limits::clock_skew;
};

struct DeviceIdentity {
    Device device;
    UnixMillis expires = 0;  ///< of the token
};
struct UserIdentity {
    User user;
    UnixMillis expires = 0;  ///< of the token
    std::string token_id;    ///< names the token without being it: for revocations and logs
};
struct Login {
    User user;
    IssuedToken token;
};
/// What a device registers.
struct NewDevice {
    std::string app_id, model_id, sn, sn_ticket, public_key;
};
/// A push token and what it belongs to.
struct PushIdentity {
    std::string sn;
    UnixMillis expires = 0;
};

/// The registry. A life of n ends exactly at issue + n: at that millisecond the thing is expired.
///
/// Two kinds of answers. Result: for the operator and the shell. Answer: for the wire; its Fault carries the
/// wire's code, and a failing database is Fault 5030 (on_failure is told why). A full or read-only disk fails
/// what must be written and nothing else: tokens are checked, device tokens issued, dials judged as before.
///
/// Another process (an admin program) may have the same file open: all that it does is seen at the next call.
/// @thread loop only; blocks for the disk (a read ~10 us, a write one fsync)
class Registry {
 public:
    /// Opens, checks and, when there is no such file, makes the database (whole or not at all). Never
    /// replaces a damaged one: an empty registry would cut off every device and user.
    /// @errors io (damaged, or the disk; says what to do), wrong_state (made by a newer version), refused
    /// (permissions)
    [[nodiscard]] static Result<Registry> open(const std::filesystem::path& file, RegistrySettings settings,
                                               UnixMillis now);
    Registry(Registry&&) noexcept;
    Registry& operator=(Registry&&) noexcept;
    ~Registry();

    [[nodiscard]] const RegistrySettings& settings() const noexcept;

    // ---- products (operator)
    /// Adds a product, or changes the one of the same appId and modelId. The first product of an appId needs
    /// a secret (16 to 128 characters); with a later one an empty secret leaves it as it is.
    /// @errors bad_config with the member
    [[nodiscard]] Result<void> put_product(const Product& product, std::string_view app_secret,
                                           UnixMillis now);
    [[nodiscard]] Result<std::vector<Product>> products();
    [[nodiscard]] Result<std::optional<Product>> find_product(std::string_view app_id,
                                                              std::string_view model_id);

    // ---- the vendor's backend
    /// /cgi-bin/token. @errors 40001 (unknown appId or wrong secret), 5030
    [[nodiscard]] Answer<IssuedToken> issue_access_token(std::string_view app_id, std::string_view app_secret,
                                                         UnixMillis now);
    /// The token's appId. @errors 40001 (unknown or expired), 5030
    [[nodiscard]] Answer<std::string> check_access_token(std::string_view token, UnixMillis now);
    /// 32 letters and digits, bound to SN and model. @errors 9800001, 9800002, 9800003 (no such model of this
    /// appId), 5030
    [[nodiscard]] Answer<IssuedToken> make_sn_ticket(std::string_view app_id, std::string_view sn,
                                                     std::string_view model_id, UnixMillis now);

    // ---- devices
    /// Registers a device whose signature was checked (auth.hpp). Repeating it with the same key is success:
    /// with a ticket that was used for this key, inside its life, and with a fresh one. A device may change
    /// its model (not its appId) with a fresh ticket. @errors 9800001, 9800002, 9800003, 9800011 (form),
    /// 10008 (expired, unknown, for another SN or model, used for another key), 9 (the SN has another key or
    /// appId), 4014, 1004 (not a P-256 key), 5030
    [[nodiscard]] Answer<void> register_device(const NewDevice& device, UnixMillis now);
    [[nodiscard]] Result<std::optional<Device>> find_device(std::string_view sn);
    [[nodiscard]] Result<std::vector<Device>> devices();
    /// Operator: all its tokens end now; it can neither register nor ask for tokens. False: unknown SN.
    [[nodiscard]] Result<bool> revoke_device(std::string_view sn, UnixMillis now);
    /// Operator: forgets the key and un-revokes, so that repaired hardware can register again under this SN
    /// with a fresh ticket. All its tokens end now. False: unknown SN.
    [[nodiscard]] Result<bool> reset_key(std::string_view sn, UnixMillis now);

    // ---- deviceTokens: signed by a key of this registry, not stored (they survive a restart and need no
    // disk); each
    //      carries the device's generation, which revoke, reset_key and a new key raise
    /// @errors 9800004 (unknown SN), 4014, 5030
    [[nodiscard]] Answer<IssuedToken> issue_device_token(std::string_view sn, UnixMillis now);
    /// @errors 4010 (not ours, damaged, expired, of an earlier generation), 4014 (revoked device), 17 (the
    /// device has another model since), 5030
    [[nodiscard]] Answer<DeviceIdentity> check_device_token(std::string_view token, UnixMillis now);

    // ---- pushTokens
    /// A new one; the newest two of an SN are valid. @errors 9800004, 4014, 5030
    [[nodiscard]] Answer<IssuedToken> issue_push_token(std::string_view sn, UnixMillis now);
    /// The newest valid one, for an authorised user. @errors 9 (not authorised), 14 (none, or expired), 2
    /// (unknown or revoked device), 5030
    [[nodiscard]] Answer<IssuedToken> push_token_for(std::string_view open_id, std::string_view sn,
                                                     UnixMillis now);
    /// Nothing: unknown or expired. @errors 5030
    [[nodiscard]] Answer<std::optional<PushIdentity>> check_push_token(std::string_view token,
                                                                       UnixMillis now);

    // ---- nonces
    /// Remembers a nonce of this SN for longer than it could be used again. Call it after the signature was
    /// found right. When the disk cannot take it, it is remembered in memory, and after a restart claims made
    /// before that restart are refused: see claims_from(). @errors 4012 (used before), 5030 (neither disk nor
    /// marker could be written)
    [[nodiscard]] Answer<void> use_nonce(std::string_view sn, std::string_view nonce, UnixMillis now);
    /// Claims with an earlier timestamp are refused as skewed (4011). 0 but after an end with unsaved nonces.
    [[nodiscard]] UnixMillis claims_from() const noexcept;

    // ---- users
    /// @errors bad_config (name empty, too long, control characters; no such appId), wrong_state (the name is
    /// taken)
    [[nodiscard]] Result<User> add_user(std::string_view app_id, std::string_view name, UnixMillis now);
    [[nodiscard]] Result<std::optional<User>> find_user(std::string_view open_id);
    [[nodiscard]] Result<std::optional<User>> find_user_by_name(std::string_view app_id,
                                                                std::string_view name);
    [[nodiscard]] Result<std::vector<User>> users();
    /// Operator: all tokens and codes of the user end now; devices cannot call it (20). False: unknown.
    [[nodiscard]] Result<bool> revoke_user(std::string_view open_id, UnixMillis now);

    // ---- logging in
    /// A one-time code (26 letters and digits, 130 bits) for a user. @errors not_found (unknown or revoked
    /// user), io
    [[nodiscard]] Result<IssuedToken> make_enrolment_code(std::string_view open_id, UnixMillis now);
    /// Uses up the code. Upper and lower case, blanks and hyphens are alike. @errors 4010 (unknown, used,
    /// expired), 5030
    [[nodiscard]] Answer<Login> redeem_enrolment_code(std::string_view code, UnixMillis now);
    /// For the development log-in by name, and for tests. @errors 4010 (unknown user), 4014 (revoked), 5030
    [[nodiscard]] Answer<Login> issue_user_token(std::string_view open_id, UnixMillis now);
    /// @errors 4010 (unknown, revoked or expired token), 4014 (revoked user), 5030
    [[nodiscard]] Answer<UserIdentity> check_user_token(std::string_view token, UnixMillis now);
    /// Log-out; an unknown token is success. @errors 5030
    [[nodiscard]] Answer<void> revoke_user_token(std::string_view token, UnixMillis now);

    // ---- consent
    /// requestDeviceVoIP. The ticket is used up; the same user may repeat it with the same ticket inside its
    /// life.
    /// @errors 9800011, 10008 (as register_device, or used by somebody else), 9800004 (the device never
    /// registered, or is revoked), 9800003 (its model is another), 19 (another mini program's device), 20
    /// (unknown or revoked user), 1004 deviceName (control characters, longer than 13 characters), 5030
    [[nodiscard]] Answer<void> authorise(const Grant& grant, std::string_view model_id,
                                         std::string_view sn_ticket, UnixMillis now);
    /// Operator: the same without a ticket. @errors not_found (user or device), wrong_state (of different
    /// appIds)
    [[nodiscard]] Result<void> add_grant(const Grant& grant, UnixMillis now);
    /// False: there was none.
    [[nodiscard]] Result<bool> remove_grant(std::string_view open_id, std::string_view sn, UnixMillis now);
    [[nodiscard]] Result<std::optional<Grant>> find_grant(std::string_view open_id, std::string_view sn);
    /// Who consented to this device; not revoked users only.
    struct Contact {
        User user;
        Grant grant;
    };
    [[nodiscard]] Result<std::vector<Contact>> users_of(std::string_view sn);
    /// The devices that a user consented to; not revoked ones only.
    struct GrantedDevice {
        Device device;
        Grant grant;
    };
    [[nodiscard]] Result<std::vector<GrantedDevice>> devices_of(std::string_view open_id);

    // ---- what changed
    /// Changes after `id`, oldest first, at most 1000; cheap when there are none (ask each second). Start
    /// with last_change(). They are kept for an hour.
    [[nodiscard]] Result<std::vector<Change>> changes_after(std::int64_t id);
    [[nodiscard]] Result<std::int64_t> last_change();

    // ---- rooms and settings
    /// All rows in one transaction. @errors io: nothing was written
    [[nodiscard]] Result<void> store_rooms(std::span<const RoomRow> rows);
    /// A row that is not JSON is reported by on_failure, deleted and left out.
    [[nodiscard]] Result<std::vector<json::Value>> load_rooms();
    [[nodiscard]] Result<std::optional<std::string>> setting(std::string_view name);
    [[nodiscard]] Result<void> set_setting(std::string_view name, std::string_view value);

    /// Deletes a batch (at most 1000 rows of each kind) of what expired. True: there is more, come again
    /// soon; else once a minute is enough.
    [[nodiscard]] Result<bool> prune(UnixMillis now);

    struct State;  // registry/ only

 private:
    explicit Registry(std::unique_ptr<State> state);
    [[nodiscard]] UnixMillis nonce_life() const noexcept;
    [[nodiscard]] Answer<void> keep_unsaved_nonce(const std::pair<std::string, std::string>& key,
                                                  UnixMillis expires, UnixMillis now);
    void restore_nonce_marker(UnixMillis now);
    std::unique_ptr<State> state_;
};

}  // namespace voip::registry
