#pragma once
#include <map>
#include <string>

#include "daemon/lifecycle/environment.hpp"

namespace voip::lifecycle::test {

/// An environment with exactly these variables; it must outlive what is made from it.
class FakeEnvironment {
 public:
    FakeEnvironment(std::initializer_list<std::pair<const std::string, std::string>> variables)
        : variables_(variables) {}
    operator Environment() const {
        return [this](const char* name) -> const char* {
            const auto found = variables_.find(name);
            return found == variables_.end() ? nullptr : found->second.c_str();
        };
    }
    void set(const std::string& name, const std::string& value) { variables_[name] = value; }

 private:
    std::map<std::string, std::string> variables_;
};

}  // namespace voip::lifecycle::test
