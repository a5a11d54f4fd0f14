#pragma once
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/json.hpp"
#include "protocol/errors.hpp"
#include "protocol/fault.hpp"
#include "protocol/limits.hpp"

namespace voip {

/// What a text must look like. `fits` judges the characters; `shape` says in words what it wants.
struct TextRule {
    std::size_t max_bytes = 0;
    std::size_t min_bytes = 1;
    bool (*fits)(std::string_view) noexcept = nullptr;
    std::string_view shape = {};
    int err_code = 0;  ///< of the Fault; 0: the reader's own
};

/// The texts of the wire. Sizes: protocol/limits.hpp.
namespace rule {
extern const TextRule sn, open_id, model_id, app_id, sn_ticket, nonce, call_id;
extern const TextRule party_id;     ///< an SN or an openId
extern const TextRule name;         ///< for display; may be empty, no control characters
extern const TextRule device_name;  ///< 1 to 13 characters
extern const TextRule token;
extern const TextRule reason;        ///< status and origin of events; may be empty
extern const TextRule err_msg;       ///< may be empty, any characters
extern const TextRule payload;       ///< may be empty, any characters
extern const TextRule custom_query;  ///< may be empty (absent)
extern const TextRule room_id;       ///< Fault 1 instead of 1004, as every wrong room is
extern const TextRule room_call_id;  ///< callId beside a roomId: Fault 1
}  // namespace rule

/// Code points of a UTF-8 text.
[[nodiscard]] std::size_t characters(std::string_view utf8) noexcept;

/// Reads a JSON object member by member; keeps the first fault and names the member by its path ("caller.id",
/// "people[2].openId"). After a fault every further read returns an empty value, so that a decoder reads all
/// members in the order in which faults are to be reported and asks once, at the end. Texts of faults never
/// hold a value. Members that nobody reads are ignored; null is a wrong type, not an absent member.
///
///     Reader reader(params);
///     std::string sn = reader.string("sn", rule::sn);
///     const auto limit = reader.optional_integer("limit", 1, 100).value_or(20);
///     return reader.finish(Wanted{std::move(sn), limit});
///
/// The value must outlive the reader, a reader must outlive the readers it gave (they share its fault).
class Reader {
 public:
    explicit Reader(const json::Value& value, int err_code = code::argument);
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    /// Required members: absent is a fault.
    std::string string(std::string_view name, const TextRule& rule);
    std::int64_t integer(std::string_view name, std::int64_t min, std::int64_t max);
    double number(std::string_view name, double min, double max);  ///< integer or fraction
    bool boolean(std::string_view name);
    template <class Word>
    Word word(std::string_view name, std::optional<Word> (*parse)(std::string_view) noexcept) {
        require(name);
        return optional_word(name, parse).value_or(Word{});
    }
    Reader object(std::string_view name);
    /// Any type; null (and a fault) when absent.
    const json::Value* value(std::string_view name);

    /// Optional members: absent gives nothing, a wrong type or value is a fault all the same.
    std::optional<std::string> optional_string(std::string_view name, const TextRule& rule);
    std::optional<std::int64_t> optional_integer(std::string_view name, std::int64_t min, std::int64_t max);
    std::optional<int> optional_int(std::string_view name, int min, int max);
    std::optional<double> optional_number(std::string_view name, double min, double max);
    std::optional<bool> optional_boolean(std::string_view name);
    template <class Word>
    std::optional<Word> optional_word(std::string_view name,
                                      std::optional<Word> (*parse)(std::string_view) noexcept) {
        const std::string* text = string_of(name);
        if (!text) return std::nullopt;
        const std::optional<Word> word = parse(*text);
        if (!word) refuse(name, "unknown word");
        return word;
    }
    /// present() is false when the member is absent, and also when it was no object (a fault then).
    Reader optional_object(std::string_view name);

    /// Arrays (required): `each` reads one item, which must be an object.
    void objects(std::string_view name, std::size_t max_items, const std::function<void(Reader&)>& each);
    std::vector<std::string> strings(std::string_view name, std::size_t max_items, const TextRule& rule);

    [[nodiscard]] bool has(std::string_view name) const noexcept { return object_ && object_->find(name); }
    /// The member as it is, unjudged; null when absent.
    [[nodiscard]] const json::Value* peek(std::string_view name) const noexcept;
    [[nodiscard]] bool present() const noexcept { return object_ != nullptr; }

    /// A fault found by the caller ("timeLimit", "above the device's own"); kept if it is the first.
    /// @param err_code 0: the reader's own
    void refuse(std::string_view name, std::string_view why, int err_code = 0);
    [[nodiscard]] bool ok() const noexcept { return !*first_; }
    [[nodiscard]] const Fault& fault() const noexcept { return **first_; }  ///< only when not ok()

    template <class T>
    [[nodiscard]] Answer<T> finish(T result) const {
        if (!ok()) return fault();
        return Answer<T>(boost::system::in_place_value, std::move(result));
    }

 private:
    Reader(const json::Value* value, std::string path, int err_code, std::optional<Fault>* first);
    [[nodiscard]] std::string path_of(std::string_view name) const;
    void require(std::string_view name);
    void wrong_type(std::string_view name, std::string_view wanted, const json::Value& found);
    void check(std::string_view name, const std::string& text, const TextRule& rule);
    const std::string* string_of(std::string_view name);
    const json::Array* array_of(std::string_view name, std::size_t max_items);

    const json::Value* object_ = nullptr;  // null: absent, or no object
    std::string path_;
    int err_code_;
    std::optional<Fault> own_;  // used by a root reader only
    std::optional<Fault>* first_;
};

}  // namespace voip
