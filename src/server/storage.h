#pragma once

// Where records, uses and notes are kept: the one place that knows which databases there are.

#include <memory>

#include "authority/sign_in_notes.h"
#include "authority/store.h"
#include "authority/usage_store.h"
#include "base/result.h"
#include "cluster/node_registry.h"
#include "server/data_directory.h"
#include "server/settings.h"

namespace latchkey::server {

struct Storage {
  std::unique_ptr<Store> store;
  /// Of a database that several nodes write to; else null.
  std::unique_ptr<NodeRegistry> nodes;
  /// Whether there was a database before it was opened.
  bool existed = false;
};

/// Opens the database, or makes a new one. Errors: as the stores' Open.
[[nodiscard]] Result<Storage> OpenStorage(const Settings& settings, const DataDirectory& directory);

/// What is kept beside the changes; both may be one object.
struct SideStorage {
  std::shared_ptr<UsageStore> usage;
  std::shared_ptr<SignInNotes> notes;
};

/// Errors: as OpenStorage.
[[nodiscard]] Result<SideStorage> OpenSideStorage(const Settings& settings,
                                                  const DataDirectory& directory);

}  // namespace latchkey::server
