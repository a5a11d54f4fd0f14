#include "service/admin/verbs.hpp"

#include <algorithm>
#include <array>

#include "core/calendar.hpp"
#include "core/command_line.hpp"
#include "protocol/crypto/crypto.hpp"
#include "service/registry/auth.hpp"

namespace voip::service::admin {
namespace {

constexpr std::size_t made_secret_characters = 32;

struct Call {
    const Context& context;
    const CommandLine& line;
    [[nodiscard]] const std::string& operand(std::size_t at) const { return line.operands()[at]; }
    [[nodiscard]] std::size_t operands() const { return line.operands().size(); }
};

Outcome done(std::string out) {
    return {0, std::move(out), {}};
}
Outcome refused(std::string why) {
    return {1, {}, std::move(why) + "\n"};
}
Outcome failed(const Error& error) {
    return refused(error.text());
}

std::string time_text(UnixMillis time) {
    return time == 0 ? "-" : utc_text(time);
}

/// Lines of equal columns, the first being the heading.
std::string table(const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::size_t> widths;
    for (const auto& row : rows)
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (widths.size() <= i) widths.push_back(0);
            widths[i] = std::max(widths[i], row[i].size());
        }
    std::string text;
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            line += row[i].empty() ? "-" : row[i];
            if (i + 1 < row.size())
                line.resize(line.size() + widths[i] + 2 - std::max<std::size_t>(row[i].size(), 1), ' ');
        }
        text += line + "\n";
    }
    return text;
}

/// The user of this name or openId; a name that several mini programs know needs --app.
Result<registry::User> user_of(const Call& call, const std::string& name) {
    if (registry::is_open_id(name)) {
        auto user = call.context.registry.find_user(name);
        if (!user) return user.error();
        if (*user) return std::move(**user);
    }
    auto users = call.context.registry.users();
    if (!users) return users.error();
    const std::string app = call.line.value("app");
    std::erase_if(*users, [&](const registry::User& user) {
        return user.name != name || (!app.empty() && user.app_id != app);
    });
    if (users->empty()) return fail(Errc::not_found, "no user is called " + name);
    if (users->size() > 1)
        return fail(Errc::wrong_state, "several mini programs know " + name + ": give --app APPID");
    return std::move(users->front());
}

/// --app, else the only appId there is.
Result<std::string> app_of(const Call& call) {
    if (call.line.has("app")) return call.line.value("app");
    const auto products = call.context.registry.products();
    if (!products) return products.error();
    if (products->empty()) return fail(Errc::not_found, "there is no product yet: product add APPID MODELID");
    const std::string& first = products->front().app_id;
    for (const auto& product : *products)
        if (product.app_id != first)
            return fail(Errc::wrong_state, "there are several appIds: give --app APPID");
    return first;
}

Outcome product_add(const Call& call) {
    registry::Product product;
    product.app_id = call.operand(0);
    product.model_id = call.operand(1);
    product.model_name = call.line.value("name");
    const auto kind = registration(call.line.value("registration", "device-auth"));
    if (!kind) return {2, {}, "--registration must be device-auth or wmpf\n"};
    const auto charge = registry::charge(call.line.value("charge", "any"));
    if (!charge) return {2, {}, "--charge must be any, duration or license\n"};
    product.registration = *kind;
    product.charge = *charge;
    const auto products = call.context.registry.products();
    if (!products) return failed(products.error());
    const bool known = std::any_of(products->begin(), products->end(),
                                   [&](const auto& other) { return other.app_id == product.app_id; });
    std::string secret = call.line.value("secret");
    const bool made = secret.empty() && !known;
    if (made) secret = crypto::random_text(made_secret_characters);
    const auto put = call.context.registry.put_product(product, secret, call.context.now);
    if (!put) return failed(put.error());
    std::string out = "product " + product.app_id + " " + product.model_id + " added\n";
    if (made) out += "appSecret " + secret + " (shown once)\n";
    return done(std::move(out));
}

Outcome product_list(const Call& call) {
    const auto products = call.context.registry.products();
    if (!products) return failed(products.error());
    std::vector<std::vector<std::string>> rows{{"APPID", "MODELID", "NAME", "REGISTRATION", "CHARGE"}};
    for (const auto& product : *products)
        rows.push_back({product.app_id, product.model_id, product.model_name,
                        std::string(to_string(product.registration)),
                        std::string(to_string(product.charge))});
    return done(table(rows));
}

Outcome device_list(const Call& call) {
    const auto devices = call.context.registry.devices();
    if (!devices) return failed(devices.error());
    const auto& online = call.context.is_online;
    std::vector<std::vector<std::string>> rows{{"SN", "APPID", "MODELID", "REGISTERED", "STATE", "ONLINE"}};
    for (const auto& device : *devices) {
        const char* state = device.revoked != 0         ? "revoked"
                            : device.public_key.empty() ? "key reset"
                                                        : "active";
        rows.push_back({device.sn, device.app_id, device.model_id, time_text(device.registered), state,
                        !online             ? "?"
                        : online(device.sn) ? "yes"
                                            : "no"});
    }
    return done(table(rows));
}

Outcome device_reset_key(const Call& call) {
    const auto known = call.context.registry.reset_key(call.operand(0), call.context.now);
    if (!known) return failed(known.error());
    if (!*known) return refused("no device " + call.operand(0));
    return done("key of " + call.operand(0) + " forgotten; it registers again with a fresh ticket (ticket " +
                call.operand(0) + ")\n");
}

Outcome device_revoke(const Call& call) {
    const auto known = call.context.registry.revoke_device(call.operand(0), call.context.now);
    if (!known) return failed(known.error());
    if (!*known) return refused("no device " + call.operand(0));
    return done("device " + call.operand(0) + " revoked\n");
}

Outcome user_add(const Call& call) {
    const auto app = app_of(call);
    if (!app) return failed(app.error());
    const auto user = call.context.registry.add_user(*app, call.operand(0), call.context.now);
    if (!user) return failed(user.error());
    return done("user " + user->name + " added, openId " + user->open_id + "\n");
}

Outcome user_enrol(const Call& call) {
    const auto user = user_of(call, call.operand(0));
    if (!user) return failed(user.error());
    const auto issued = call.context.registry.make_enrolment_code(user->open_id, call.context.now);
    if (!issued) return failed(issued.error());
    return done("code " + issued->token + "\nuntil " + time_text(issued->expires) + ", once\n");
}

Outcome user_revoke(const Call& call) {
    const auto user = user_of(call, call.operand(0));
    if (!user) return failed(user.error());
    const auto known = call.context.registry.revoke_user(user->open_id, call.context.now);
    if (!known) return failed(known.error());
    return done("user " + user->name + " revoked\n");
}

Outcome user_list(const Call& call) {
    const auto users = call.context.registry.users();
    if (!users) return failed(users.error());
    std::vector<std::vector<std::string>> rows{{"NAME", "OPENID", "APPID", "SINCE", "STATE"}};
    for (const auto& user : *users)
        rows.push_back({user.name, user.open_id, user.app_id, time_text(user.created),
                        user.revoked != 0 ? "revoked" : "active"});
    return done(table(rows));
}

Outcome grant(const Call& call) {
    const auto user = user_of(call, call.operand(0));
    if (!user) return failed(user.error());
    const registry::Grant wanted{user->open_id, call.operand(1), call.operands() > 2 ? call.operand(2) : "",
                                 call.context.now};
    const auto added = call.context.registry.add_grant(wanted, call.context.now);
    if (!added) return failed(added.error());
    return done(user->name + " is authorised for " + wanted.sn + "\n");
}

Outcome revoke(const Call& call) {
    const auto user = user_of(call, call.operand(0));
    if (!user) return failed(user.error());
    const auto removed = call.context.registry.remove_grant(user->open_id, call.operand(1), call.context.now);
    if (!removed) return failed(removed.error());
    if (!*removed) return refused(user->name + " was not authorised for " + call.operand(1));
    return done(user->name + " is no longer authorised for " + call.operand(1) + "\n");
}

/// For a known device its own model; for a new one --model, or the only product.
Result<registry::Product> product_of(const Call& call, const std::string& sn) {
    const auto device = call.context.registry.find_device(sn);
    if (!device) return device.error();
    auto products = call.context.registry.products();
    if (!products) return products.error();
    std::string app = call.line.value("app"), model = call.line.value("model");
    if (*device && app.empty()) app = (*device)->app_id;
    if (*device && model.empty()) model = (*device)->model_id;
    std::erase_if(*products, [&](const registry::Product& product) {
        return (!app.empty() && product.app_id != app) || (!model.empty() && product.model_id != model);
    });
    if (products->empty()) return fail(Errc::not_found, "no such product");
    if (products->size() > 1)
        return fail(Errc::wrong_state, "several products: give --model MODELID and --app APPID");
    return std::move(products->front());
}

Outcome ticket(const Call& call) {
    const auto product = product_of(call, call.operand(0));
    if (!product) return failed(product.error());
    const auto issued = call.context.registry.make_sn_ticket(product->app_id, call.operand(0),
                                                             product->model_id, call.context.now);
    if (!issued) return refused(issued.error().err_msg);
    return done("snTicket " + issued->token + "\nmodelId " + product->model_id + "\nuntil " +
                time_text(issued->expires) + "\n");
}

// ---- the table

constexpr CommandOption app_option{"app", "APPID", "which mini program, when there are several", false};
constexpr std::array no_options = std::array<CommandOption, 0>{};
constexpr std::array app_options{app_option};
constexpr std::array ticket_options{app_option,
                                    CommandOption{"model", "MODELID", "model of a new device", false}};
constexpr std::array product_options{
    CommandOption{"secret", "S", "appSecret of 16 to 128 characters; made and shown when absent", false},
    CommandOption{"name", "NAME", "what phones show after the device's name", false},
    CommandOption{"registration", "KIND", "device-auth (default) or wmpf", false},
    CommandOption{"charge", "TYPE", "any (default), duration or license", false}};

struct Verb {
    std::string_view words;     ///< one or two words
    std::string_view operands;  ///< for the usage
    std::size_t min, max;
    std::span<const CommandOption> options;
    std::string_view help;
    Outcome (*run)(const Call&);
};
// clang-format off
constexpr std::array verbs{
    Verb{"product add",      "APPID MODELID", 2, 2, product_options, "adds or changes a product", &product_add},
    Verb{"product list",     "",              0, 0, no_options,      "all products", &product_list},
    Verb{"device list",      "",              0, 0, no_options,      "all devices", &device_list},
    Verb{"device reset-key", "SN",            1, 1, no_options,      "forgets its key, so that it can register again", &device_reset_key},
    Verb{"device revoke",    "SN",            1, 1, no_options,      "locks it out at once", &device_revoke},
    Verb{"user add",         "NAME",          1, 1, app_options,     "a new user", &user_add},
    Verb{"user enrol",       "NAME",          1, 1, app_options,     "a one-time code for logging in (10 minutes)", &user_enrol},
    Verb{"user revoke",      "NAME",          1, 1, app_options,     "locks the user out at once", &user_revoke},
    Verb{"user list",        "",              0, 0, no_options,      "all users", &user_list},
    Verb{"grant",            "USER SN [DEVICENAME]", 2, 3, app_options, "authorises the user for the device", &grant},
    Verb{"revoke",           "USER SN",       2, 2, app_options,     "takes the authorisation back", &revoke},
    Verb{"ticket",           "SN",            1, 1, ticket_options,  "an snTicket (5 minutes, once)", &ticket},
};
// clang-format on

const Verb* find_verb(std::span<const std::string> arguments) {
    const auto found = std::find_if(verbs.begin(), verbs.end(), [&](const Verb& verb) {
        if (!arguments.empty() && verb.words == arguments[0]) return true;
        return arguments.size() > 1 && verb.words == arguments[0] + " " + arguments[1];
    });
    return found == verbs.end() ? nullptr : &*found;
}

}  // namespace

Outcome run(const Context& context, std::span<const std::string> arguments) {
    const Verb* verb = find_verb(arguments);
    if (!verb) return {2, {}, "no such order\n" + usage()};
    const std::size_t words = verb->words.find(' ') == std::string_view::npos ? 1 : 2;
    std::vector<const char*> rest;
    for (const std::string& argument : arguments.subspan(words)) rest.push_back(argument.c_str());
    const std::string program = "wmpf-voip-service admin " + std::string(verb->words);
    CommandSpec described;
    described.program = program;
    described.summary = verb->help;
    described.options = verb->options;
    described.operands = verb->operands;
    described.min_operands = verb->min;
    described.max_operands = verb->max;
    const auto line = parse_command_line(described, rest);
    if (!line) return {2, {}, line.error().context + "\n" + voip::usage(described)};
    return verb->run({context, *line});
}

std::string usage() {
    std::string text = "orders:\n";
    for (const Verb& verb : verbs) {
        std::string line = "  " + std::string(verb.words) + " " + std::string(verb.operands);
        line.resize(std::max<std::size_t>(line.size() + 2, 38), ' ');
        text += line + std::string(verb.help) + "\n";
        for (const CommandOption& option : verb.options) {
            std::string detail = "      --" + std::string(option.name) + " " + std::string(option.value);
            detail.resize(std::max<std::size_t>(detail.size() + 2, 38), ' ');
            text += detail + std::string(option.help) + "\n";
        }
    }
    return text;
}

}  // namespace voip::service::admin
