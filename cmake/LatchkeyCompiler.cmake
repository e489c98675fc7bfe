# Compiler, linker and warnings.
#
# latchkey_strict is an interface target that our own code links PRIVATE, so that the warnings it
# asks for never reach a header of somebody else's.

include_guard(GLOBAL)

if(NOT CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(LATCHKEY_CCACHE ccache)
  mark_as_advanced(LATCHKEY_CCACHE)
  if(LATCHKEY_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${LATCHKEY_CCACHE}")
  endif()
endif()

if(LATCHKEY_FAST_LINKER)
  find_program(LATCHKEY_MOLD NAMES mold)
  find_program(LATCHKEY_LLD NAMES ld.lld-19 ld.lld)
  mark_as_advanced(LATCHKEY_MOLD LATCHKEY_LLD)
  if(LATCHKEY_MOLD)
    add_link_options(-fuse-ld=mold)
  elseif(LATCHKEY_LLD AND CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    add_link_options("--ld-path=${LATCHKEY_LLD}")
  elseif(LATCHKEY_LLD)
    add_link_options(-fuse-ld=lld)
  endif()
endif()

add_library(latchkey_strict INTERFACE)
target_compile_options(latchkey_strict INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
  -Wnon-virtual-dtor -Wswitch-enum -Wnull-dereference
  $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>
  $<$<BOOL:${LATCHKEY_WERROR}>:-Werror>)
