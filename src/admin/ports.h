#pragma once

// What the admin service needs of others: repositories on disk, the audit, and how the installation
// is reached from outside.

#include <string>
#include <string_view>

#include "authority/reconcile.h"
#include "base/result.h"

namespace latchkey::admin {

/// Bare repositories as files. The record in the store is not its business.
class RepositoryFiles {
 public:
  virtual ~RepositoryFiles() = default;

  /// Makes an empty bare repository and returns its absolute path.
  /// Errors: kAlreadyExists if files stand there already, kNoSpace, kIo.
  [[nodiscard]] virtual Result<std::string> Create(std::string_view workspace,
                                                   std::string_view slug) = 0;

  /// Removes what Create() has just made, whose record was refused.
  [[nodiscard]] virtual Result<void> Remove(std::string_view workspace, std::string_view slug) = 0;

  /// The absolute path, whether or not there is something.
  [[nodiscard]] virtual Result<std::string> PathOf(std::string_view workspace,
                                                   std::string_view slug) const = 0;
};

/// Compares journal and database: VerifyAudit(), with its books bound.
class Auditor {
 public:
  virtual ~Auditor() = default;
  /// Errors: as VerifyAudit().
  [[nodiscard]] virtual Result<AuditReport> Verify() = 0;
};

/// How the installation shows itself.
struct Presentation {
  std::string public_url;  ///< `https://git.example.org`, without a slash at its end.
  bool serving = false;    ///< Whether `latchkey serve` runs here, rather than one command.
};

}  // namespace latchkey::admin
