#include "host/device/cuda_diagnosis.hpp"
#include "tools/command_line/commands.hpp"
#include "tools/command_line/exit_code.hpp"
#include "tools/command_line/output.hpp"

namespace dae {

void add_doctor(CommandLine& line) {
  line.add("doctor", "Say whether training would run on a GPU, and if not, why and what to do", [](const Flags&) {
    const CudaFindings findings = find_cuda(load_cuda_module());
    print_out("{}", doctor_text(findings, 0));
    return diagnose(findings, 0).usable() ? exit_code::ok : exit_code::device;
  });
}

}  // namespace dae
