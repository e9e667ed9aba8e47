# Precompiled headers: one for the modules, one with GoogleTest for the tests. Each is compiled once and shared by
# all targets (a header a target would be compiled forty times). WEIR_PCH=OFF leaves them out; the lint build does,
# so that a header that forgets an include is seen.

if(WEIR_PCH AND CCACHE AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Together with CCACHE_SLOPPINESS in ./dev: ccache may serve a file that uses the precompiled header.
  add_compile_options(-fpch-preprocess)
endif()

# The target that carries a precompiled header; made from an empty source at its first use.
function(weir_pch_owner name)
  if(TARGET ${name})
    return()
  endif()
  cmake_parse_arguments(ARG "" "" "HEADERS;LIBS" ${ARGN})
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/${name}.cpp CONTENT "// carries a precompiled header\n")
  add_library(${name} OBJECT ${CMAKE_BINARY_DIR}/${name}.cpp)
  target_link_libraries(${name} PRIVATE ${ARG_LIBS})
  target_precompile_headers(${name} PRIVATE ${ARG_HEADERS})
endfunction()

function(weir_use_pch target)
  if(WEIR_PCH)
    weir_pch_owner(weir_pch HEADERS ${CMAKE_SOURCE_DIR}/cmake/precompiled.hpp)
    target_precompile_headers(${target} REUSE_FROM weir_pch)
  endif()
endfunction()

function(weir_use_test_pch target)
  if(WEIR_PCH)
    weir_pch_owner(weir_test_pch HEADERS ${CMAKE_SOURCE_DIR}/cmake/precompiled.hpp <gtest/gtest.h> LIBS GTest::gtest)
    target_precompile_headers(${target} REUSE_FROM weir_test_pch)
  endif()
endfunction()
