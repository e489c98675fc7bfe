# Run by latchkey_embed_pages() with -DWEB, -DOUT, -DNPM and -DMODE. Brings WEB/dist up to
# date if npm is there, and writes OUT/pages.cc of what it holds, with a copy in OUT/dist: the
# compiler reads the bytes later, when another build directory may have emptied WEB/dist.

cmake_minimum_required(VERSION 3.25)

set(dist "${WEB}/dist")
set(stamp "${dist}.sources")

file(STRINGS "${OUT}/sources.txt" sources)
set(hashes "")
foreach(source IN LISTS sources)
  file(SHA256 "${source}" hash)
  string(REPLACE "${WEB}/" "" name "${source}")
  string(APPEND hashes "${name} ${hash}\n")
endforeach()
string(SHA256 wanted "${hashes}")

function(run_npm)
  execute_process(COMMAND "${NPM}" ${ARGN} WORKING_DIRECTORY "${WEB}" RESULT_VARIABLE failed)
  if(NOT failed)
    set(failed "" PARENT_SCOPE)
  else()
    set(failed "npm ${ARGV0} failed (${failed})" PARENT_SCOPE)
  endif()
endfunction()

# Another build directory may be at it, too.
if(MODE AND NPM)
  file(LOCK "${WEB}/.build.lock" GUARD PROCESS TIMEOUT 600)
  set(built "")
  if(EXISTS "${stamp}" AND EXISTS "${dist}/index.html")
    file(READ "${stamp}" built)
  endif()
  if(NOT built STREQUAL wanted)
    set(failed "")
    file(SHA256 "${WEB}/package-lock.json" lock)
    set(installed "")
    if(EXISTS "${WEB}/node_modules/.latchkey-lock")
      file(READ "${WEB}/node_modules/.latchkey-lock" installed)
    endif()
    if(NOT installed STREQUAL lock)
      run_npm(ci --no-audit --no-fund)
      if(NOT failed)
        file(WRITE "${WEB}/node_modules/.latchkey-lock" "${lock}")
      endif()
    endif()
    if(NOT failed)
      run_npm(run build)
    endif()
    if(NOT failed)
      file(WRITE "${stamp}" "${wanted}")
    elseif(MODE STREQUAL "AUTO")
      message(WARNING "The pages were not built: ${failed}. The program goes without new ones; "
        "-DLATCHKEY_PAGES=OFF asks for none.")
    else()
      message(FATAL_ERROR "The pages were not built: ${failed}.")
    endif()
  endif()
endif()

set(files "")
if(MODE)
  file(REMOVE_RECURSE "${OUT}/dist")
  if(EXISTS "${dist}")
    file(COPY "${dist}" DESTINATION "${OUT}" PATTERN "*.map" EXCLUDE)
  endif()
  set(dist "${OUT}/dist")
  file(GLOB_RECURSE files RELATIVE "${dist}" "${dist}/*")
  list(FILTER files EXCLUDE REGEX "\\.(gz|br)$")
endif()
if(MODE AND NOT MODE STREQUAL "AUTO" AND NOT "index.html" IN_LIST files)
  message(FATAL_ERROR "web/dist holds no index.html")
endif()

set(blobs "")
set(declarations "")
set(entries "")
set(count 0)

# Appends the bytes of a file, and sets `view` to what refers to them.
macro(add_blob path)
  string(APPEND blobs "asm(R\"(
    .section .rodata
    .global latchkey_page_${count}
    .global latchkey_page_end_${count}
latchkey_page_${count}:
    .incbin \"${path}\"
latchkey_page_end_${count}:
    .byte 0
    .previous
)\");\n")
  string(APPEND declarations
    "extern const char latchkey_page_${count}[];\nextern const char latchkey_page_end_${count}[];\n")
  set(view "Between(latchkey_page_${count}, latchkey_page_end_${count})")
  math(EXPR count "${count} + 1")
endmacro()

foreach(name IN LISTS files)
  file(SHA256 "${dist}/${name}" hash)
  string(SUBSTRING "${hash}" 0 24 hash)
  set(views "")
  foreach(ending IN ITEMS "" .gz .br)
    set(view "{}")
    if(EXISTS "${dist}/${name}${ending}")
      add_blob("${dist}/${name}${ending}")
    endif()
    string(APPEND views ", ${view}")
  endforeach()
  string(APPEND entries "      {\"${name}\", \"${hash}\"${views}},\n")
endforeach()

set(body "  return {};\n")
if(entries)
  set(body "  static const PageFile kFiles[] = {
${entries}  };
  return kFiles;
")
endif()
string(SHA256 content "${entries}")
file(WRITE "${OUT}/pages.cc" "// Generated when the program is built, from web/dist (${content}). Do not edit.

#include <cstddef>

#include \"web/page_file.h\"

${blobs}
extern \"C\" {
${declarations}}

namespace latchkey::web {

[[maybe_unused]] static std::string_view Between(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

std::span<const PageFile> BuiltPages() {
${body}}

}  // namespace latchkey::web
")
