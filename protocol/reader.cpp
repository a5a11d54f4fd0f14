#include "protocol/reader.hpp"

#include <algorithm>

#include "protocol/call.hpp"

namespace voip {
namespace {

bool has_no_controls(std::string_view text) noexcept {
    return std::none_of(text.begin(), text.end(), is_control);
}

bool is_word_character(char c) noexcept {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == '-';
}

bool is_nonce(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(), is_word_character);
}

bool is_device_name(std::string_view text) noexcept {
    return has_no_controls(text) && characters(text) <= limits::device_name_characters;
}

bool is_query_or_empty(std::string_view text) noexcept {
    return text.empty() || is_custom_query(text);
}

constexpr std::string_view no_controls = "must hold no control characters";

}  // namespace

namespace rule {
constinit const TextRule sn{limits::sn_bytes, 1, is_sn, "must be made of 0-9 A-Z a-z _ -"};
constinit const TextRule open_id{limits::open_id_bytes, 1, has_no_controls, no_controls};
constinit const TextRule party_id{limits::open_id_bytes, 1, has_no_controls, no_controls};
constinit const TextRule model_id{limits::model_id_bytes, 1, has_no_controls, no_controls};
constinit const TextRule app_id{limits::app_id_bytes, 1, has_no_controls, no_controls};
constinit const TextRule sn_ticket{limits::sn_ticket_characters, limits::sn_ticket_characters, is_sn_ticket,
                                   "must be 32 letters and digits"};
constinit const TextRule nonce{limits::nonce_max, limits::nonce_min, is_nonce,
                               "must be made of A-Z a-z 0-9 _ -"};
constinit const TextRule call_id{limits::call_id_bytes, 1, has_no_controls, no_controls};
constinit const TextRule name{limits::name_bytes, 0, has_no_controls, no_controls};
constinit const TextRule device_name{limits::name_bytes, 1, is_device_name,
                                     "must be 1 to 13 characters, no control ones"};
constinit const TextRule token{limits::token_bytes, 1, has_no_controls, no_controls};
constinit const TextRule reason{limits::reason_bytes, 0, has_no_controls, no_controls};
constinit const TextRule err_msg{limits::err_msg_bytes, 0};
constinit const TextRule payload{limits::payload_bytes, 0};
constinit const TextRule custom_query{limits::custom_query_bytes, 0, is_query_or_empty,
                                      "must be key=value(&key=value)* with valid percent escapes"};
constinit const TextRule room_id{limits::room_id_bytes, 1, has_no_controls, no_controls, code::room_wrong};
constinit const TextRule room_call_id{limits::call_id_bytes, 1, has_no_controls, no_controls,
                                      code::room_wrong};
}  // namespace rule

std::size_t characters(std::string_view utf8) noexcept {
    const auto begins = [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; };
    return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), begins));
}

Reader::Reader(const json::Value& value, int err_code) : Reader(&value, {}, err_code, nullptr) {}

Reader::Reader(const json::Value* value, std::string path, int err_code, std::optional<Fault>* first)
    : path_(std::move(path)), err_code_(err_code), first_(first ? first : &own_) {
    if (!value) return;
    if (value->as_object())
        object_ = value;
    else
        wrong_type({}, "an object", *value);
}

std::string Reader::path_of(std::string_view name) const {
    if (name.empty()) return path_;
    if (path_.empty()) return std::string(name);
    if (name.front() == '[') return path_ + std::string(name);
    return path_ + "." + std::string(name);
}

void Reader::refuse(std::string_view name, std::string_view why, int err_code) {
    if (!ok()) return;
    std::string path = path_of(name);
    std::string text = path.empty() ? std::string(why) : path + ": " + std::string(why);
    *first_ = Fault{err_code == 0 ? err_code_ : err_code, std::move(text), std::move(path), {}};
}

void Reader::wrong_type(std::string_view name, std::string_view wanted, const json::Value& found) {
    refuse(name, std::string(wanted) + " is needed, not " + std::string(found.type_name()));
}

const json::Value* Reader::peek(std::string_view name) const noexcept {
    return object_ ? object_->find(name) : nullptr;
}

void Reader::require(std::string_view name) {
    if (object_ && !has(name)) refuse(name, "missing");
}

const json::Value* Reader::value(std::string_view name) {
    require(name);
    return ok() ? peek(name) : nullptr;
}

const std::string* Reader::string_of(std::string_view name) {
    const json::Value* found = ok() ? peek(name) : nullptr;
    if (!found) return nullptr;
    if (!found->as_string()) wrong_type(name, "a string", *found);
    return found->as_string();
}

void Reader::check(std::string_view name, const std::string& text, const TextRule& rule) {
    if (text.size() < rule.min_bytes && text.empty())
        refuse(name, "empty", rule.err_code);
    else if (text.size() < rule.min_bytes || text.size() > rule.max_bytes)
        refuse(name,
               (rule.min_bytes == rule.max_bytes ? std::string("exactly ")
                                                 : std::to_string(rule.min_bytes) + " to ") +
                   std::to_string(rule.max_bytes) + " bytes are allowed",
               rule.err_code);
    else if (rule.fits && !rule.fits(text))
        refuse(name, rule.shape, rule.err_code);
}

std::string Reader::string(std::string_view name, const TextRule& rule) {
    if (object_ && !has(name)) refuse(name, "missing", rule.err_code);
    return optional_string(name, rule).value_or("");
}

std::optional<std::string> Reader::optional_string(std::string_view name, const TextRule& rule) {
    const json::Value* found = ok() ? peek(name) : nullptr;
    if (!found) return std::nullopt;
    const std::string* text = found->as_string();
    if (text)
        check(name, *text, rule);
    else
        refuse(name, "a string is needed, not " + std::string(found->type_name()), rule.err_code);
    if (!ok()) return std::nullopt;
    return *text;
}

std::int64_t Reader::integer(std::string_view name, std::int64_t min, std::int64_t max) {
    require(name);
    return optional_integer(name, min, max).value_or(0);
}

std::optional<std::int64_t> Reader::optional_integer(std::string_view name, std::int64_t min,
                                                     std::int64_t max) {
    const json::Value* found = ok() ? peek(name) : nullptr;
    if (!found) return std::nullopt;
    const std::int64_t* integer = found->as_integer();
    if (!integer) {
        wrong_type(name, "an integer", *found);
        return std::nullopt;
    }
    if (*integer >= min && *integer <= max) return *integer;
    if (max == std::numeric_limits<std::int64_t>::max())
        refuse(name, "at least " + std::to_string(min) + " is needed");
    else
        refuse(name, std::to_string(min) + " to " + std::to_string(max) + " is allowed");
    return std::nullopt;
}

std::optional<int> Reader::optional_int(std::string_view name, int min, int max) {
    const auto found = optional_integer(name, min, max);
    if (!found) return std::nullopt;
    return static_cast<int>(*found);
}

double Reader::number(std::string_view name, double min, double max) {
    require(name);
    return optional_number(name, min, max).value_or(0);
}

std::optional<double> Reader::optional_number(std::string_view name, double min, double max) {
    const json::Value* found = ok() ? peek(name) : nullptr;
    if (!found) return std::nullopt;
    double number = 0;
    if (const auto* integer = found->as_integer()) {
        number = static_cast<double>(*integer);
    } else if (const auto* fraction = found->as_fraction()) {
        number = *fraction;
    } else {
        wrong_type(name, "a number", *found);
        return std::nullopt;
    }
    if (number >= min && number <= max) return number;
    refuse(name, "outside its range");
    return std::nullopt;
}

bool Reader::boolean(std::string_view name) {
    require(name);
    return optional_boolean(name).value_or(false);
}

std::optional<bool> Reader::optional_boolean(std::string_view name) {
    const json::Value* found = ok() ? peek(name) : nullptr;
    if (!found) return std::nullopt;
    if (const bool* boolean = found->as_bool()) return *boolean;
    wrong_type(name, "a boolean", *found);
    return std::nullopt;
}

Reader Reader::object(std::string_view name) {
    require(name);
    return optional_object(name);
}

Reader Reader::optional_object(std::string_view name) {
    return Reader(ok() ? peek(name) : nullptr, path_of(name), err_code_, first_);
}

const json::Array* Reader::array_of(std::string_view name, std::size_t max_items) {
    const json::Value* found = value(name);
    if (!found) return nullptr;
    const json::Array* array = found->as_array();
    if (!array) wrong_type(name, "an array", *found);
    if (array && array->size() > max_items)
        refuse(name, "at most " + std::to_string(max_items) + " items are allowed");
    return ok() ? array : nullptr;
}

void Reader::objects(std::string_view name, std::size_t max_items, const std::function<void(Reader&)>& each) {
    const json::Array* array = array_of(name, max_items);
    if (!array) return;
    for (std::size_t i = 0; i < array->size() && ok(); ++i) {
        Reader item(&(*array)[i], path_of(name) + "[" + std::to_string(i) + "]", err_code_, first_);
        if (item.present()) each(item);
    }
}

std::vector<std::string> Reader::strings(std::string_view name, std::size_t max_items, const TextRule& rule) {
    std::vector<std::string> texts;
    const json::Array* array = array_of(name, max_items);
    if (!array) return texts;
    for (std::size_t i = 0; i < array->size() && ok(); ++i) {
        const std::string path = std::string(name) + "[" + std::to_string(i) + "]";
        if (const std::string* text = (*array)[i].as_string()) {
            check(path, *text, rule);
            texts.push_back(*text);
        } else {
            wrong_type(path, "a string", (*array)[i]);
        }
    }
    return texts;
}

}  // namespace voip
