# Run by latchkey_embed() with -DSTEM, -DINCLUDE, -DNAMESPACE and -DFILES. Writes STEM.h and STEM.cc.

set(declarations "")
set(definitions "")
set(entries "")
set(count 0)
foreach(path IN LISTS FILES)
  get_filename_component(name "${path}" NAME)
  string(REGEX REPLACE "[^A-Za-z0-9]+" ";" words "${name}")
  set(identifier "")
  foreach(word IN LISTS words)
    string(SUBSTRING "${word}" 0 1 first)
    string(SUBSTRING "${word}" 1 -1 rest)
    string(TOUPPER "${first}" first)
    string(APPEND identifier "${first}${rest}")
  endforeach()
  file(READ "${path}" hex HEX)
  # An array of characters and not a string literal, whose length the standard limits.
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${hex}")
  string(APPEND bytes "'\\0'")
  string(APPEND declarations "/// The text of ${name}.\nextern const std::string_view k${identifier};\n")
  string(APPEND definitions "constexpr char kBytes${count}[] = {${bytes}};\n")
  string(APPEND constants
    "const std::string_view k${identifier}{kBytes${count}, sizeof(kBytes${count}) - 1};\n")
  string(APPEND entries "    {\"${name}\", {kBytes${count}, sizeof(kBytes${count}) - 1}},\n")
  math(EXPR count "${count} + 1")
endforeach()

file(WRITE "${STEM}.h" "#pragma once

// Generated when the program is built, from the files that it carries. Do not edit.

#include <span>
#include <string_view>

namespace ${NAMESPACE} {

/// A file that the program carries.
struct EmbeddedFile {
  std::string_view name;
  std::string_view text;
};

/// All of them, in the order in which the build names them.
[[nodiscard]] std::span<const EmbeddedFile> EmbeddedFiles();

${declarations}
}  // namespace ${NAMESPACE}
")

set(table "std::span<const EmbeddedFile> EmbeddedFiles() { return {}; }\n")
if(count GREATER 0)
  set(table "namespace {
constexpr EmbeddedFile kFiles[] = {
${entries}};
}  // namespace

std::span<const EmbeddedFile> EmbeddedFiles() { return kFiles; }
")
endif()
file(WRITE "${STEM}.cc" "// Generated. Do not edit.

#include \"${INCLUDE}\"

namespace ${NAMESPACE} {

namespace {
${definitions}}  // namespace

${constants}
${table}
}  // namespace ${NAMESPACE}
")
