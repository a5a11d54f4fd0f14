#pragma once
#include "daemon/call/contacts.hpp"
#include "daemon/call/history.hpp"
#include "daemon/control/ports.hpp"

/// Contacts and history towards the local API. @thread loop only; what they refer to must outlive them
namespace voip::daemon {

class ContactsPort final : public control::ContactsPort {
 public:
    explicit ContactsPort(call::Contacts& contacts) : contacts_(contacts) {}
    std::vector<control::Contact> list() const override { return contacts_.list(); }
    Answer<control::Contact> set(control::Contact contact) override {
        return contacts_.set(std::move(contact));
    }
    Answer<std::monostate> remove(const std::string& contact) override { return contacts_.remove(contact); }

 private:
    call::Contacts& contacts_;
};

class HistoryPort final : public control::HistoryPort {
 public:
    explicit HistoryPort(const call::History& history) : history_(history) {}
    Answer<std::vector<control::CallRecord>> page(std::size_t limit,
                                                  std::optional<UnixMillis> before) override {
        return history_.page(limit, before);
    }

 private:
    const call::History& history_;
};

}  // namespace voip::daemon
