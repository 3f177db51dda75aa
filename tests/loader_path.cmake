# No library may come from the folder in which the user happens to be, for which an empty entry stands:
# cmake -DREADELF=... -DLIBRARY=... -P loader_path.cmake
execute_process(COMMAND ${READELF} -d ${LIBRARY} OUTPUT_VARIABLE text COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCH "(RUNPATH|RPATH)[^[]*\\[([^]]*)\\]" found "${text}")
if(found AND "${CMAKE_MATCH_2}" MATCHES "^(:.*|.*::.*|.*:|)$")
  message(FATAL_ERROR "${LIBRARY} looks for libraries in the current folder: '${CMAKE_MATCH_2}'")
endif()
