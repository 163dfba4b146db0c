#include "base/temp_folder.hpp"

#include <stdlib.h>

#include <filesystem>

#include "base/result.hpp"

namespace mado {

TempFolder::TempFolder()
    : path_((std::filesystem::temp_directory_path() / "mado-XXXXXX").string()) {
    if (::mkdtemp(path_.data()) == nullptr) throw Failure("cannot make a folder " + path_);
}

TempFolder::~TempFolder() {
    std::error_code ignored;  // what cannot be removed is no reason to end the test program
    std::filesystem::remove_all(path_, ignored);
}

}  // namespace mado
