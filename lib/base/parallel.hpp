// The same work for many things, on every processor.
#pragma once

#include <algorithm>
#include <cstddef>
#include <future>
#include <thread>
#include <vector>

namespace mado {

// Calls work(0) … work(count - 1), some of them at the same time, and returns when all are done.
// When some throw, one of their exceptions is thrown then.
template <class Work>
void in_parallel(std::size_t count, const Work& work) {
    const auto shares =
        std::min<std::size_t>(count, std::max(1U, std::thread::hardware_concurrency()));
    const auto do_share = [count, shares, &work](std::size_t share) {
        for (std::size_t i = share; i < count; i += shares)
            work(i);
    };
    std::vector<std::future<void>> others;
    for (std::size_t share = 1; share < shares; ++share)
        others.push_back(std::async(std::launch::async, do_share, share));
    if (shares > 0) do_share(0);
    for (auto& other : others)
        other.get();
}

}  // namespace mado
