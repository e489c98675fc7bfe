#pragma once

// The store's records as memory knows them: opens each seal, and puts what opens into index and
// directories.
//
// A record that does not open, or that is not of the version which the journal holds, is refused:
// it is left out of (or taken out of) memory, an alarm is raised, and everything else goes on.
//
// Thread safety: Apply() and Load() by one thread at a time; the index and the directory are read
// meanwhile.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include "app/apps.h"
#include "authority/alarms.h"
#include "authority/app_projection.h"
#include "authority/ledger.h"
#include "authority/record_sealer.h"
#include "authority/store.h"
#include "scope/catalogue.h"
#include "signin/sign_in_directory.h"
#include "verify/directory.h"
#include "verify/index.h"

namespace latchkey {

/// The newest version of each record that was changed after it was made, and of the policy; those
/// not in it are at version 1, if they are.
using Versions = std::map<std::pair<RecordType, std::string>, std::uint64_t>;

/// What a start knows before it loads.
struct LoadPlan {
  std::uint64_t credentials = 0;  ///< About how many there are: room is made for them at once.
  std::size_t threads = 1;        ///< How many may open records at the same time.
};

class Projection final : public ChangeSink {
 public:
  /// All references outlive the projection.
  Projection(const RecordSealer& sealer, Catalogues& catalogues, Apps& apps, Alarms& alarms,
             Index& index, Directory& directory, SignInDirectory& sign_ins)
      : sealer_(sealer),
        catalogues_(catalogues),
        apps_(catalogues, apps),
        alarms_(alarms),
        index_(index),
        directory_(directory),
        sign_ins_(sign_ins) {}

  /// Reads everything; `records` is how many there must be, and an alarm is raised if some are
  /// gone. Errors: as Store::Load.
  [[nodiscard]] Result<void> Load(const Store& store, Versions versions, std::uint64_t records,
                                  const LoadPlan& plan = {});

  /// Looks at every record again and takes out of memory what no longer opens; for when somebody
  /// else wrote to the database. Errors: as Store::Load.
  [[nodiscard]] Result<void> Recheck(const Store& store);

  /// Looks at every credential of an app again, for when the app was not there and they were left
  /// out. Errors: as Store::ListCredentials.
  [[nodiscard]] Result<void> ReloadCredentials(const Store& store, const std::string& app);

  /// The newest version of a record that memory knows of; 1 if it knows of none.
  [[nodiscard]] std::uint64_t KnownVersion(RecordType type, const std::string& key) const;

  /// Why an app whose record is genuine is not there: it does not compile against the catalogue
  /// that this program has. The name and the reason of each. Who serves refuses to start.
  [[nodiscard]] std::map<std::string, Error> BrokenApps() const;

  void Apply(const Record& record) override;
  /// Reloads the credentials of apps that another node brought back.
  void CaughtUp(const Store& store) override;
  [[nodiscard]] Result<void> CheckNext(const Write& write) const override;

  /// How many records are refused at present.
  [[nodiscard]] std::size_t refused() const;

 private:
  /// What is refused at present. Thread safety: any number of threads, since Load() has several.
  class Refusals {
   public:
    /// False: it was refused already.
    bool Add(std::string label);
    void Remove(const Record& record);
    [[nodiscard]] bool Contains(const std::string& label) const;
    [[nodiscard]] std::size_t size() const { return size_.load(); }

   private:
    mutable std::mutex mutex_;
    std::set<std::string> labels_;
    std::atomic<std::size_t> size_{0};  // So that nobody waits where nothing is refused.
  };

  void Admit(const Record& record);
  /// That this version was read from the store, before the change that made it was applied.
  void Remember(const Record& record);
  void Refuse(const Record& record, const Error& error);
  /// Takes out of memory what is not among the labels that were seen.
  void RefuseMissing(const std::set<std::string>& seen);
  void RefuseMissingSignIns(const std::function<bool(std::string label)>& gone);
  /// Out of memory, whatever it is.
  void TakeOut(const Record& record);
  void RefuseKey(std::string key, const Error& error);
  /// Errors: kAlreadyExists.
  [[nodiscard]] Result<void> CheckUnique(const SignInRecord& record) const;
  [[nodiscard]] bool IsInForce(CredentialId id) const;
  [[nodiscard]] bool IsInForce(const std::string& session) const;
  /// Whether who asked for it may still ask. Errors: kPermissionDenied.
  [[nodiscard]] Result<void> CheckAsker(const Write& write) const;
  [[nodiscard]] std::uint64_t KnownVersion(const Record& record) const;
  [[nodiscard]] Result<void> CheckVersion(const Record& record) const;
  [[nodiscard]] Result<void> Put(const Record& record);
  [[nodiscard]] Result<void> PutCredential(const CredentialRecord& record);
  [[nodiscard]] Result<void> PutSession(const SessionRecord& record);
  [[nodiscard]] Result<void> PutLink(const LinkRecord& record);
  [[nodiscard]] Result<void> PutSignIn(const SignInRecord& record);
  /// Of the types whose seal only authenticates.
  [[nodiscard]] Result<void> PutPlain(const Record& record);
  [[nodiscard]] Result<void> PutApp(const AppRecord& record);

  const RecordSealer& sealer_;
  const Catalogues& catalogues_;
  AppProjection apps_;
  Alarms& alarms_;
  Index& index_;
  Directory& directory_;
  SignInDirectory& sign_ins_;

  mutable std::mutex mutex_;  // Load() holds it for its threads, which only read the versions.
  Versions versions_;
  Refusals refused_;
  std::atomic<bool> has_policy_ = false;
  std::map<std::string, Error> broken_apps_;
  /// Apps that came to be there while this process served: credentials of theirs may have been left
  /// out before.
  std::set<std::string> returned_apps_;
  std::atomic<bool> has_returned_apps_ = false;
};

}  // namespace latchkey
