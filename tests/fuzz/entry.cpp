// libFuzzer's way in. One program has every target; it runs the one that it is called by, through
// the links <target>_fuzz beside it.
#include <fmt/format.h>
#include <stdlib.h>

#include "fuzz.hpp"

namespace {

// libFuzzer gives its two functions nothing in common.
const mado::fuzz::Target*& chosen() {
    static const mado::fuzz::Target* target = nullptr;
    return target;
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char*** argv) {
    std::string_view name(**argv);
    name.remove_prefix(name.rfind('/') + 1);
    if (name.ends_with("_fuzz")) name.remove_suffix(5);
    chosen() = mado::fuzz::find_target(name);
    if (chosen() != nullptr) return 0;
    fmt::print(stderr, "call it as <target>_fuzz; there is no target {}\n", name);
    ::exit(2);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    chosen()->accepts({data, size});
    return 0;
}
