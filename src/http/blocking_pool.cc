#include "http/blocking_pool.h"

namespace latchkey::http {

BlockingPool::BlockingPool(std::size_t threads) : pool_(threads) {}

BlockingPool::~BlockingPool() { pool_.join(); }

}  // namespace latchkey::http
