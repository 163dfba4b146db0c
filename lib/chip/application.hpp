// One application of a card, found by its AID (ISO/IEC 7816-4 section 12.2.3).
#pragma once

#include "card/apdu.hpp"

namespace mado::chip {

class Application {
  public:
    Application() = default;
    virtual ~Application() = default;
    Application(const Application&) = delete;
    Application& operator=(const Application&) = delete;

    // The whole name; a reader may select by its beginning.
    [[nodiscard]] virtual ByteView aid() const = 0;
    // The power went, or another application is selected: no file is current, nobody is verified.
    virtual void forget() = 0;
    // A command came that never reached it.
    virtual void passed_over() {}
    // Selected, perhaps again. What SELECT answers.
    virtual card::Response select() = 0;
    // Any command but the selection of an application; never more data than it expects.
    virtual card::Response answer(const card::Command& command) = 0;
};

}  // namespace mado::chip
