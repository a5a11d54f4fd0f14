// Users, their tokens and enrolment codes.
#include "protocol/crypto/crypto.hpp"
#include "service/registry/state.hpp"

namespace voip::registry {
namespace {

constexpr std::int64_t tokens_per_user = 20, codes_per_user = 10;
/// 32 symbols, none of which looks like another. @source Crockford's base 32
constexpr std::string_view code_alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t code_length = 26;  // 130 bits

std::string make_code() {
    std::string code = crypto::random_bytes(code_length);
    for (char& c : code) c = code_alphabet[static_cast<unsigned char>(c) & 31U];
    return code;
}

/// The code as it was made, from what a person typed.
std::string plain_code(std::string_view typed) {
    std::string code;
    for (const char c : typed.substr(0, 4 * code_length)) {
        if (c == ' ' || c == '-' || c == '\t') continue;
        const char upper = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        code += upper == 'O' ? '0' : upper == 'I' || upper == 'L' ? '1' : upper;
    }
    return code;
}

/// Names a token without being it: the first 8 bytes of its hash.
std::string token_id_of(std::string_view hash) {
    return crypto::hex(hash.substr(0, 8));
}

struct OldToken {
    std::int64_t id = 0;
    std::string hash, open_id;
};
OldToken read_old_token(const Row& row) {
    return {row.integer(0), row.text(1), row.text(2)};
}

void end_token(Work& work, const OldToken& token, UnixMillis now) {
    work.run("DELETE FROM user_tokens WHERE id = ?", token.id);
    note_change(work, Change::What::user_token_revoked, token.open_id, "", token_id_of(token.hash), now);
}

/// @errors 4010, 4014
Answer<Login> issue(Work& work, std::string_view open_id, Duration life, UnixMillis now) {
    auto user = user_of(work, open_id);
    if (!user) return fault(code::token_unknown);
    if (user->revoked != 0) return fault(code::revoked);
    IssuedToken issued{"u1." + crypto::random_text(43), now + millis(life)};
    const std::string hash = crypto::sha256(issued.token);
    work.run("INSERT INTO user_tokens(hash, open_id, expires) VALUES(?, ?, ?)", Blob{hash}, open_id,
             issued.expires);
    const auto old = work.all(
        read_old_token,
        "SELECT id, hash, open_id FROM user_tokens WHERE open_id = ? ORDER BY id DESC LIMIT -1 OFFSET ?",
        open_id, tokens_per_user);
    for (const OldToken& token : old) end_token(work, token, now);
    return Login{std::move(*user), std::move(issued)};
}

struct Code {
    std::string open_id;
    UnixMillis expires = 0;
};
Code read_code(const Row& row) {
    return {row.text(0), row.integer(1)};
}

struct TokenRow {
    User user;
    UnixMillis expires = 0;
};
TokenRow read_token_row(const Row& row) {
    return {read_user(row), row.integer(5)};
}

}  // namespace

Result<User> Registry::add_user(std::string_view app_id, std::string_view name, UnixMillis now) {
    if (!is_plain_text(name, limits::name_bytes))
        return fail(Errc::bad_config, "the name must be 1 to 128 bytes without control characters");
    return state_->result<User>(Work::Kind::write, [&](Work& work) -> Result<User> {
        if (!work.first(read_integer, "SELECT 1 FROM apps WHERE app_id = ?", app_id))
            return fail(Errc::bad_config, "no product has this appId");
        if (work.first(read_integer, "SELECT 1 FROM users WHERE app_id = ? AND name = ? AND revoked = 0",
                       app_id, name))
            return fail(Errc::wrong_state, "there is a user of this name");
        User user{"o" + crypto::random_text(27), std::string(app_id), std::string(name), now, 0};
        work.run("INSERT INTO users(open_id, app_id, name, created, revoked) VALUES(?, ?, ?, ?, 0)",
                 std::string_view(user.open_id), app_id, name, now);
        return user;
    });
}

Result<std::optional<User>> Registry::find_user(std::string_view open_id) {
    return state_->result<std::optional<User>>(
        Work::Kind::read, [&](Work& work) -> Result<std::optional<User>> { return user_of(work, open_id); });
}

Result<std::optional<User>> Registry::find_user_by_name(std::string_view app_id, std::string_view name) {
    return state_->result<std::optional<User>>(
        Work::Kind::read, [&](Work& work) -> Result<std::optional<User>> {
            return work.first(read_user,
                              "SELECT open_id, app_id, name, created, revoked FROM users "
                              "WHERE app_id = ? AND name = ? AND revoked = 0",
                              app_id, name);
        });
}

Result<std::vector<User>> Registry::users() {
    return state_->result<std::vector<User>>(Work::Kind::read, [&](Work& work) -> Result<std::vector<User>> {
        return work.all(
            read_user,
            "SELECT open_id, app_id, name, created, revoked FROM users ORDER BY app_id, name, created");
    });
}

Result<bool> Registry::revoke_user(std::string_view open_id, UnixMillis now) {
    return state_->result<bool>(Work::Kind::write, [&](Work& work) -> Result<bool> {
        if (work.run("UPDATE users SET revoked = ? WHERE open_id = ? AND revoked = 0", now, open_id) != 0) {
            work.run("DELETE FROM enrolment_codes WHERE open_id = ?", open_id);
            note_change(work, Change::What::user_revoked, open_id, "", "", now);
        }
        return user_of(work, open_id).has_value();
    });
}

Result<IssuedToken> Registry::make_enrolment_code(std::string_view open_id, UnixMillis now) {
    return state_->result<IssuedToken>(Work::Kind::write, [&](Work& work) -> Result<IssuedToken> {
        const auto user = user_of(work, open_id);
        if (!user || user->revoked != 0) return fail(Errc::not_found, "no such user, or revoked");
        IssuedToken issued{make_code(), now + millis(state_->settings.enrolment_code_life)};
        const std::string hash = crypto::sha256(issued.token);
        work.run("INSERT INTO enrolment_codes(hash, open_id, expires) VALUES(?, ?, ?)", Blob{hash}, open_id,
                 issued.expires);
        work.run(
            "DELETE FROM enrolment_codes WHERE open_id = ? AND id NOT IN "
            "(SELECT id FROM enrolment_codes WHERE open_id = ? ORDER BY id DESC LIMIT ?)",
            open_id, open_id, codes_per_user);
        return issued;
    });
}

Answer<Login> Registry::redeem_enrolment_code(std::string_view code, UnixMillis now) {
    return state_->answer<Login>(Work::Kind::write, [&](Work& work) -> Answer<Login> {
        const std::string hash = crypto::sha256(plain_code(code));
        const auto found =
            work.first(read_code, "SELECT open_id, expires FROM enrolment_codes WHERE hash = ?", Blob{hash});
        if (!found || found->expires <= now) return fault(code::token_unknown, "code");
        work.run("DELETE FROM enrolment_codes WHERE hash = ?", Blob{hash});
        return issue(work, found->open_id, state_->settings.user_token_life, now);
    });
}

Answer<Login> Registry::issue_user_token(std::string_view open_id, UnixMillis now) {
    return state_->answer<Login>(Work::Kind::write, [&](Work& work) -> Answer<Login> {
        return issue(work, open_id, state_->settings.user_token_life, now);
    });
}

Answer<UserIdentity> Registry::check_user_token(std::string_view token, UnixMillis now) {
    return state_->answer<UserIdentity>(Work::Kind::read, [&](Work& work) -> Answer<UserIdentity> {
        const std::string hash = crypto::sha256(token);
        auto row = work.first(
            read_token_row,
            "SELECT u.open_id, u.app_id, u.name, u.created, u.revoked, t.expires FROM user_tokens t "
            "JOIN users u ON u.open_id = t.open_id WHERE t.hash = ? AND t.expires > ?",
            Blob{hash}, now);
        if (!row) return fault(code::token_unknown);
        if (row->user.revoked != 0) return fault(code::revoked);
        return UserIdentity{std::move(row->user), row->expires, token_id_of(hash)};
    });
}

Answer<void> Registry::revoke_user_token(std::string_view token, UnixMillis now) {
    return state_->answer<void>(Work::Kind::write, [&](Work& work) -> Answer<void> {
        const std::string hash = crypto::sha256(token);
        const auto found = work.first(read_old_token,
                                      "SELECT id, hash, open_id FROM user_tokens WHERE hash = ?", Blob{hash});
        if (found) end_token(work, *found, now);
        return {};
    });
}

}  // namespace voip::registry
