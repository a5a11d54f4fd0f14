# Every warning is an error; each flag has its reason.
add_library(voip_warnings INTERFACE)
target_compile_options(voip_warnings INTERFACE
    -Wall -Wextra -Werror
    -Wconversion -Wsign-conversion   # lengths and codes come from foreign input: no silent narrowing
    -Wshadow                         # a shadowed name in a coroutine is a bug that no test shows
    -Woverloaded-virtual -Wsuggest-override
    -Wold-style-cast -Wextra-semi
    -Wnull-dereference)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(voip_warnings INTERFACE
        -Wduplicated-cond -Wlogical-op
        -Wno-mismatched-new-delete       # GCC 12 reports it falsely for awaitable frames at -O1 and above
        -Wno-null-dereference            # and this one for inlined Boost.System and std::variant
        -Wno-maybe-uninitialized)        # and this one for std::optional in coroutine frames
    if(CMAKE_SYSTEM_PROCESSOR MATCHES "^arm")
        target_compile_options(voip_warnings INTERFACE -Wno-psabi)   # notes that objects of GCC 6 would not fit
    endif()
    if(WMPF_UNITY)
        target_compile_options(voip_warnings INTERFACE
            -Wno-subobject-linkage       # a nameless namespace is taken for that of a header
            -Wno-shadow)                 # and names of one file for those of the next: builds without unity look
    endif()
endif()
