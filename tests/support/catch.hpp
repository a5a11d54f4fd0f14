#pragma once
// The only includer of Catch2, so that its major version is one file's matter.
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

#include "core/error.hpp"

// CHECK(result) prints the error's words, whatever the value's type is.
template <class T>
struct Catch::StringMaker<voip::Result<T>> {
    static std::string convert(const voip::Result<T>& result) {
        return result ? "a value" : result.error().text();
    }
};
