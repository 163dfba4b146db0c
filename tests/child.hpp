// Programs that a test starts beside itself.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace mado {

// A program in the background, ended with this.
class Child {
  public:
    Child(const std::vector<std::string>& words, const std::string& log);
    ~Child();
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    void end();
    void kill();  // as a fault does: it does nothing more
    [[nodiscard]] bool runs();

  private:
    void stop(int signal);
    pid_t process_ = -1;
};

}  // namespace mado
