# Tests of the command line, included by tests/CMakeLists.txt: bad decks with the place of the message, usage, the gallery,
# interrupts, threads.
set(TS_CLI_DIR ${CMAKE_CURRENT_LIST_DIR})

# ts_cli_test(NAME EXIT n ARGS ... [MATCH regex...] [REFUSE regex...])
function(ts_cli_test name)
  cmake_parse_arguments(arg "" "EXIT" "ARGS;MATCH;REFUSE" ${ARGN})
  add_test(NAME cli.${name} COMMAND ${CMAKE_COMMAND} -DPROGRAM=$<TARGET_FILE:thermospice> "-DARGS=${arg_ARGS}"
    -DEXIT=${arg_EXIT} "-DMATCH=${arg_MATCH}" "-DREFUSE=${arg_REFUSE}" -DDIRECTORY=${TS_CLI_DIR}
    -P ${TS_CLI_DIR}/expect.cmake)
  set_tests_properties(cli.${name} PROPERTIES LABELS quick TIMEOUT 300)
endfunction()

# case | exit | what the message must hold: place and code
set(TS_BAD_DECKS
  "unknown_device|2|unknown_device.cir:2:1: error: .*E03"
  "unknown_level|2|unknown_level.cir:[34]:[0-9]+: error: .*E0302"
  "missing_model|2|missing_model.cir:3:[0-9]+: error: .*nosuch.*E0301"
  "floating_node|2|floating_node.cir:4:[0-9]+: error: .*E0401"
  "voltage_loop|2|voltage_loop.cir:[23]:[0-9]+: error: .*E0402"
  "current_cutset|2|current_cutset.cir:[23]:[0-9]+: error: .*E0404"
  "noise_without_capacitance|2|noise_without_capacitance.cir:[34]:[0-9]+: error: .*mid.*E0410"
  "cyclic_param|2|cyclic_param.cir:[23]:[0-9]+: error: .*E0309"
  "unknown_param|2|unknown_param.cir:3:9: error: .*rload.*E0310"
  "unbalanced_subckt|2|unbalanced_subckt.cir:2:1: error: .*E02"
  "stray_ends|2|stray_ends.cir:4:1: error: .*E02"
  "missing_subckt|2|missing_subckt.cir:3:[0-9]+: error: .*nowhere.*E0306"
  "recursive_subckt|2|recursive_subckt.cir:[23]:[0-9]+: error: .*E0308"
  "wrong_ports|2|wrong_ports.cir:6:[0-9]+: error: .*E0307"
  "missing_include|2|missing_include.cir:2:[0-9]+: error: .*no_such_file.lib.*E0101"
  "huge_number|2|huge_number.cir:3:8: error: .*E0104"
  "bad_number|2|bad_number.cir:3:[0-9]+: error: .*E0"
  "negative_resistance|2|negative_resistance.cir:3:[0-9]+: error: .*E0305"
  "unknown_parameter|2|unknown_parameter.cir:3:11: error: .*colour.*E0303"
  "duplicate|2|duplicate.cir:4:1: error: .*r1.*E0312"
  "unsupported_card|2|unsupported_card.cir:4:1: error: .*E0311"
  "unclosed_quote|2|unclosed_quote.cir:3:[0-9]+: error: .*E0"
  "unclosed_paren|2|unclosed_paren.cir:3:[0-9]+: error: .*E0"
  "divide_by_zero|2|divide_by_zero.cir:4:[0-9]+: error: .*E0"
  "pbit_without_noise|2|pbit_without_noise.cir:6:[0-9]+: error: .*E0"
  "binary_garbage|2|binary_garbage.cir:3:10: error: .*E0102"
  "binary_only|2|binary_only.cir:[0-9]+:[0-9]+: error: .*E0102"
  "charge_and_value|2|charge_and_value.cir:3:8: error: .*c1.*one of a value, c= and q=.*E0315"
  "charge_and_capacitance|2|charge_and_capacitance.cir:3:8: error: .*one of a value, c= and q=.*E0315"
  "charge_elsewhere|2|charge_elsewhere.cir:3:17: error: .*c1.*v.a,0.*E0315"
  "charge_grounded|2|charge_grounded.cir:3:14: error: .*v.a,b.*ground.*E0315"
  "charge_no_node|2|charge_no_node.cir:3:14: error: .*v.a,0.*E0315"
  "charge_unknown|2|charge_unknown.cir:3:11: error: .*czero.*E0310"
  "charge_current|2|charge_current.cir:3:14: error: .*E0311"
  "charge_time|2|charge_time.cir:3:31: error: .*time.*E0311"
  "charge_constant|2|charge_constant.cir:3:10: error: .*use c=.*E0315"
  "charge_parameter|2|charge_parameter.cir:3:20: error: .*colour.*E0303"
  "charge_range|2|charge_range.cir:3:22: error: .*E0305"
  "charge_by_word|2|charge_by_word.cir:3:15: error: .*q= and c=.*E0311"
  "charge_fast|0|charge_fast.cir:3:10: warning: .*0.4 V.*W0304"
  "unknown_quantity|2|unknown_quantity.cir:7:17: error: .*d1.*gb.*did you mean 'gd'.*E0315"
  "unknown_device_probe|2|unknown_device_probe.cir:5:7: error: .*r13.*did you mean 'r12'.*E0314"
  "print_current_noise|2|print_current_noise.cir:5:23: error: .*i.r1.*0 V.*E0311"
  "save_power_ac|0|save_power_ac.cir:6:12: warning: .*p.r1.*W0306"
  "trap_transistor|2|trap_transistor.cir:3:4: error: .*no transistor.*m2.*E0314"
  "trap_of_source|2|trap_of_source.cir:3:4: error: .*v1.*E0314"
  "trap_shift|2|trap_shift.cir:3:1: error: .*dvth.*m1.*cox.*E0304"
  "trap_time|2|trap_time.cir:7:19: error: .*tauc.*E0305"
  "trap_occupancy|2|trap_occupancy.cir:8:7: error: .*m1.*no trap.*E0315"
  "function_circle|2|function_circle.cir:2:7: error: .*f.. -> g.. -> f...*E0309"
  "function_arguments|2|function_arguments.cir:4:9: error: .*2 arguments, not 1.*E0202"
  "control_block|2|control_block.cir:4:1: error: .*E0311.*instead of 'tran': .tran at .*control_block.cir:5:1.*'plot': .plot .*control_block.cir:7:1"
  "no_bin|2|no_bin.cir:5:12: error: .*'m1': L = 1e-05 m.*E0316.*nch.1: L from 1e-07 to 1e-06"
  "step_fails|2|step_fails.cir:4:8: error: .*outside .1e-12.*E0305.*in step 2: rl = -1000"
  "measure_kind|2|measure_kind.cir:5:7: error: .*wanted the analysis whose results are measured.*not 'delay'.*E0315"
  "measure_noise_of|2|measure_noise_of.cir:6:20: error: .*'r1' makes no noise of the name flicker.*E0315"
  "noise_inside|2|noise_inside.cir:5:1: error: .*d1#a.*E0410.*inside 'd1': give its model capacitance .cjo="
  "dc_four|2|dc_four.cir:7:32: error: .*three sweeps: write .step.*E0315"
  "model_target|2|model_target.cir:7:7: error: .*no element uses a model 'dn'.*E0314"
  "model_target_param|2|model_target_param.cir:6:7: error: .*'dm' of a diode has no parameter 'vto'.*E0303"
  "step_number|2|step_number.cir:6:1: error: .*no step 3 of op: it has 2.*E0314"
  "alter_fails|2|alter_fails.cir:7:9: error: .*nothing.*E0310.*after 1 .alter block"
  "ends_name|0|ends_name.cir:4:7: warning: .*closes subcircuit 'half'.*W0201"
  "empty|2|empty.cir:?[0-9:]*: error: .*E0103"
  "title_only|2|title_only.cir:[0-9]+:[0-9]+: error: .*E0103")
foreach(row IN LISTS TS_BAD_DECKS)
  string(REPLACE "|" ";" row "${row}")
  list(GET row 0 case)
  list(GET row 1 exit)
  list(GET row 2 place)
  ts_cli_test(bad.${case} EXIT ${exit} ARGS check bad/${case}.cir MATCH "${place}"
    REFUSE "E0999" "Sanitizer" "runtime error")
endforeach()
ts_cli_test(bad.five_mistakes EXIT 2 ARGS check bad/five_mistakes.cir
  MATCH "cir:2:" "cir:3:" "cir:4:" "cir:5:" "cir:6:" "nomodel" "undefined_name" REFUSE "E0999")
ts_cli_test(bad.no_such_deck EXIT 4 ARGS check bad/there_is_no_such.cir MATCH "there_is_no_such.cir" "E0101")
ts_cli_test(bad.jump_without_rates EXIT 2 ARGS check --run bad/jump_without_rates.cir
  MATCH "jump_without_rates.cir:4:1: error: .*no noisy device.*E0413")
ts_cli_test(bad.trap_leap EXIT 2 ARGS check --run bad/trap_leap.cir
  MATCH "trap_leap.cir:8:1: error: .*leap has no traps.*E0413")
ts_cli_test(bad.tur_driven EXIT 2 ARGS check --run bad/tur_driven.cir
  MATCH "tur_driven.cir:5:1: error: .*stand still.*E0414")
ts_cli_test(bad.tur_strangers EXIT 0 ARGS check --run bad/tur_strangers.cir
  MATCH "tur_strangers.cir:5:1: warning: .*no reservoir.*i1.*W0503")
ts_cli_test(bad.tur_voltage EXIT 2 ARGS check bad/tur_voltage.cir MATCH "tur_voltage.cir:5:[0-9]+: error: .*V sources.*E0315")
ts_cli_test(bad.gyration_odd EXIT 2 ARGS check bad/gyration_odd.cir MATCH "gyration_odd.cir:5:[0-9]+: error: .*pairs.*E0315")
ts_cli_test(bad.ft_capacitor EXIT 2 ARGS check bad/ft_capacitor.cir MATCH "ft_capacitor.cir:5:[0-9]+: error: .*c1.*E0314")
ts_cli_test(bad.books_without_energy EXIT 2 ARGS check bad/books_without_energy.cir
  MATCH "books_without_energy.cir:5:[0-9]+: error: .*ENERGY=on.*E0315")
ts_cli_test(bad.work_of_nothing EXIT 2 ARGS check --run bad/work_of_nothing.cir MATCH "error: .*no source moves.*E0414")
ts_cli_test(bad.work_between EXIT 2 ARGS check --run bad/work_between.cir MATCH "error: .*'0' and 'in'.*no equilibrium.*E0414")
ts_cli_test(bad.work_temperatures EXIT 2 ARGS check --run bad/work_temperatures.cir MATCH "error: .*one temperature: r2.*E0414")
ts_cli_test(bad.books_not_asked EXIT 2 ARGS check --run bad/books_not_asked.cir
  MATCH "books_not_asked.cir:6:1: error: .*did not ask.*E0321")
ts_cli_test(card_noise EXIT 0 ARGS check --run bad/card_noise.cir
  MATCH "card_noise.cir:21:57: warning: .*W0305" "6 of 6 claims hold")
ts_cli_test(bad.expect_unknown EXIT 2 ARGS check --run bad/expect_unknown.cir MATCH "expect_unknown.cir:5:[0-9]+: error: .*nowhere")
ts_cli_test(bad.expect_analysis EXIT 2 ARGS check --run bad/expect_analysis.cir MATCH "expect_analysis.cir:5:[0-9]+: error: .*tran")
ts_cli_test(bad.small_signal_claims EXIT 2 ARGS check --run bad/small_signal_claims.cir
  MATCH "cir:8:1: error: .*nowhere.*not in the results.*E0321" "cir:9:1: error: .*at=FREQUENCY" "cir:10:1: error: .*outside"
  "cir:11:1: error: .*use vm vdb" "cir:12:1: error: .*no such device" "cir:13:1: error: .*onoise" "cir:14:1: error: .*rout")
ts_cli_test(bad.trap_noise EXIT 0 ARGS run bad/trap_noise.cir -o ${PROJECT_BINARY_DIR}/trap_noise.h5
  MATCH "trap_noise.cir:8:1: warning: .*y1.*W0511" REFUSE "y1 +trap")
ts_cli_test(bad.resonance EXIT 3 ARGS run bad/resonance.cir -o ${PROJECT_BINARY_DIR}/resonance.h5
  MATCH "resonance.cir:5:1: error: .*singular at 1 Hz.*E0511")
ts_cli_test(bad.no_operating_point EXIT 3 ARGS run bad/no_operating_point.cir -o ${PROJECT_BINARY_DIR}/no_op.h5
  MATCH "no_operating_point.cir:6:1: error: .*node 'top', residual 0.001 A exceeds .*E0501" "x7 declared at [^ ]*:9:1"
  "largest contributor at node 'top' is device 'x7.i1' at" "direct .200 .*gmin stepping .stopped at .*source stepping .stopped at 0.5.,.*pseudo-transient .stopped at")
ts_cli_test(bad.singular_loop EXIT 3 ARGS run bad/singular_loop.cir -o ${PROJECT_BINARY_DIR}/singular.h5
  MATCH "singular_loop.cir:[23]:[0-9]+: error: .*singular at 'a'.*E0501" REFUSE "'.'. residual")
ts_cli_test(bad.sweep_topology EXIT 2 ARGS check --run bad/sweep_topology.cir
  MATCH "sweep_topology.cir:8:1: error: .*at 2 the sweep changes which elements.*E0503")
ts_cli_test(bad.sweep_fails EXIT 2 ARGS check --run bad/sweep_fails.cir
  MATCH "sweep_fails.cir:4:8: error: .*outside .1e-12.*E0305.*in .dc at rl = 0")
ts_cli_test(bad.claim_fails EXIT 3 ARGS check --run bad/claim_fails.cir MATCH "FAIL" "0 of 1 claims hold")

ts_cli_test(bad.second_pbit EXIT 2 ARGS run bad/second_pbit.cir -o ${PROJECT_BINARY_DIR}/second_pbit.h5
  MATCH "second_pbit.cir:7:1: error: .*wraps number 2.*E0322")
ts_cli_test(bad.singular_step EXIT 3 ARGS run bad/singular_step.cir -o ${PROJECT_BINARY_DIR}/singular_step.h5
  MATCH "singular_step.cir:5:4: error: .*singular at 'a'.*E0504")
ts_cli_test(bad.blow_up EXIT 3 ARGS run bad/blow_up.cir -o ${PROJECT_BINARY_DIR}/blow_up.h5
  MATCH "blow_up.cir:5:1: error: transient stopped at t = (0.9999|1[. ]).*E0521" "the last 1000 steps" "fastest at a, which has reached")
ts_cli_test(bad.many_samples EXIT 2 ARGS run bad/many_samples.cir -o ${PROJECT_BINARY_DIR}/many_samples.h5
  MATCH "many_samples.cir:4:1: error: .*E0522")
ts_cli_test(bad.few_kept EXIT 0 ARGS check bad/few_kept.cir MATCH "few_kept.cir:4:1: warning: measures are taken on [0-9]+ of 100000.*W0332")
ts_cli_test(plot.no_script EXIT 4 ARGS plot no_such.h5 MATCH "analysis/plot.py is missing.*E0703")
set_tests_properties(cli.plot.no_script PROPERTIES ENVIRONMENT THERMOSPICE_PLOT=/nonexistent)
ts_cli_test(bad.pwl_file EXIT 2 ARGS check bad/pwl_file.cir
  MATCH "times.txt:3:1: error: .*decrease.*E0305" "words.txt:3:4: error: .*E0104" "short.txt:2:2: error: .*two numbers.*E0315"
  "pwl_file.cir:5:10: error: .*behind the word pwl.*E0315" "included at bad/pwl_file.cir:4:17" REFUSE "E0999")
ts_cli_test(bad.pwl_no_file EXIT 2 ARGS check bad/pwl_no_file.cir MATCH "pwl_no_file.cir:2:18: error: .*no_such.txt.*E0101")
ts_cli_test(bad.initial_loop EXIT 2 ARGS check --run bad/initial_loop.cir
  MATCH "initial_loop.cir:4:1: error: ic = 2 V of 'c3' contradicts .*'b' and '0'.*E0305")
ts_cli_test(bad.initial_unused EXIT 0 ARGS check bad/initial_unused.cir
  MATCH "initial_unused.cir:2:1: warning: .*c1.*without uic.*W0302" "initial_unused.cir:4:1: warning: .*l1.*W0302")
ts_cli_test(bad.measures EXIT 2 ARGS check bad/measures.cir
  MATCH "cir:6:7: error: .*not 'pz'.*E0315" "cir:7:1: error: .*wanted trig.*E0315" "cir:8:38: error: .*wanted val=.*E0315"
  "cir:9:1: error: .*TARG.*E0315" "cir:10:36: error: .*not 0.*E0305" "cir:11:1: error: .*WHEN or AT=" "cir:12:1: error: .*WHEN"
  "cir:13:21: error: .*nowhere.*E0314" "cir:14:24: error: .*tau.*E0310" "cir:15:18: error: .*not 'skew'" "cir:16:33: error: .*'until'"
  "cir:18:12: error: .*twin.*E0312" "cir:19:19: error: .*vdb" "cir:20:21: error: unknown function 'q7'" "cir:21:1: error: .*counts no crossings"
  "cir:22:7: error: .*positive.*E0305" "cir:23:1: error: .*at least one" "cir:24:10: error: .*'b'.*E0314" "cir:25:17: error: .*nobody.*E0314" REFUSE "E0999")
ts_cli_test(bad.measure_warnings EXIT 0 ARGS run bad/measure_warnings.cir -o ${PROJECT_BINARY_DIR}/measure_warnings.h5
  MATCH "cir:6:25: warning: goal.*W0331" "cir:6:32: warning: weight" "cir:7:14: warning: err" "cir:8:7: warning: .*no analysis"
  "cir:9:17: warning: .*real part.*W0333" "cir:10:1: warning: .*window ends.*W0334" "cir:16:1: warning: .*shorter than a period.*W0335"
  "never .*failed: there is no such crossing" "outside .*failed: the place lies outside" "empty .*failed: its window"
  "after .*failed: a measure it is made of" "top2 +2" REFUSE "dc1 ")
ts_cli_test(check.measures EXIT 0 ARGS check --run decks/measures.cir MATCH "34 of 34 claims hold")
ts_cli_test(check.controlled_forms EXIT 0 ARGS check --run decks/controlled_forms.cir MATCH "19 of 19 claims hold")
ts_cli_test(check.opamp EXIT 0 ARGS check --run decks/opamp.cir MATCH "7 of 7 claims hold")
ts_cli_test(check.opamp_noise EXIT 0 ARGS check --run decks/opamp_noise.cir MATCH "1 of 1 claims hold")
ts_cli_test(check.behavioural_resistor EXIT 0 ARGS check --run decks/behavioural_resistor.cir MATCH "5 of 5 claims hold")
ts_cli_test(check.bent_resistor EXIT 0 ARGS check --run decks/bent_resistor.cir MATCH "3 of 3 claims hold")
ts_cli_test(check.pwl_file EXIT 0 ARGS check --run decks/pwl_file.cir MATCH "8 of 8 claims hold")
ts_cli_test(check.initial EXIT 0 ARGS check --run decks/initial.cir MATCH "5 of 5 claims hold")
ts_cli_test(check.nodeset EXIT 0 ARGS check --run decks/nodeset.cir MATCH "2 of 2 claims hold")
ts_cli_test(check.first_passage EXIT 0 ARGS check --run decks/first_passage.cir MATCH "6 of 6 claims hold")

ts_cli_test(run.measures EXIT 0 ARGS run decks/measures.cir -o ${PROJECT_BINARY_DIR}/measures.h5
  MATCH "tran1 fourier v.s.: THD 1[.0-9]*e-05 %" "tran1 +never +- .*failed: there is no such crossing" "noise1 +ktc +4.14[0-9]*e-12 +V.2"
  REFUSE "warning")
ts_cli_test(show.measures EXIT 0 ARGS show ${PROJECT_BINARY_DIR}/measures.h5
  MATCH "fourier v.s.* 999.99[0-9]m fundamental" "measures of noise1" "t50 +693.147n s" "never +- s  failed: there is no such crossing")
set_tests_properties(cli.run.measures PROPERTIES FIXTURES_SETUP measures)
set_tests_properties(cli.show.measures PROPERTIES FIXTURES_REQUIRED measures)
ts_cli_test(run.square EXIT 0 ARGS run decks/square.cir -o ${PROJECT_BINARY_DIR}/square.h5
  MATCH "1 +1e.06 +1.27324 " "3 +3e.06 +0.424413 " "9 +9e.06 +0.141471 " "THD 42.87")
ts_cli_test(off EXIT 0 ARGS check bad/off.cir MATCH "off.cir:3:13: warning: .*'off' of 'd1'.*W0302" "off.cir:3:17: warning: .*ic="
  "off.cir:4:15: warning: .*'off' of 'm1'" "off.cir:4:30: warning" REFUSE "error")

# usage
ts_cli_test(help EXIT 0 ARGS --help MATCH "run " "check " "extract " "dtm " "130")
ts_cli_test(version EXIT 0 ARGS --version MATCH "thermospice 0\\.[0-9]+\\.[0-9]+" "SUNDIALS 6")
ts_cli_test(nothing EXIT 1 ARGS "" MATCH "Usage")
ts_cli_test(unknown_command EXIT 1 ARGS simulate MATCH "unknown command 'simulate'" "E0701")
foreach(command run check dump show extract dtm plot cards devices options explain)
  ts_cli_test(help.${command} EXIT 0 ARGS ${command} --help MATCH "Usage: thermospice ${command}" "xample")
endforeach()
ts_cli_test(run.no_deck EXIT 1 ARGS run MATCH "which deck")
ts_cli_test(run.bad_option EXIT 1 ARGS run --nonsense x.cir MATCH "nonsense")
ts_cli_test(run.bad_set EXIT 1 ARGS run --set novalue x.cir MATCH "NAME=VALUE")
ts_cli_test(run.bad_number EXIT 1 ARGS run --samples many x.cir MATCH "not a number")
ts_cli_test(run.corner EXIT 1 ARGS run --corner ff x.cir MATCH "not in this version" "E0702")
ts_cli_test(run.resume EXIT 1 ARGS run --resume x.cir MATCH "not in this version" "E0702")
ts_cli_test(run.format EXIT 1 ARGS run --format xml x.cir MATCH "h5, csv, raw or raw-ascii")
ts_cli_test(run.unwritable EXIT 4 ARGS run ${PROJECT_SOURCE_DIR}/netlists/divider.cir -o /nonexistent/x.h5 MATCH "E0601")
ts_cli_test(show.missing EXIT 4 ARGS show nothing.h5 MATCH "nothing.h5")
ts_cli_test(show.not_hdf5 EXIT 4 ARGS show tests.cmake MATCH "E060")
ts_cli_test(show.json EXIT 4 ARGS show ${PROJECT_SOURCE_DIR}/models/gpu_baseline.json MATCH "JSON, not HDF5" "thermospice plot" "E0602")
ts_cli_test(dtm.table EXIT 0 ARGS dtm train --steps 1000 MATCH "1000 +0\\.091477")
ts_cli_test(dtm.sample EXIT 0 ARGS dtm sample --count 4 --patterns 011 --latent 0 MATCH "011 +[0-9]+ +[0-9.]+ +[0-9.]+ +1\n" REFUSE "110 +[0-9]+ +[0-9.]+ +[0-9.]+ +1\n")
foreach(part train evaluate sample)
  ts_cli_test(dtm.${part}.refused EXIT 1 ARGS dtm ${part} --layers 0 MATCH "E0721" REFUSE "KL\\(" "drawn with")
endforeach()
ts_cli_test(dtm.evaluate.missing EXIT 4 ARGS dtm evaluate nothing.h5 MATCH "nothing.h5" REFUSE "KL\\(")
ts_cli_test(dtm.evaluate.field EXIT 1 ARGS dtm evaluate --field 0 MATCH "--field is positive" "E0701")
ts_cli_test(explain EXIT 0 ARGS explain e0410 MATCH "E0410" "capacitance")
ts_cli_test(explain.unknown EXIT 1 ARGS explain E9876 MATCH "E9876")
ts_cli_test(devices EXIT 0 ARGS devices MATCH "resistor" "mosfet_ekv" "mosfet_subvt")
ts_cli_test(devices.one EXIT 0 ARGS devices mosfet_subvt MATCH "i0" "vth" "instance")
ts_cli_test(devices.unknown EXIT 1 ARGS devices flux_capacitor MATCH "flux_capacitor")
ts_cli_test(options EXIT 0 ARGS options MATCH "reltol" "gmin")
ts_cli_test(cards EXIT 0 ARGS cards MATCH "Rname A B" "\\.noise V" "reltol=1e-06" "trrandom on V, I")
ts_cli_test(cards.card EXIT 0 ARGS cards .TRAN MATCH "\\.tran TSTEP TSTOP" REFUSE "trannoise")
ts_cli_test(cards.letter EXIT 0 ARGS cards m MATCH "Mname D G S B MODEL" "mosfet_level1.*gamma" REFUSE "Dname")
ts_cli_test(cards.unknown EXIT 1 ARGS cards nosuch MATCH "nothing is called 'nosuch'.*E0701")
add_test(NAME cli.cards.docs COMMAND /usr/bin/python3 ${TS_CLI_DIR}/manual.py $<TARGET_FILE:thermospice>
  ${PROJECT_SOURCE_DIR}/docs/netlist.md)
set_tests_properties(cli.cards.docs PROPERTIES LABELS quick)
ts_cli_test(options.json EXIT 0 ARGS options --json MATCH "\"rows\":")
foreach(deck bridge comparator diodes opamp stack tunnel)
  ts_cli_test(convergence.${deck} EXIT 0 ARGS check --run decks/convergence/${deck}.cir MATCH "(1 of 1|2 of 2) claims hold")
endforeach()
foreach(stage deck circuit system)
  ts_cli_test(dump.${stage} EXIT 0 ARGS dump --stage=${stage} ${PROJECT_SOURCE_DIR}/netlists/latch.cir MATCH "v1")
endforeach()
ts_cli_test(check EXIT 0 ARGS check ${PROJECT_SOURCE_DIR}/netlists/pbit.cir MATCH "well-posed")
ts_cli_test(check.set EXIT 3 ARGS check --run --set vdd=0.3 decks/set.cir MATCH "FAIL")
ts_cli_test(check.varactor EXIT 0 ARGS check --run decks/varactor.cir MATCH "7 of 7 claims hold")
ts_cli_test(check.language EXIT 0 ARGS check --run decks/language.cir MATCH "6 of 6 claims hold")
ts_cli_test(check.sweeps EXIT 0 ARGS check --run decks/sweeps.cir MATCH "16 of 16 claims hold")
ts_cli_test(check.nested EXIT 0 ARGS check --run decks/nested.cir MATCH "22 of 22 claims hold")
ts_cli_test(check.quantities EXIT 0 ARGS check --run decks/quantities.cir MATCH "10 of 10 claims hold")
ts_cli_test(check.savecurrents EXIT 0 ARGS check --run decks/savecurrents.cir MATCH "1 of 1 claims hold" REFUSE "W0306")
ts_cli_test(check.step_sweep EXIT 0 ARGS check --run decks/step_sweep.cir MATCH "24 of 24 claims hold")
ts_cli_test(run.step_sweep EXIT 0 ARGS run decks/step_sweep_apart.cir -o ${PROJECT_BINARY_DIR}/step_sweep.h5
  MATCH "tran2@1 +product +0.110" "tran2@2 +product +- +- +- +failed: .*points of a SWEEP")
ts_cli_test(check.steps EXIT 0 ARGS check --run decks/steps.cir MATCH "tran2@8" "36 of 36 claims hold")
ts_cli_test(check.alter EXIT 0 ARGS check --run decks/alter.cir MATCH "14 of 14 claims hold")
ts_cli_test(run.alter EXIT 0 ARGS run decks/alter.cir --json -o ${PROJECT_BINARY_DIR}/alter.h5
  MATCH "step 6 of 8: alter = 2, rl = 2000, v1 = -4 V, temp = 77 degC" ".title.:.step 8." "tran1@8")
ts_cli_test(show.alter EXIT 0 ARGS show ${PROJECT_BINARY_DIR}/alter.h5
  MATCH "steps: 8, of which 8" "alter: 8 points from 0 to 2" "step.temp 127")
set_tests_properties(cli.show.alter PROPERTIES DEPENDS cli.run.alter)
ts_cli_test(dump.sweeps EXIT 0 ARGS dump --stage=circuit decks/sweeps.cir
  MATCH "dc2 temp -4e.01 125 5" "dc3 gain list of 3" "dc6 rl gain list of 2")
ts_cli_test(dump.steps EXIT 0 ARGS dump --stage=circuit decks/steps.cir MATCH "steps 4 rval temp")
ts_cli_test(check.work EXIT 0 ARGS check --run decks/work.cir MATCH "5 of 5 claims hold")
ts_cli_test(run.books EXIT 0 ARGS run decks/books.cir -o ${PROJECT_BINARY_DIR}/books.h5
  MATCH "entropy +all .* k/s" "uncertainty ratio, >= 1 +i.v1." "ln P.s./P.-s., 1 +m1" "gyration +v.a.,v.b.")
ts_cli_test(show.books EXIT 0 ARGS show ${PROJECT_BINARY_DIR}/books.h5
  MATCH "books/tur i.v1." "books/ft all" "books/ift m1" "energy entropy" "books/gyration v.a.,v.b.")
set_tests_properties(cli.show.books PROPERTIES DEPENDS cli.run.books)
ts_cli_test(dump.books EXIT 0 ARGS dump --stage=circuit decks/books.cir MATCH "tur=i.v1. ft=on,m1 gyration=v.a.,v.b.")
ts_cli_test(check.json EXIT 0 ARGS check --run --json decks/set.cir MATCH "\"got\":" "PASS")

add_test(NAME cli.interrupt COMMAND ${TS_CLI_DIR}/interrupt.sh $<TARGET_FILE:thermospice> ${TS_CLI_DIR}/decks/long.cir)
add_test(NAME cli.threads COMMAND ${TS_CLI_DIR}/threads.sh $<TARGET_FILE:thermospice> ${TS_CLI_DIR}/decks/small.cir)
ts_cli_test(trap_op EXIT 0 ARGS check --run decks/trap_op.cir MATCH "2 of 2 claims hold")
add_test(NAME cli.trap_bits COMMAND ${TS_CLI_DIR}/trap_bits.sh $<TARGET_FILE:thermospice> ${TS_CLI_DIR}/decks/trap.cir "n(y1)")
add_test(NAME cli.switch_bits COMMAND ${TS_CLI_DIR}/trap_bits.sh $<TARGET_FILE:thermospice> ${TS_CLI_DIR}/decks/hysteresis.cir
  "v(b)")
add_test(NAME cli.pdk COMMAND ${TS_CLI_DIR}/pdk.sh $<TARGET_FILE:thermospice> ${PROJECT_SOURCE_DIR}/../shared)
set_tests_properties(cli.pdk PROPERTIES LABELS quick SKIP_RETURN_CODE 77 TIMEOUT 300)
add_test(NAME cli.auto COMMAND ${TS_CLI_DIR}/auto.sh $<TARGET_FILE:thermospice>)
add_test(NAME cli.raw COMMAND ${TS_CLI_DIR}/raw.sh $<TARGET_FILE:thermospice> ${PROJECT_SOURCE_DIR}/netlists/rc_step.cir ${TS_CLI_DIR}/decks/small.cir
  ${TS_CLI_DIR}/decks/small_signal.cir)
add_test(NAME cli.cell_file COMMAND ${TS_CLI_DIR}/cell_file.sh $<TARGET_FILE:thermospice> ${TS_CLI_DIR}/decks/cell.cir)
set_tests_properties(cli.auto cli.raw cli.interrupt cli.threads cli.trap_bits cli.switch_bits cli.cell_file PROPERTIES LABELS quick TIMEOUT 300)

add_test(NAME cli.steps COMMAND /usr/bin/python3 ${TS_CLI_DIR}/steps.py $<TARGET_FILE:thermospice>)
set_tests_properties(cli.steps PROPERTIES LABELS quick SKIP_RETURN_CODE 77 TIMEOUT 300)

# figures; skipped without h5py or matplotlib
add_test(NAME analysis.plot COMMAND /usr/bin/python3 ${PROJECT_SOURCE_DIR}/analysis/test_plot.py)
set_tests_properties(analysis.plot PROPERTIES LABELS quick SKIP_RETURN_CODE 77 TIMEOUT 300)

ts_cli_test(check.small_signal EXIT 0 ARGS check --run decks/small_signal.cir MATCH "20 of 20 claims hold")
ts_cli_test(run.small_signal EXIT 0 ARGS run decks/small_signal.cir -o ${PROJECT_BINARY_DIR}/small_signal.h5
  MATCH "ac1: 101 frequencies from 1000 to 1e.08 Hz" "v.out. +0.99998 +-0.359995" "r1 +thermal.* 100\n" "rout +1000 +Ohm")
ts_cli_test(show.small_signal EXIT 0 ARGS show ${PROJECT_BINARY_DIR}/small_signal.h5
  MATCH "frequency: 101 points from 1k to 100meg Hz" "vr.out." "integrated onoise: 4.14" "V.2/Hz")
ts_cli_test(show.small_signal_csv EXIT 0 ARGS show ${PROJECT_BINARY_DIR}/small_signal.h5 --csv noise1
  MATCH "frequency .Hz.,gain,onoise .V.2/Hz.,inoise .V.2/Hz.")
set_tests_properties(cli.show.small_signal cli.show.small_signal_csv PROPERTIES DEPENDS cli.run.small_signal)
# every deck of the gallery checks its own claims
file(GLOB decks CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/netlists/*.cir)
add_test(NAME cli.mutate COMMAND /usr/bin/python3 ${TS_CLI_DIR}/mutate.py $<TARGET_FILE:thermospice> ${decks}
  ${TS_CLI_DIR}/decks/language.cir ${TS_CLI_DIR}/decks/sweeps.cir ${TS_CLI_DIR}/decks/steps.cir)
set_tests_properties(cli.mutate PROPERTIES LABELS quick TIMEOUT 600)
foreach(deck IN LISTS decks)
  get_filename_component(stem ${deck} NAME_WE)
  add_test(NAME gallery.${stem} COMMAND thermospice check --run ${deck})
  set_tests_properties(gallery.${stem} PROPERTIES LABELS quick TIMEOUT 1200)
endforeach()
