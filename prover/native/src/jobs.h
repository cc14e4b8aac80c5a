// Work on threads of its own, whose outcome settles a promise on the JavaScript thread.
#pragma once
#include <napi.h>

#include <list>
#include <memory>
#include <mutex>
#include <thread>

#include "fail.h"
#include "tasks.h"

namespace zkserve {

/** An error with a code, as JavaScript gets it. */
struct Failure {
  const char* code = nullptr;
  std::string message;

  /** The exception that is being handled. */
  static Failure current() {
    try {
      throw;
    } catch (const Cancelled&) {
      return {"CANCELLED", "cancelled"};
    } catch (const KeyError& error) {
      return {"INVALID_KEY", error.what()};
    } catch (const std::bad_alloc&) {
      return {"NO_MEMORY", "there is no memory for it"};
    } catch (const std::exception& error) {
      return {"FAILED", error.what()};
    }
  }
  Napi::Error toError(Napi::Env env) const {
    auto error = Napi::Error::New(env, message);
    error.Set("code", code);
    return error;
  }
};

/** One piece of work; `run` happens on a thread of its own, everything else on the JavaScript thread. */
class Job {
 public:
  /** Ends the work soon after it became 1. */
  volatile uint8_t* const cancelled;
  explicit Job(volatile uint8_t* cancelled) : cancelled(cancelled) {}
  virtual ~Job() = default;
  virtual void run() = 0;
  virtual Napi::Value value(Napi::Env env) = 0;
};

/**
 * The jobs of one environment (the main thread or a worker). When it ends, its jobs are cancelled and their threads
 * joined: nothing of it is touched afterwards. libuv's threads stay free for files and the like.
 */
class Jobs {
  struct Running {
    std::unique_ptr<Job> job;
    Napi::Promise::Deferred deferred;
    Failure failure;
    std::thread thread;
  };
  static void settle(Napi::Env env, Napi::Function, Jobs* jobs, Running* running) {
    if (env != nullptr) jobs->finish(env, running);
  }
  using Signal = Napi::TypedThreadSafeFunction<Jobs, Running, settle>;
  std::list<Running> running_;
  Signal signal_;

 public:
  explicit Jobs(Napi::Env env) : signal_(Signal::New(env, "zkserve", 0, 1, this)) {
    signal_.Unref(env);
    // Hooks run last in, first out: before the signal's own.
    env.AddCleanupHook([](Jobs* jobs) { jobs->end(); }, this);
  }

  Napi::Value start(Napi::Env env, std::unique_ptr<Job> job) {
    running_.push_back({std::move(job), Napi::Promise::Deferred::New(env), {}, {}});
    Running& running = running_.back();
    const Napi::Promise promise = running.deferred.Promise();
    if (running_.size() == 1) signal_.Ref(env);
    try {
      running.thread = std::thread([this, &running] {
        runCaught(running);
        signal_.NonBlockingCall(&running);
      });
    } catch (const std::exception&) {
      // The system has no thread left, or no memory for one: the work is done here.
      runCaught(running);
      finish(env, &running);
    }
    return promise;
  }

 private:
  static void runCaught(Running& running) {
    try {
      running.job->run();
    } catch (...) {
      running.failure = Failure::current();
    }
  }
  void finish(Napi::Env env, const Running* finished) {
    const auto place = std::find_if(running_.begin(), running_.end(), [=](const Running& each) { return &each == finished; });
    // What the environment's end has settled may still be in the queue.
    if (place == running_.end()) return;
    std::list<Running> done;
    done.splice(done.begin(), running_, place);
    if (running_.empty()) signal_.Unref(env);
    Running& running = done.front();
    if (running.thread.joinable()) running.thread.join();
    if (running.failure.code != nullptr) {
      running.deferred.Reject(running.failure.toError(env).Value());
      return;
    }
    try {
      running.deferred.Resolve(running.job->value(env));
    } catch (const Napi::Error& error) {
      running.deferred.Reject(error.Value());
    }
  }
  void end() {
    for (auto& running : running_) *running.job->cancelled = 1;
    for (auto& running : running_) {
      if (running.thread.joinable()) running.thread.join();
    }
    running_.clear();
  }
};

}  // namespace zkserve
