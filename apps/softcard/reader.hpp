// Two virtual readers with a pcscd of their own, in a folder: pcscd.comm is its socket (for
// PCSCLITE_CSOCK_NAME), and a link card-0 or card-1 to a card file is a card in a reader. Removing
// the link pulls it out.
#pragma once

#include <string>

namespace mado::softcard {

// Until `end` (a descriptor) can be read. OperatorError when this system does not allow it, pcscd
// or the driver is missing, or pcscd ends.
void serve_readers(const std::string& folder, int end);

}  // namespace mado::softcard
