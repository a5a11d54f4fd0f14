#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/log.hpp"
#include "protocol/fault.hpp"
#include "protocol/words.hpp"

namespace voip::call {

struct Person {
    std::string open_id;
    std::string name;  ///< for display; may be empty
    Authorisation authorisation = Authorisation::unknown;
    friend bool operator==(const Person&, const Person&) = default;
};
struct Contact {
    std::string contact;         ///< the key that buttons and `voip.call` name
    std::string name;            ///< for display; may be empty
    std::vector<Person> people;  ///< in the order in which they are rung
    friend bool operator==(const Contact&, const Contact&) = default;
};

/// The people that the device may call, kept in one JSON file.
/// @thread loop only
class Contacts {
 public:
    /// The file is read by load(); an empty path keeps everything in memory.
    Contacts(std::filesystem::path file, Log log);

    /// Reads the file. A damaged one is set aside, logged, and the list begins empty; a missing one is an
    /// empty list.
    void load();

    /// In the order of their making.
    [[nodiscard]] const std::vector<Contact>& list() const noexcept { return contacts_; }
    [[nodiscard]] const Contact* find(std::string_view contact) const noexcept;
    /// What the person is called in the first contact that has them; empty when none has.
    [[nodiscard]] std::string name_of(std::string_view open_id) const;
    /// Makes or replaces a contact, on disk when this returns. What is known of a person's consent stays.
    /// @errors Fault 1004 with the member at fault, 4130 when the table is full, -1 when the disk refuses
    /// (nothing changed then)
    Answer<Contact> set(Contact contact);
    /// @errors Fault 1004 (field "contact") for an unknown one, -1 as set()
    Answer<std::monostate> remove(std::string_view contact);

    /// What a call told about a person's consent. In memory at once; store() brings it to the disk.
    /// @return whether anything changed; somebody who is in no contact changes nothing
    bool mark(std::string_view open_id, Authorisation authorisation);
    [[nodiscard]] bool stored() const noexcept { return stored_; }
    /// Writes what mark() changed. A disk that refuses is logged once and tried again with the next change.
    void store();
    /// Why store() did not; empty when it did, or had nothing to do.
    [[nodiscard]] const std::string& trouble() const noexcept { return trouble_; }

 private:
    [[nodiscard]] Authorisation known_of(std::string_view open_id) const noexcept;
    [[nodiscard]] Result<void> write(const std::vector<Contact>& contacts) const;

    std::filesystem::path file_;
    Log log_;
    std::vector<Contact> contacts_;
    bool stored_ = true;
    std::string trouble_;
};

}  // namespace voip::call
