# latchkey_embed(TARGET <target> NAMESPACE <namespace> FOLDER <folder> FILES <file>…)
#
# Puts the files into the program as text. Generates `<folder>/embedded.h`, which declares in
# <namespace> one `extern const std::string_view` per file, named after it (bitbucket.toml is
# kBitbucketToml), and EmbeddedFiles(), all of them with their names in the order of FILES. The text
# is read when the program is built, so the program needs no file at run time.

include_guard(GLOBAL)

function(latchkey_embed)
  cmake_parse_arguments(ARG "" "TARGET;NAMESPACE;FOLDER" "FILES" ${ARGN})
  set(dir "${PROJECT_BINARY_DIR}/generated")
  set(stem "${dir}/${ARG_FOLDER}/embedded")
  set(script "${PROJECT_SOURCE_DIR}/cmake/EmbedFiles.cmake")
  file(MAKE_DIRECTORY "${dir}/${ARG_FOLDER}")
  add_custom_command(
    OUTPUT "${stem}.h" "${stem}.cc"
    COMMAND "${CMAKE_COMMAND}" "-DSTEM=${stem}" "-DINCLUDE=${ARG_FOLDER}/embedded.h"
            "-DNAMESPACE=${ARG_NAMESPACE}" "-DFILES=${ARG_FILES}" -P "${script}"
    DEPENDS ${ARG_FILES} "${script}"
    COMMENT "Embedding files into ${ARG_TARGET}"
    VERBATIM)
  # What a tool needs that reads sources without building them: ninja latchkey_generated.
  add_custom_target(${ARG_TARGET}_embedded DEPENDS "${stem}.h" "${stem}.cc")
  if(NOT TARGET latchkey_generated)
    add_custom_target(latchkey_generated)
  endif()
  add_dependencies(latchkey_generated ${ARG_TARGET}_embedded)
  target_sources(${ARG_TARGET} PRIVATE "${stem}.cc" "${stem}.h")
  target_include_directories(${ARG_TARGET} PUBLIC "${dir}")
endfunction()
