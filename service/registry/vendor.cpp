// Products, and what a vendor's backend asks for.
#include "protocol/crypto/crypto.hpp"
#include "service/registry/state.hpp"

namespace voip::registry {
namespace {

constexpr std::size_t secret_min = 16, secret_max = 128;
constexpr std::int64_t access_tokens_per_app = 20;

Product read_product(const Row& row) {
    return Product{row.text(0),
                   row.text(1),
                   row.text(2),
                   registration(row.text(3)).value_or(Registration::device_auth),
                   charge(row.text(4)).value_or(Charge::any),
                   row.integer(5)};
}

struct Secret {
    std::string salt, mac;
};
Secret read_secret(const Row& row) {
    return {row.text(0), row.text(1)};
}

std::optional<Secret> secret_of(Work& work, std::string_view app_id) {
    return work.first(read_secret, "SELECT salt, secret FROM apps WHERE app_id = ?", app_id);
}

Result<void> check_product(const Product& product) {
    if (!is_plain_text(product.app_id, limits::app_id_bytes)) return fail(Errc::bad_config, "appId");
    if (!is_plain_text(product.model_id, limits::model_id_bytes)) return fail(Errc::bad_config, "modelId");
    if (!product.model_name.empty() && !is_plain_text(product.model_name, limits::name_bytes))
        return fail(Errc::bad_config, "modelName");
    return {};
}

Result<void> put_secret(Work& work, std::string_view app_id, std::string_view secret) {
    if (secret.empty()) {
        if (secret_of(work, app_id)) return {};
        return fail(Errc::bad_config, "appSecret: the first product of an appId needs one");
    }
    if (secret.size() < secret_min || !is_plain_text(secret, secret_max))
        return fail(Errc::bad_config, "appSecret: 16 to 128 bytes without control characters");
    const std::string salt = crypto::random_bytes(16);
    const std::string mac = crypto::hmac_sha256(salt, secret);
    work.run(
        "INSERT INTO apps(app_id, salt, secret) VALUES(?, ?, ?) "
        "ON CONFLICT(app_id) DO UPDATE SET salt = excluded.salt, secret = excluded.secret",
        app_id, Blob{salt}, Blob{mac});
    return {};
}

}  // namespace

Result<void> Registry::put_product(const Product& product, std::string_view app_secret, UnixMillis now) {
    if (auto checked = check_product(product); !checked) return checked;
    return state_->result<void>(Work::Kind::write, [&](Work& work) -> Result<void> {
        const std::string_view app_id = product.app_id, model_id = product.model_id,
                               name = product.model_name;
        if (auto kept = put_secret(work, app_id, app_secret); !kept) return kept;
        work.run(
            "INSERT INTO products(app_id, model_id, model_name, registration, charge, created) VALUES(?, ?, "
            "?, ?, ?, ?) "
            "ON CONFLICT(app_id, model_id) DO UPDATE SET model_name = excluded.model_name, "
            "registration = excluded.registration, charge = excluded.charge",
            app_id, model_id, name, voip::to_string(product.registration), to_string(product.charge), now);
        return {};
    });
}

Result<std::vector<Product>> Registry::products() {
    return state_->result<std::vector<Product>>(
        Work::Kind::read, [&](Work& work) -> Result<std::vector<Product>> {
            return work.all(
                read_product,
                "SELECT app_id, model_id, model_name, registration, charge, created FROM products "
                "ORDER BY app_id, model_id");
        });
}

Result<std::optional<Product>> Registry::find_product(std::string_view app_id, std::string_view model_id) {
    return state_->result<std::optional<Product>>(
        Work::Kind::read, [&](Work& work) -> Result<std::optional<Product>> {
            return work.first(
                read_product,
                "SELECT app_id, model_id, model_name, registration, charge, created FROM products "
                "WHERE app_id = ? AND model_id = ?",
                app_id, model_id);
        });
}

Answer<IssuedToken> Registry::issue_access_token(std::string_view app_id, std::string_view app_secret,
                                                 UnixMillis now) {
    return state_->answer<IssuedToken>(Work::Kind::write, [&](Work& work) -> Answer<IssuedToken> {
        // An unknown appId costs the same time as a wrong secret.
        const Secret secret =
            secret_of(work, app_id).value_or(Secret{std::string(16, '\0'), std::string(32, '\0')});
        if (!crypto::equal_in_constant_time(crypto::hmac_sha256(secret.salt, app_secret), secret.mac))
            return fault(code::access_token);
        IssuedToken issued{"a1." + crypto::random_text(43), now + millis(state_->settings.access_token_life)};
        const std::string hash = crypto::sha256(issued.token);
        work.run("INSERT INTO access_tokens(hash, app_id, expires) VALUES(?, ?, ?)", Blob{hash}, app_id,
                 issued.expires);
        work.run(
            "DELETE FROM access_tokens WHERE app_id = ? AND id NOT IN "
            "(SELECT id FROM access_tokens WHERE app_id = ? ORDER BY id DESC LIMIT ?)",
            app_id, app_id, access_tokens_per_app);
        return issued;
    });
}

Answer<std::string> Registry::check_access_token(std::string_view token, UnixMillis now) {
    return state_->answer<std::string>(Work::Kind::read, [&](Work& work) -> Answer<std::string> {
        const std::string hash = crypto::sha256(token);
        auto app_id = work.first(read_text, "SELECT app_id FROM access_tokens WHERE hash = ? AND expires > ?",
                                 Blob{hash}, now);
        if (!app_id) return fault(code::access_token);
        return std::move(*app_id);
    });
}

Answer<IssuedToken> Registry::make_sn_ticket(std::string_view app_id, std::string_view sn,
                                             std::string_view model_id, UnixMillis now) {
    if (sn.size() > limits::sn_bytes) return fault(code::sn_too_long, "sn");
    if (!is_sn(sn)) return fault(code::sn_character, "sn");
    return state_->answer<IssuedToken>(Work::Kind::write, [&](Work& work) -> Answer<IssuedToken> {
        if (!has_product(work, app_id, model_id)) return fault(code::model_id_check, "model_id");
        IssuedToken issued{crypto::random_text(limits::sn_ticket_characters),
                           now + millis(state_->settings.sn_ticket_life)};
        const std::string hash = crypto::sha256(issued.token);
        work.run("INSERT INTO sn_tickets(hash, sn, app_id, model_id, expires) VALUES(?, ?, ?, ?, ?)",
                 Blob{hash}, sn, app_id, model_id, issued.expires);
        return issued;
    });
}

}  // namespace voip::registry
