#pragma once

// A loop whose turns are taken by several threads. For starts: the threads live as long as the
// call.

#include <cstddef>
#include <functional>

namespace latchkey {

/// One turn of a loop. `worker` says which of the threads takes it, from 0, so that each can have
/// things of its own. False: no further turn is begun.
using Turn = std::function<bool(std::size_t turn, std::size_t worker)>;

/// Takes the turns 0 to `turns` - 1, each once and begun in this order, by up to `threads` threads
/// (at least 1), the calling one among them. Fewer do it where the system has no more. Returns when
/// all have ended: true unless a turn returned false.
[[nodiscard]] bool TakeTurns(std::size_t turns, std::size_t threads, const Turn& turn);

/// How many threads can work at once here, by what the process may use; at least 1.
[[nodiscard]] std::size_t UsableThreads();

}  // namespace latchkey
