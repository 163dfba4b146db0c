// What a site serves to browsers: the files of its web build, and the hash that the directory lists
// for it (docs/protocols/directory.md), so that anybody can build the sources and compare.
#pragma once

#include <map>
#include <string>

#include "base/bytes.hpp"

namespace mado::wire {

struct WebBuild {
    std::map<std::string, std::string> files;  // by name, without folders
    Hash hash{};
};

// SHA-256 over a line "<hex SHA-256 of the file>  <name>" for each file, in the order of the names,
// as `sha256sum * | sha256sum` has it. OperatorError when the folder is missing, empty, or has
// anything else than files, or more than they may be.
WebBuild load_web_build(const std::string& folder);

}  // namespace mado::wire
