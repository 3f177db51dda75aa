# Writes what the program says of itself: cmake -DPROGRAM=... -DOUT=FOLDER -P shared_files.cmake
file(MAKE_DIRECTORY ${OUT})
foreach(shell IN ITEMS bash zsh fish)
  execute_process(COMMAND ${PROGRAM} completion ${shell} OUTPUT_FILE ${OUT}/dae-cuda.${shell} COMMAND_ERROR_IS_FATAL ANY)
endforeach()
execute_process(COMMAND ${PROGRAM} man OUTPUT_FILE ${OUT}/dae-cuda.1 COMMAND_ERROR_IS_FATAL ANY)
