# The pages of web/, built by npm and carried by the program.
#
#   LATCHKEY_PAGES=AUTO  builds them where npm is; without npm, or where building fails, takes what
#                        web/dist holds; a program without pages says so. For developers.
#   LATCHKEY_PAGES=ON    as AUTO, but a failure is an error. For what is shipped.
#   LATCHKEY_PAGES=OFF   no pages, and no Node.js.
#
# npm runs only when a source of web/ differs from those that web/dist was built from
# (BuildPages.cmake), so that several build directories share one build of the pages.

include_guard(GLOBAL)

set(LATCHKEY_PAGES AUTO CACHE STRING "Carry the built pages: AUTO, ON or OFF")
set_property(CACHE LATCHKEY_PAGES PROPERTY STRINGS AUTO ON OFF)

# latchkey_embed_pages(TARGET <target>)
#
# Defines BuiltPages() of web/page_file.h in <target>.
function(latchkey_embed_pages)
  cmake_parse_arguments(ARG "" "TARGET" "" ${ARGN})
  set(web "${PROJECT_SOURCE_DIR}/web")
  set(dir "${PROJECT_BINARY_DIR}/generated/web")
  set(stamp "${dir}/pages.stamp")
  file(MAKE_DIRECTORY "${dir}")
  set(sources "")
  set(npm "")
  if(LATCHKEY_PAGES AND EXISTS "${web}/package-lock.json")
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${web}/src/*" "${web}/public/*")
    file(GLOB configs CONFIGURE_DEPENDS
      "${web}/*.html" "${web}/*.json" "${web}/*.config.ts" "${web}/*.config.js")
    list(APPEND sources ${configs})
    find_program(LATCHKEY_NPM npm DOC "npm, which builds the pages")
    mark_as_advanced(LATCHKEY_NPM)
    if(LATCHKEY_NPM)
      set(npm "${LATCHKEY_NPM}")
    elseif(NOT LATCHKEY_PAGES STREQUAL "AUTO")
      message(FATAL_ERROR "LATCHKEY_PAGES=ON needs Node.js 18 and npm (Debian: nodejs npm)")
    endif()
  endif()
  list(FILTER sources EXCLUDE REGEX "\\.test\\.tsx?$")
  # A list in an argument would be cut at its semicolons.
  file(WRITE "${dir}/sources.txt.new" "")
  foreach(source IN LISTS sources)
    file(APPEND "${dir}/sources.txt.new" "${source}\n")
  endforeach()
  file(COPY_FILE "${dir}/sources.txt.new" "${dir}/sources.txt" ONLY_IF_DIFFERENT)
  add_custom_command(
    OUTPUT "${stamp}"
    BYPRODUCTS "${dir}/pages.cc"
    COMMAND "${CMAKE_COMMAND}" "-DWEB=${web}" "-DOUT=${dir}" "-DNPM=${npm}"
            "-DMODE=${LATCHKEY_PAGES}"
            -P "${PROJECT_SOURCE_DIR}/cmake/BuildPages.cmake"
    COMMAND "${CMAKE_COMMAND}" -E touch "${stamp}"
    DEPENDS ${sources} "${dir}/sources.txt" "${PROJECT_SOURCE_DIR}/cmake/BuildPages.cmake"
            "${web}/tools/compress.mjs"
    COMMENT "Building the pages"
    USES_TERMINAL
    VERBATIM)
  add_custom_target(${ARG_TARGET}_pages DEPENDS "${stamp}")
  if(NOT TARGET latchkey_generated)
    add_custom_target(latchkey_generated)
  endif()
  add_dependencies(latchkey_generated ${ARG_TARGET}_pages)
  target_sources(${ARG_TARGET} PRIVATE "${dir}/pages.cc" "${stamp}")
  # Its bytes come by .incbin, of which link-time optimization and compiler caches know nothing.
  set_source_files_properties("${dir}/pages.cc" PROPERTIES
    COMPILE_OPTIONS -fno-lto OBJECT_DEPENDS "${stamp}")
endfunction()
