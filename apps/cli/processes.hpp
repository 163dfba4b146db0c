// The demo's programs as background processes: started, watched and ended by their own process ids.
#pragma once

#include <string>
#include <vector>

#include "programs.hpp"

namespace mado::cli {

// OperatorError when somebody else has a port of a program that does not run yet.
void demand_free_ports(const Places& places, const std::vector<Program>& programs);
// Starts what does not run yet and waits until everything is ready. OperatorError with the end of
// the program's log when one stops or is not ready in time; then what was started here is ended.
void start_programs(const Places& places, const std::vector<Program>& programs);
// Ends what runs (SIGTERM, so that it finishes what it accepted); kills after 10 s. Returns how
// many were ended.
int stop_programs(const Places& places);
bool program_runs(const Places& places, const std::string& name);

struct ProgramStatus {
    std::string name;
    int pid = 0;  // 0: does not run
    bool healthy = false;
    std::string detail;  // what /readyz said, or where it listens
};
std::vector<ProgramStatus> program_status(const Places& places,
                                          const std::vector<Program>& programs);

}  // namespace mado::cli
