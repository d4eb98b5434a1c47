# Runs PROGRAM with ARGS (;-list) in DIRECTORY; fails unless it exits with EXIT and its output matches every regular
# expression in MATCH (;-list) and none in REFUSE. INPUT: files created beforehand are the caller's business.
execute_process(COMMAND ${PROGRAM} ${ARGS} WORKING_DIRECTORY ${DIRECTORY}
  RESULT_VARIABLE status OUTPUT_VARIABLE out ERROR_VARIABLE err TIMEOUT 300)
set(all "${out}${err}")
message("${all}")
if(NOT status STREQUAL EXIT)
  message(SEND_ERROR "exit status ${status}, want ${EXIT}")
endif()
foreach(pattern IN LISTS MATCH)
  if(NOT all MATCHES "${pattern}")
    message(SEND_ERROR "output does not match: ${pattern}")
  endif()
endforeach()
foreach(pattern IN LISTS REFUSE)
  if(all MATCHES "${pattern}")
    message(SEND_ERROR "output matches: ${pattern}")
  endif()
endforeach()
