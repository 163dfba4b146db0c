// The three kinds of "it did not work", which are never mixed (docs/STYLE.md, Errors):
//   an expected outcome   a closed enum or variant, returned
//   bad input             Parsed<T>, returned; the reason is a constant text without the input
//   a broken world        Failure, thrown: disk, memory, a library's internals; caught once per
//                         request and once in main
#pragma once

#include <expected>
#include <stdexcept>
#include <string>
#include <utility>

namespace mado {

// Why an input was refused. `why` is a string literal: it never carries the input itself, so it can
// be logged and shown.
struct Bad {
    const char* why;
};

template <class T>
using Parsed = std::expected<T, Bad>;

inline std::unexpected<Bad> bad(const char* why) {
    return std::unexpected(Bad{why});
}

// The world is broken (not the caller, not the input). The text is for the operator's log only.
class Failure : public std::runtime_error {
  public:
    explicit Failure(const std::string& what) : std::runtime_error(what) {}
};

// A file or folder that cannot be used as it is: a folder in its place, no permission, a full disk.
// Whoever runs the program can mend it, so in main it is an operator's error.
class FileFailure : public Failure {
  public:
    using Failure::Failure;
};
// There is no room for what was to be written; the same works when there is room again.
class DiskFull : public FileFailure {
  public:
    using FileFailure::FileFailure;
};

// An operator has to do something before the program can start or go on. The text says what is
// wrong and what to do next, in plain words; main prints it and exits with 2.
class OperatorError : public std::runtime_error {
  public:
    explicit OperatorError(const std::string& what) : std::runtime_error(what) {}
};

// For what a program cannot start without: the value, or an OperatorError that names its file.
template <class T>
T must(Parsed<T> parsed, const std::string& path) {
    if (!parsed) throw OperatorError(path + " cannot be used: " + parsed.error().why);
    return std::move(*parsed);
}

}  // namespace mado
