# Compile flags as interface targets: ts_flags for our own code, nothing global.
include(CheckCCompilerFlag)
add_library(ts_flags INTERFACE)
target_compile_options(ts_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wdouble-promotion -Wstrict-prototypes
  -Wmissing-prototypes -Wundef -Wcast-qual -Wvla -Wformat=2
  -ffp-contract=off        # bits must not depend on the instruction set (docs/numerics.md)
  -fno-math-errno          # lets sqrt be one instruction; changes no result
  -fvisibility=hidden)
target_compile_definitions(ts_flags INTERFACE _GNU_SOURCE)
target_include_directories(ts_flags INTERFACE ${PROJECT_SOURCE_DIR}/src ${PROJECT_BINARY_DIR}/generated)
if(TS_WERROR)
  target_compile_options(ts_flags INTERFACE -Werror)
endif()
if(TS_SANITIZE)
  list(JOIN TS_SANITIZE "," _san)
  target_compile_options(ts_flags INTERFACE -fsanitize=${_san} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(ts_flags INTERFACE -fsanitize=${_san})
endif()
target_link_libraries(ts_flags INTERFACE m)

# Instruction-set levels: every src/<layer>/*_isa.c is compiled once per level.
set(TS_ISA_LEVELS 0)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  set(TS_ISA_LEVELS 2 3 4)
endif()
