# What the media program stands on. Whatever is missing is told at once, with the packages that have it.
if(NOT WMPF_MEDIA)
    return()
endif()
set(missing_modules "")
set(missing_packages "")
foreach(pair gstreamer-1.0:libgstreamer1.0-dev gstreamer-app-1.0:libgstreamer-plugins-base1.0-dev
        gstreamer-sdp-1.0:libgstreamer-plugins-base1.0-dev gstreamer-rtp-1.0:libgstreamer-plugins-base1.0-dev
        gstreamer-video-1.0:libgstreamer-plugins-base1.0-dev libseccomp:libseccomp-dev)
    string(REPLACE ":" ";" pair ${pair})
    list(GET pair 0 module)
    list(GET pair 1 package)
    pkg_check_modules(WMPF_FOUND_${module} QUIET ${module})
    if(NOT WMPF_FOUND_${module}_FOUND)
        list(APPEND missing_modules ${module})
        list(APPEND missing_packages ${package})
    endif()
endforeach()
if(missing_modules)
    list(REMOVE_DUPLICATES missing_packages)
    list(JOIN missing_modules ", " missing_modules)
    list(JOIN missing_packages " " missing_packages)
    message(FATAL_ERROR
        "WMPF_MEDIA is ON, and pkg-config does not find ${missing_modules}.\n"
        "Debian's packages: apt-get install ${missing_packages}\n"
        "(and on the device gstreamer1.0-plugins-base, -good, -bad and gstreamer1.0-nice)\n"
        "Or configure with -DWMPF_MEDIA=OFF: everything else is built, and calls have neither sound nor picture.")
endif()
