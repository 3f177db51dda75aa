# cmake -DNM=... -DISA=... -DOBJECTS=a.o;b.o -P kernel_symbols.cmake
# Kernels compiled for a wide instruction set must define nothing that the linker could take for another file's function:
# every symbol that they define for others lies in their own namespace, and none is weak.
foreach(object IN LISTS OBJECTS)
  execute_process(COMMAND ${NM} --demangle --defined-only --extern-only ${object} OUTPUT_VARIABLE symbols
                  COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCHALL "[^\n]+" lines "${symbols}")
  foreach(line IN LISTS lines)
    if(line MATCHES "^[0-9a-f]+ ([A-Za-z]) (.*)$")
      set(kind ${CMAKE_MATCH_1})
      set(symbol "${CMAKE_MATCH_2}")
      if(NOT symbol MATCHES "^dae::cpu::${ISA}::" OR kind MATCHES "[VWvwu]")
        message(SEND_ERROR "${object} defines '${symbol}' (${kind}) outside dae::cpu::${ISA} or weakly")
      endif()
      math(EXPR seen "0${seen} + 1")
    endif()
  endforeach()
endforeach()
if(NOT seen)
  message(FATAL_ERROR "no symbols found in: ${OBJECTS}")
endif()
