// What the PIV application has to read: data objects of SP 800-73-4 part 1. Private to lib/chip.
#pragma once

#include "chip/card_file.hpp"

namespace mado::chip {

// A0 00 00 03 08 00 00 10 00 01 00: the registered provider NIST, PIV, version 1.0.
ByteView piv_aid();
// What SELECT answers: the application property template (part 2 table 3).
Bytes piv_properties();
// Part 1 section 3.3.2: which PINs there are. Empty when there are none.
Bytes piv_discovery(const Content& content);
// Part 1 section 3.1.2. Empty when there is no certificate whose holder it could name.
Bytes piv_holder_id(const Slot& authentication);
// Part 1 appendix A, table 10. Empty when there is none.
Bytes piv_certificate(const Slot& slot);

}  // namespace mado::chip
