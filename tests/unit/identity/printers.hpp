#pragma once
#include "protocol/fault.hpp"
#include "tests/support/catch.hpp"

// CHECK(answer) prints the fault, whatever the value's type is.
template <class T>
struct Catch::StringMaker<voip::Answer<T>> {
    static std::string convert(const voip::Answer<T>& answer) {
        if (answer) return "a value";
        return "fault " + std::to_string(answer.error().err_code) + ": " + answer.error().err_msg;
    }
};
