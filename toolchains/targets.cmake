# How every target of the house is made, so that folders only list what is theirs.
find_package(Boost 1.81 REQUIRED CONFIG)   # header-only parts: System, Asio, Beast
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)

add_library(voip_flags INTERFACE)
target_include_directories(voip_flags INTERFACE ${PROJECT_SOURCE_DIR})
if(CMAKE_SIZEOF_VOID_P EQUAL 4)
    # Else files above 2 GiB and inode numbers above 32 bits (tmpfs, XFS, overlays) cannot be opened or looked at.
    # time_t keeps the size that the release's libraries were built with: it stands in mbedTLS's structs.
    target_compile_definitions(voip_flags INTERFACE _FILE_OFFSET_BITS=64)
endif()
# What a device gets names no folder of the machine that built it (__FILE__, source_location): as dpkg-buildflags does.
if(NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
    target_compile_options(voip_flags INTERFACE -ffile-prefix-map=${PROJECT_SOURCE_DIR}=.)
    if(CMAKE_SYSROOT)
        target_compile_options(voip_flags INTERFACE -ffile-prefix-map=${CMAKE_SYSROOT}=)
    endif()
endif()
target_link_libraries(voip_flags INTERFACE voip_warnings voip_sanitizers)

# Most of the time goes into the same templates again and again: sources of one target share them.
if(WMPF_UNITY)
    set(CMAKE_UNITY_BUILD ON)
    set(CMAKE_UNITY_BUILD_BATCH_SIZE 8)   # about 1 GB of memory a compiler with sanitizers
endif()

# Asio and Boost as a system library: their warnings are not ours.
add_library(voip_asio INTERFACE)
target_compile_definitions(voip_asio INTERFACE
    BOOST_ASIO_NO_DEPRECATED)
target_link_libraries(voip_asio INTERFACE Boost::headers Threads::Threads)

# voip_library(NAME SOURCES ... LINKS ...): a static library of this folder.
function(voip_library name)
    cmake_parse_arguments(arg "" "" "SOURCES;LINKS" ${ARGN})
    add_library(${name} STATIC ${arg_SOURCES})
    target_link_libraries(${name} PUBLIC voip_flags voip_asio ${arg_LINKS})
endfunction()

# voip_hot(FILES ...): what every message of the local API passes. In a build for size these few are built for speed:
# -Os copies short texts with `rep movsb`, which costs more than all else there.
function(voip_hot)
    if(CMAKE_CXX_FLAGS_RELEASE MATCHES "-Os")
        set_property(SOURCE ${ARGN} APPEND PROPERTY COMPILE_OPTIONS $<$<CONFIG:Release>:-O2>)
    endif()
endfunction()

# A program's own addresses packed to bits: 80 KiB less of the daemon, and less to read at its start. Needs glibc 2.36.
# The linkers for ARM do not know the option, and only warn.
include(CheckLinkerFlag)
check_linker_flag(CXX -Wl,--fatal-warnings,-z,pack-relative-relocs WMPF_PACKED_RELOCATIONS)

# voip_program(NAME COMPONENT daemon|service SOURCES ... LINKS ...): a program that is installed.
function(voip_program name)
    cmake_parse_arguments(arg "" "COMPONENT" "SOURCES;LINKS" ${ARGN})
    add_executable(${name} ${arg_SOURCES})
    target_link_libraries(${name} PRIVATE voip_flags voip_asio ${arg_LINKS})
    target_link_options(${name} PRIVATE $<$<AND:$<CONFIG:Release>,$<BOOL:${WMPF_PACKED_RELOCATIONS}>>:-Wl,-z,pack-relative-relocs>)
    install(TARGETS ${name} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT ${arg_COMPONENT})
    set_property(GLOBAL APPEND PROPERTY voip_programs ${name})
endfunction()

# mbedTLS 2.28 has no CMake or pkg-config files in Debian 12; 3.x has both: plain look-up serves either.
find_path(MBEDTLS_INCLUDE mbedtls/ssl.h REQUIRED)
find_library(MBEDTLS_LIBRARY mbedtls REQUIRED)
find_library(MBEDX509_LIBRARY mbedx509 REQUIRED)
find_library(MBEDCRYPTO_LIBRARY mbedcrypto REQUIRED)
add_library(voip_mbedtls INTERFACE)
target_include_directories(voip_mbedtls SYSTEM INTERFACE ${MBEDTLS_INCLUDE})
target_link_libraries(voip_mbedtls INTERFACE ${MBEDTLS_LIBRARY} ${MBEDX509_LIBRARY} ${MBEDCRYPTO_LIBRARY})
