# What arm64.cmake and armhf.cmake share: Debian's cross compiler, and a sysroot of Debian packages for the target.
# They set CMAKE_SYSTEM_PROCESSOR, triplet and emulator.
set(CMAKE_SYSTEM_NAME Linux)

if(NOT WMPF_SYSROOT)
    set(WMPF_SYSROOT "$ENV{WMPF_SYSROOT}")
endif()
if(NOT WMPF_SYSROOT OR NOT IS_DIRECTORY "${WMPF_SYSROOT}/usr/include")
    message(FATAL_ERROR "WMPF_SYSROOT: '${WMPF_SYSROOT}' is not a sysroot; './run sysroot arm64' (or armhf) makes one "
        "and prints its place, './run build arm64' does both")
endif()
set(WMPF_SYSROOT "${WMPF_SYSROOT}" CACHE PATH "libraries and headers of the target")
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES WMPF_SYSROOT)

set(CMAKE_SYSROOT "${WMPF_SYSROOT}")
set(CMAKE_C_COMPILER ${triplet}-gcc)
set(CMAKE_CXX_COMPILER ${triplet}-g++)
set(CMAKE_LIBRARY_ARCHITECTURE ${triplet})

# Tools come from this machine; headers, libraries and packages from the sysroot alone.
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(ENV{PKG_CONFIG_DIR} "")
set(ENV{PKG_CONFIG_LIBDIR} "${WMPF_SYSROOT}/usr/lib/${triplet}/pkgconfig:${WMPF_SYSROOT}/usr/share/pkgconfig")
set(ENV{PKG_CONFIG_SYSROOT_DIR} "${WMPF_SYSROOT}")

# Programs of the target run here by their emulator: tests do not need the board.
find_program(WMPF_EMULATOR ${emulator})
if(WMPF_EMULATOR)
    # What a program asks statx() for (GLib on armhf) the emulator does not look up in the sysroot: so plugins are named whole.
    set(CMAKE_CROSSCOMPILING_EMULATOR "${WMPF_EMULATOR};-L;${WMPF_SYSROOT};-E;GST_PLUGIN_SYSTEM_PATH_1_0=${WMPF_SYSROOT}/usr/lib/${triplet}/gstreamer-1.0")
endif()
