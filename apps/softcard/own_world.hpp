// Network and mounts of this process's own. The virtual reader's driver listens on all addresses:
// in here that is nobody but this process and what it starts.
#pragma once

#include <string>

namespace mado::softcard {

// Before any thread is started. `folder` becomes /run/pcscd, where pcscd has its socket, so that
// the outside finds it in `folder`. OperatorError with the reason when this system does not allow
// it.
void enter_own_world(const std::string& folder);

}  // namespace mado::softcard
