#pragma once
// The only includer of Catch2, so that its major version is one file's matter.
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif
