// The same work for many things, on every processor.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <future>
#include <thread>
#include <vector>

namespace mado {

// Calls work(0) … work(count - 1), some of them at the same time, and returns when all are done.
// When some throw, one of their exceptions is thrown then.
template <class Work>
void in_parallel(std::size_t count, const Work& work) {
    const auto threads =
        std::min<std::size_t>(count, std::max(1U, std::thread::hardware_concurrency()));
    // Whoever is ready takes the next one: shares fixed beforehand can be of very different weight.
    std::atomic<std::size_t> next = 0;
    const auto take_turns = [count, &next, &work] {
        std::exception_ptr failed;
        for (std::size_t i = next++; i < count; i = next++) {
            try {
                work(i);
            } catch (...) {
                failed = std::current_exception();
            }
        }
        if (failed) std::rethrow_exception(failed);
    };
    std::vector<std::future<void>> others;
    for (std::size_t i = 1; i < threads; ++i)
        others.push_back(std::async(std::launch::async, take_turns));
    take_turns();
    for (auto& other : others)
        other.get();
}

}  // namespace mado
