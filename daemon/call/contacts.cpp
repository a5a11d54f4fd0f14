#include "daemon/call/contacts.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/file.hpp"
#include "core/json.hpp"
#include "protocol/call.hpp"
#include "protocol/errors.hpp"
#include "protocol/limits.hpp"

namespace voip::call {
namespace {

constexpr std::size_t contacts_bytes =
    4 * 1024 * 1024;  // 256 contacts of 16 people with the longest names: 1.2 MB

bool is_name(const std::string& text) {
    return text.empty() || is_plain_text(text, limits::name_bytes);
}

std::optional<Fault> judge(const Contact& contact) {
    if (!is_plain_text(contact.contact, limits::name_bytes))
        return wrong_argument("contact", "not a name of 1 to 128 bytes");
    if (!is_name(contact.name)) return wrong_argument("name", "not a name of at most 128 bytes");
    if (contact.people.empty() || contact.people.size() > limits::people_per_contact)
        return wrong_argument("people", "not 1 to 16 people");
    for (std::size_t i = 0; i < contact.people.size(); ++i) {
        const Person& person = contact.people[i];
        const std::string at = "people[" + std::to_string(i) + "]";
        if (!is_plain_text(person.open_id, limits::open_id_bytes))
            return wrong_argument(at + ".openId", "not an openId");
        if (!is_name(person.name)) return wrong_argument(at + ".name", "not a name of at most 128 bytes");
        for (std::size_t before = 0; before < i; ++before)
            if (contact.people[before].open_id == person.open_id)
                return wrong_argument(at + ".openId", "is there twice");
    }
    return std::nullopt;
}

json::Value encode(const std::vector<Contact>& contacts) {
    json::Array list;
    for (const Contact& contact : contacts) {
        json::Array people;
        for (const Person& person : contact.people) {
            json::Value one;
            one.set("openId", person.open_id).set("name", person.name);
            one.set("authorisation", to_string(person.authorisation));
            people.push_back(std::move(one));
        }
        json::Value one;
        one.set("contact", contact.contact).set("name", contact.name).set("people", std::move(people));
        list.push_back(std::move(one));
    }
    json::Value whole;
    whole.set("version", 1).set("contacts", std::move(list));
    return whole;
}

Result<Contact> decode_one(const json::Value& value) {
    Contact contact{text_at(value, "contact"), text_at(value, "name"), {}};
    const json::Value* people = value.find("people");
    if (!people || !people->as_array()) return fail(Errc::bad_message, "a contact without people");
    for (const json::Value& each : *people->as_array()) {
        const auto known = authorisation(text_at(each, "authorisation"));
        contact.people.push_back(
            {text_at(each, "openId"), text_at(each, "name"), known.value_or(Authorisation::unknown)});
    }
    if (const auto fault = judge(contact))
        return fail(Errc::bad_message, fault->field + ": " + fault->err_msg);
    return contact;
}

Result<std::vector<Contact>> decode(const std::string& text) {
    const json::ParseLimits parse_limits{contacts_bytes, limits::nesting_depth, false};
    const auto parsed = json::parse(text, parse_limits);
    if (!parsed) return parsed.error();
    const json::Value* list = parsed->find("contacts");
    if (!list || !list->as_array()) return fail(Errc::bad_message, "no list of contacts");
    if (list->as_array()->size() > limits::contacts) return fail(Errc::bad_message, "too many contacts");
    std::vector<Contact> contacts;
    for (const json::Value& each : *list->as_array()) {
        auto contact = decode_one(each);
        if (!contact) return contact.error();
        for (const Contact& before : contacts)
            if (before.contact == contact->contact)
                return fail(Errc::bad_message, "a contact is there twice");
        contacts.push_back(std::move(*contact));
    }
    return contacts;
}

}  // namespace

Contacts::Contacts(std::filesystem::path file, Log log) : file_(std::move(file)), log_(std::move(log)) {}

void Contacts::load() {
    if (file_.empty()) return;
    const auto text = read_file(file_, contacts_bytes);
    if (!text && text.error().is(Errc::not_found)) return;
    auto contacts = text ? decode(*text) : Result<std::vector<Contact>>(text.error());
    if (contacts) {
        contacts_ = std::move(*contacts);
        return;
    }
    const auto aside = set_aside(file_);
    log_.err("contacts cannot be read; they begin empty", kv("cause", contacts.error().text()),
             kv("kept_as", aside ? aside->string() : aside.error().text()));
}

const Contact* Contacts::find(std::string_view contact) const noexcept {
    const auto found = std::find_if(contacts_.begin(), contacts_.end(),
                                    [&](const Contact& each) { return each.contact == contact; });
    return found == contacts_.end() ? nullptr : &*found;
}

std::string Contacts::name_of(std::string_view open_id) const {
    for (const Contact& contact : contacts_)
        for (const Person& person : contact.people)
            if (person.open_id == open_id) return person.name;
    return {};
}

Authorisation Contacts::known_of(std::string_view open_id) const noexcept {
    for (const Contact& contact : contacts_)
        for (const Person& person : contact.people)
            if (person.open_id == open_id) return person.authorisation;
    return Authorisation::unknown;
}

Result<void> Contacts::write(const std::vector<Contact>& contacts) const {
    if (file_.empty()) return {};
    return write_file(file_, json::write_pretty(encode(contacts)) + "\n", 0600);
}

Answer<Contact> Contacts::set(Contact contact) {
    if (const auto fault = judge(contact)) return *fault;
    for (Person& person : contact.people) person.authorisation = known_of(person.open_id);
    std::vector<Contact> changed = contacts_;
    const auto place = std::find_if(changed.begin(), changed.end(),
                                    [&](const Contact& each) { return each.contact == contact.contact; });
    if (place != changed.end())
        *place = contact;
    else if (changed.size() >= limits::contacts)
        return Fault{code::too_large, "no place for another contact", "contact", {}};
    else
        changed.push_back(contact);
    const auto written = write(changed);
    if (!written) return Fault{code::system_busy, "not stored: " + written.error().text(), {}, {}};
    contacts_ = std::move(changed);
    stored_ = true;
    trouble_.clear();
    return contact;
}

Answer<std::monostate> Contacts::remove(std::string_view contact) {
    std::vector<Contact> changed = contacts_;
    const auto gone = std::remove_if(changed.begin(), changed.end(),
                                     [&](const Contact& each) { return each.contact == contact; });
    if (gone == changed.end()) return wrong_argument("contact", "no such contact");
    changed.erase(gone, changed.end());
    const auto written = write(changed);
    if (!written) return Fault{code::system_busy, "not stored: " + written.error().text(), {}, {}};
    contacts_ = std::move(changed);
    stored_ = true;
    trouble_.clear();
    return std::monostate{};
}

bool Contacts::mark(std::string_view open_id, Authorisation authorisation) {
    bool changed = false;
    for (Contact& contact : contacts_)
        for (Person& person : contact.people) {
            if (person.open_id != open_id || person.authorisation == authorisation) continue;
            person.authorisation = authorisation;
            changed = true;
        }
    if (changed) stored_ = false;
    return changed;
}

void Contacts::store() {
    if (stored_) return;
    const bool complained = !trouble_.empty();
    const auto written = write(contacts_);
    stored_ = static_cast<bool>(written);
    trouble_ = written ? std::string() : written.error().text();
    if (!written && !complained) log_.err("contacts cannot be stored", kv("cause", trouble_));
}

}  // namespace voip::call
